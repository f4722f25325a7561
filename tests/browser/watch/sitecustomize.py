"""Python imports this before anything else when its folder is on the path: it writes down whom a program calls.

Each line of the file that ``WATCH_LOG`` names is an event and the host that was looked up or connected to.
"""

import os
import sys

HOST_PLACE = {"socket.connect": 1, "socket.sendto": 1, "socket.getaddrinfo": 0, "socket.gethostbyname": 0}
_log = os.open(os.environ["WATCH_LOG"], os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o644) if "WATCH_LOG" in os.environ else None


def note(event: str, arguments: tuple[object, ...]) -> None:
    """Write down a call to another host; an address is a host with its port, or the path of a local socket."""
    if event not in HOST_PLACE or _log is None:
        return
    address = arguments[HOST_PLACE[event]]
    host = address[0] if isinstance(address, tuple) else address
    os.write(_log, f"{event} {host}\n".encode())


sys.addaudithook(note)
