"""Language model servers on loopback that speak OpenAI's and Ollama's protocol, and misbehave on request.

A server answers its requests with the replies it was given, one after the other; the last one is repeated. What it was
asked is kept in ``requests``.
"""

import json
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Literal, NamedTuple

Protocol = Literal["openai", "ollama"]


class Reply(NamedTuple):
    """What a server does with one request.

    Args:
        pieces: the text, as it is streamed.
        status: anything but 200 is sent as an error.
        first_seconds: how long it waits before the first piece.
        pause_seconds: how long it waits before each next piece.
        end: the reason for the end; ``"disconnect"`` closes the connection in the middle, ``"vanish"`` closes it properly but
            without a word, ``"hang"`` keeps it open.
        streams: whether it can stream; if not, it answers in one piece whatever is asked.
        thinking: sent apart from the text, as servers do that know of thinking.
        raw: sent as it is, instead of all this.
        refuses: a field that it refuses with status 400.
    """

    pieces: tuple[str, ...] = ()
    status: int = 200
    first_seconds: float = 0.0
    pause_seconds: float = 0.0
    end: str = "stop"
    streams: bool = True
    thinking: str = ""
    raw: bytes = b""
    refuses: str = ""


def words(text: str) -> tuple[str, ...]:
    """A text in pieces of a few characters, as models send it."""
    return tuple(text[i : i + 4] for i in range(0, len(text), 4))


class ProtocolServer:
    """A running server; ``url`` is what ``ASSISTANT_LLM_BASE_URL`` is set to."""

    def __init__(self, protocol: Protocol, replies: Sequence[Reply]) -> None:
        self.protocol = protocol
        self.requests: list[dict[str, Any]] = []
        self.first_piece_at = 0.0
        self.ended = threading.Event()
        self._replies = list(replies)
        self._http = ThreadingHTTPServer(("127.0.0.1", 0), _handler(self))
        self._http.daemon_threads = True
        self.url = f"http://127.0.0.1:{self._http.server_port}{'/v1' if protocol == 'openai' else ''}"

    @property
    def model(self) -> str:
        """What ``ASSISTANT_LLM`` is set to."""
        return f"{self.protocol}:proefmodel"

    def next_reply(self, request: dict[str, Any]) -> Reply:
        self.requests.append(request)
        return self._replies[min(len(self.requests), len(self._replies)) - 1]

    @contextmanager
    def running(self) -> Iterator["ProtocolServer"]:
        thread = threading.Thread(target=self._http.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        try:
            yield self
        finally:
            self.ended.set()
            self._http.shutdown()
            self._http.server_close()
            thread.join()


def _handler(server: ProtocolServer) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self) -> None:
            request = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            reply = server.next_reply(request)
            self.close_connection = True
            with suppress(BrokenPipeError, ConnectionResetError):  # the client had enough of it
                self._answer(request, reply)

        def _answer(self, request: dict[str, Any], reply: Reply) -> None:
            if self.path != ("/v1/chat/completions" if server.protocol == "openai" else "/api/chat"):
                self._whole(404, {"error": "unknown path"})
            elif reply.refuses and reply.refuses in json.dumps(request):
                self._whole(400, {"error": {"message": f"{reply.refuses} is not supported", "type": "invalid_request_error"}})
            elif reply.status != 200:
                self._whole(reply.status, {"error": {"message": "it went wrong", "type": "server_error"}})
            elif request.get("stream") and reply.streams:
                self._stream(reply)
            else:
                self._wait(reply.first_seconds)
                self._whole(200, _whole_answer(server.protocol, reply))

        def _whole(self, status: int, content: dict[str, Any]) -> None:
            body = json.dumps(content).encode()
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(body)))
            self.send_header("Connection", "close")
            self.end_headers()
            self.wfile.write(body)

        def _stream(self, reply: Reply) -> None:
            self.send_response(200)
            self.send_header("Content-Type", "text/event-stream" if server.protocol == "openai" else "application/x-ndjson")
            self.send_header("Transfer-Encoding", "chunked")
            self.send_header("Connection", "close")
            self.end_headers()
            self._wait(reply.first_seconds)
            server.first_piece_at = time.monotonic()
            for line in _lines(server.protocol, reply):
                self._send(line)
                self._wait(reply.pause_seconds)
            if reply.end == "hang":
                server.ended.wait()
            if reply.end != "disconnect":
                self._send(b"")

        def _send(self, data: bytes) -> None:
            self.wfile.write(b"%x\r\n%s\r\n" % (len(data), data))
            self.wfile.flush()

        def _wait(self, seconds: float) -> None:
            if seconds:
                server.ended.wait(seconds)

        def log_message(self, *arguments: object) -> None:
            """Nothing: tests read ``requests``."""

    return Handler


def _lines(protocol: Protocol, reply: Reply) -> Iterator[bytes]:
    if reply.raw:
        yield reply.raw
        return
    finished = reply.end not in ("disconnect", "vanish", "hang")
    if protocol == "ollama":
        for piece in reply.pieces:
            yield json.dumps(_ollama_line(reply, piece)).encode() + b"\n"
        if finished:
            yield json.dumps(_ollama_line(reply, "", reply.end)).encode() + b"\n"
        return
    if reply.thinking:
        yield _openai_event({"role": "assistant", "content": "", "reasoning_content": reply.thinking})
    for piece in reply.pieces:
        yield _openai_event({"role": "assistant", "content": piece})
    if finished:
        yield _openai_event({}, reply.end)
        yield b"data: [DONE]\n\n"


def _openai_event(delta: dict[str, str], end: str | None = None) -> bytes:
    event = {
        "id": "1",
        "object": "chat.completion.chunk",
        "created": 1,
        "model": "proefmodel",
        "choices": [{"index": 0, "delta": delta, "finish_reason": end}],
    }
    return b"data: " + json.dumps(event).encode() + b"\n\n"


def _whole_answer(protocol: Protocol, reply: Reply) -> dict[str, Any]:
    text = "".join(reply.pieces)
    if protocol == "ollama":
        return _ollama_line(reply, text, reply.end)
    message = {"role": "assistant", "content": text}
    return {
        "id": "1",
        "object": "chat.completion",
        "created": 1,
        "model": "proefmodel",
        "choices": [{"index": 0, "message": message, "finish_reason": reply.end}],
        "usage": {"prompt_tokens": 1, "completion_tokens": 1, "total_tokens": 2},
    }


def _ollama_line(reply: Reply, piece: str, end: str = "") -> dict[str, Any]:
    message = {"role": "assistant", "content": piece} | ({"thinking": reply.thinking} if reply.thinking else {})
    line: dict[str, Any] = {"model": "proefmodel", "created_at": "2026-11-22T09:30:00Z", "message": message, "done": bool(end)}
    return line | ({"done_reason": end} if end else {})
