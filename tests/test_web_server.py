import asyncio
import os
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from assistant.errors import AssistantError
from assistant.web.server import FrontDoor, listen

ROOT = Path(__file__).parent.parent


def test_a_port_in_use_is_a_clear_error() -> None:
    with listen("127.0.0.1", 0) as taken:
        port = taken.getsockname()[1]
        with pytest.raises(AssistantError, match=f"poort {port}, kan niet worden geluisterd"):
            listen("127.0.0.1", port)


def test_an_unknown_host_is_a_clear_error() -> None:
    with pytest.raises(AssistantError, match="dat adres bestaat niet"):
        listen("bestaat.invalid", 7860)


def start_and_fail(tmp_path: Path, **environ: str) -> str:
    """What the program says on its way out, which must be with code 1 and without a traceback."""
    cleaned = {name: value for name, value in os.environ.items() if not name.startswith("ASSISTANT_")}
    finished = subprocess.run(
        [sys.executable, "app.py"],
        cwd=ROOT,
        env=cleaned | {"ASSISTANT_DATA_DIR": str(tmp_path)} | environ,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert finished.returncode == 1
    assert "Traceback" not in finished.stderr
    return finished.stderr


def test_the_program_ends_with_one_line_when_its_port_is_taken(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        said = start_and_fail(tmp_path, ASSISTANT_PORT=str(taken.getsockname()[1]))
    assert said.startswith("Fout: Op 127.0.0.1, poort")


WRONG_SETTINGS = {
    "unknown name": ("ASSISTANT_POORT", "1", "bestaat niet; bedoel je ASSISTANT_PORT?"),
    "no number": ("ASSISTANT_PORT", "veel", "verwacht een getal"),
    "no database": ("ASSISTANT_DATABASE_URL", "x", "verwacht een SQLAlchemy-adres"),
}


@pytest.mark.parametrize(("name", "value", "message"), WRONG_SETTINGS.values(), ids=WRONG_SETTINGS)
def test_a_wrong_setting_ends_the_program_with_one_line(tmp_path: Path, name: str, value: str, message: str) -> None:
    port = {} if name == "ASSISTANT_PORT" else {"ASSISTANT_PORT": str(free_port())}
    assert message in start_and_fail(tmp_path, **port, **{name: value})


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port: int = listener.getsockname()[1]
        return port


class Messages(list[dict[str, object]]):
    async def send(self, message: dict[str, object]) -> None:  # type: ignore[override]
        self.append(message)

    @property
    def body(self) -> bytes:
        return b"".join(bytes(message.get("body", b"")) for message in self)  # type: ignore[arg-type]


async def _nothing() -> dict[str, object]:
    return {"type": "http.request", "body": b"", "more_body": False}


def early(path: str, accept: bytes = b"*/*") -> Messages:
    """What the front door answers before there is an app."""

    async def ask() -> Messages:
        messages = Messages()
        scope = {"type": "http", "method": "GET", "path": path, "headers": [(b"accept", accept)], "query_string": b""}
        scope["asgi"] = {"version": "3.0", "spec_version": "2.4"}
        await FrontDoor(lambda: pytest.fail("not yet"))(scope, _nothing, messages.send)  # type: ignore[arg-type]
        return messages

    return asyncio.run(ask())


def test_the_front_door_shows_a_page_and_health_before_there_is_an_app() -> None:
    assert b"wordt geladen" in early("/", b"text/html").body
    assert early("/health").body == b'{"status":"starting","chunks":0,"engine":"","version":""}'
    assert b"--paper" in early("/web-static/style.css").body
