"""How long until the page is there and the first answer is given, and how much memory the running app takes."""

import json
import os
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from pathlib import Path

QUESTION = "Wat kost opslag bij FBA in december?"
LONGEST_WAIT_SECONDS = 300


def measure_startup() -> None:
    """Start ``app.py`` twice, without and with an index, and print what a user waits for."""
    with tempfile.TemporaryDirectory() as folder:
        _run(Path(folder), "zonder index")
        _run(Path(folder), "met index")


def _run(data_dir: Path, label: str) -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    environment = os.environ | {"ASSISTANT_DATA_DIR": str(data_dir), "ASSISTANT_PORT": str(port), "HF_HUB_OFFLINE": "1"}
    started = time.perf_counter()
    process = subprocess.Popen([sys.executable, "app.py"], env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        address = f"http://127.0.0.1:{port}"
        _wait_for(f"{address}/")
        page = time.perf_counter() - started
        answer = _ask(address)
        first = time.perf_counter() - started
        print(f"start {label}: pagina na {page:.1f} s, eerste antwoord na {first:.1f} s ({answer['elapsed_ms']:.0f} ms rekenen)")
        print(f"start {label}: geheugen {_resident_megabytes(process.pid):.0f} MB")
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(timeout=30)


def _wait_for(address: str) -> None:
    end = time.perf_counter() + LONGEST_WAIT_SECONDS
    while time.perf_counter() < end:
        try:
            with urllib.request.urlopen(address, timeout=5) as response:
                if response.status == 200:
                    return
        except (urllib.error.URLError, ConnectionError, TimeoutError):
            time.sleep(0.05)
    raise TimeoutError(f"{address} gaf geen antwoord binnen {LONGEST_WAIT_SECONDS} s")


def _ask(address: str) -> dict[str, float]:
    body = json.dumps({"question": QUESTION}).encode()
    request = urllib.request.Request(f"{address}/api/ask", data=body, headers={"Content-Type": "application/json"})
    with urllib.request.urlopen(request, timeout=LONGEST_WAIT_SECONDS) as response:
        answer: dict[str, float] = json.load(response)
    return answer


def _resident_megabytes(process: int) -> float:
    for line in Path(f"/proc/{process}/status").read_text("utf-8").splitlines():
        if line.startswith("VmRSS:"):
            return int(line.split()[1]) / 1024
    return float("nan")
