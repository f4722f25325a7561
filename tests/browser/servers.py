"""Starts the web app in a process of its own: the real one, or one with the fake assistant for what cannot be provoked."""

import contextlib
import json
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parent.parent.parent
WATCH = Path(__file__).parent / "watch"
HERE = {"127.0.0.1", "localhost", "::1", "None", ""}
START_SECONDS = 120


class Server:
    """A running web app; it can be killed and started again on the same port and data."""

    def __init__(self, command: list[str], folder: Path) -> None:
        self.folder = folder
        self.port = free_port()
        self.address = f"http://127.0.0.1:{self.port}"
        self._command = command
        self._process: subprocess.Popen[bytes] | None = None

    def start(self, wait_for: str = "ok") -> None:
        """Start, and wait until ``/health`` reports this status (empty: until it answers at all)."""
        environ = {name: value for name, value in os.environ.items() if not name.startswith("ASSISTANT_")}
        environ |= {"ASSISTANT_DATA_DIR": str(self.folder), "ASSISTANT_PORT": str(self.port), "HF_HUB_OFFLINE": "1"}
        environ |= watched(self.folder / "calls.log")
        with (self.folder / "server.log").open("ab") as log:
            self._process = subprocess.Popen(self._command, cwd=ROOT, env=environ, stdout=log, stderr=log)
        self.wait(wait_for)

    def wait(self, status: str = "ok") -> dict[str, Any]:
        """What ``/health`` says, once it reports the status."""
        deadline = time.monotonic() + START_SECONDS
        while time.monotonic() < deadline:
            assert self._process is not None
            assert self._process.poll() is None, self.log()
            with contextlib.suppress(OSError):
                health: dict[str, Any] = json.loads(get(f"{self.address}/health"))
                assert health["status"] != "error", self.log()
                if not status or health["status"] == status:
                    return health
            time.sleep(0.05)
        raise AssertionError(f"no {status!r} from /health within {START_SECONDS} s\n{self.log()}")

    def stop(self, with_signal: signal.Signals = signal.SIGTERM) -> None:
        """End the process and wait until it is gone."""
        if self._process is not None:
            self._process.send_signal(with_signal)
            self._process.wait(timeout=30)
            self._process = None

    @property
    def outside(self) -> set[str]:
        """The hosts that the process looked up or connected to and that are not this computer."""
        calls = (self.folder / "calls.log").read_text("utf-8").splitlines()
        return {host for host in (call.partition(" ")[2] for call in calls) if host not in HERE and not host.startswith("/")}

    def log(self) -> str:
        """What the process wrote so far."""
        return (self.folder / "server.log").read_text("utf-8", "replace")


def watched(log: Path) -> dict[str, str]:
    """The environment in which a Python program writes down whom it calls."""
    return {"WATCH_LOG": str(log), "PYTHONPATH": os.pathsep.join(map(str, (WATCH, ROOT / "src", ROOT)))}


def free_port() -> int:
    """A port that nobody listens on right now."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port: int = listener.getsockname()[1]
        return port


def get(address: str) -> str:
    """The body of an address on this computer."""
    with urllib.request.urlopen(address, timeout=10) as response:
        body: bytes = response.read()
        return body.decode()


@contextlib.contextmanager
def running(command: list[str], folder: Path, wait_for: str = "ok") -> Iterator[Server]:
    """A server that is stopped at the end; it may not have called anyone outside this computer."""
    folder.mkdir(parents=True, exist_ok=True)
    server = Server(command, folder)
    try:
        server.start(wait_for)
        yield server
    finally:
        server.stop()
    assert server.outside == set()


def real_app(folder: Path) -> contextlib.AbstractContextManager[Server]:
    """The app as a user starts it."""
    return running([sys.executable, "app.py"], folder)


def fake_app(folder: Path, wait_for: str = "ok") -> contextlib.AbstractContextManager[Server]:
    """The app around the fake assistant; it opens once the file ``open`` stands in the folder."""
    return running([sys.executable, "-m", "tests.browser.fake_app"], folder, wait_for)
