import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.browser.servers import Server, watched


@pytest.mark.parametrize(
    ("call", "noted"),
    [
        ("socket.getaddrinfo('example.invalid', 443)", "socket.getaddrinfo example.invalid"),
        ("socket.socket().connect(('192.0.2.1', 443))", "socket.connect 192.0.2.1"),
    ],
)
def test_a_call_to_another_host_is_noted(tmp_path: Path, call: str, noted: str) -> None:
    log = tmp_path / "calls.log"
    program = f"import contextlib, socket\nsocket.setdefaulttimeout(0.01)\nwith contextlib.suppress(OSError): {call}"
    subprocess.run([sys.executable, "-c", program], env=os.environ | watched(log), check=True)
    assert noted in log.read_text().splitlines()


def test_only_other_hosts_count(tmp_path: Path) -> None:
    (tmp_path / "calls.log").write_text("socket.connect 127.0.0.1\nsocket.connect /run/x\nsocket.getaddrinfo example.org\n")
    assert Server([], tmp_path).outside == {"example.org"}
