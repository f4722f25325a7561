"""Runs the web app: a page within a second or two, everything else behind it.

The socket is taken first, so that a port in use is told at once. Then a small front door answers while Gradio is imported
and the pages are made, and after that the assistant opens. The front door stays out of the way from then on.
"""

import asyncio
import contextlib
import importlib
import ipaddress
import logging
import os
import socket
from collections.abc import Callable

import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, Response
from starlette.types import ASGIApp, Receive, Scope, Send

from assistant.errors import AssistantError
from assistant.settings import Settings
from assistant.store import Store
from assistant.web import texts
from assistant.web.backend import Backend, LoadingBackend, Progress, Stage
from assistant.web.middleware import STATIC_ADDRESS, STATIC_FOLDER, OwnFiles, content_policy, with_headers
from assistant.web.rendering import render

logger = logging.getLogger(__name__)

GRACE_SECONDS = 3


def serve(settings: Settings) -> None:
    """Serve the web app until it is interrupted.

    Raises:
        AssistantError: the address or port cannot be used, or the app could not be made.
        StoreError: the database cannot be used.
    """
    os.environ.setdefault("GRADIO_TEMP_DIR", str((settings.data_dir / "tijdelijk").resolve()))
    with listen(settings.host, settings.port) as listener, Store.open(settings.database) as store:
        loading = LoadingBackend(lambda progress: _open_assistant(settings, progress))
        door = FrontDoor(lambda: _create_app(loading, store, settings))
        shown_host = f"[{settings.host}]" if ":" in settings.host else settings.host
        if not ipaddress.ip_address(listener.getsockname()[0]).is_loopback:
            logger.warning("Iedereen in dit netwerk kan de app gebruiken, ook het beheer; zet er een toegangscontrole voor.")
        logger.info("De %s luistert op http://%s:%s", texts.BRAND, shown_host, settings.port)
        config = uvicorn.Config(door, log_level="warning", server_header=False, timeout_graceful_shutdown=GRACE_SECONDS)
        door.server = uvicorn.Server(config)
        door.server.run(sockets=[listener])
        if door.failed:
            raise AssistantError(texts.UNEXPECTED)


def listen(host: str, port: int) -> socket.socket:
    """A bound and listening socket.

    Raises:
        AssistantError: the host is unknown, or the port is taken or not allowed.
    """
    try:
        family, kind, protocol, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
    except socket.gaierror as exc:
        raise AssistantError(f"ASSISTANT_HOST is {host!r}; dat adres bestaat niet op deze computer.") from exc
    listener = socket.socket(family, kind, protocol)
    try:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind(address)
        listener.listen(128)
    except OSError as exc:
        listener.close()
        raise AssistantError(
            f"Op {host}, poort {port}, kan niet worden geluisterd ({exc.strerror}); "
            "sluit het programma dat de poort gebruikt of kies met ASSISTANT_PORT een andere poort."
        ) from exc
    return listener


class FrontDoor:
    """An ASGI application that answers at once, and hands everything to the real one when that has been made.

    Until then a page shows that it is loading, ``/health`` says ``starting``, and every other request waits.
    """

    def __init__(self, make_app: Callable[[], Starlette]) -> None:
        self._make_app = make_app
        self._app: Starlette | None = None
        self._made = asyncio.Event()
        self._static: ASGIApp = OwnFiles(directory=STATIC_FOLDER)
        self.failed = False
        self.server: uvicorn.Server | None = None

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan":
            await self._live(receive, send)
        elif self._app is not None:
            await self._app(scope, receive, send)
        else:
            await self._answer_early(scope, receive, send)

    async def _live(self, receive: Receive, send: Send) -> None:
        await receive()
        await send({"type": "lifespan.startup.complete"})
        async with contextlib.AsyncExitStack() as stack:
            preparing = asyncio.create_task(self._prepare(stack))
            await receive()
            preparing.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await preparing
        await send({"type": "lifespan.shutdown.complete"})

    async def _prepare(self, stack: contextlib.AsyncExitStack) -> None:
        try:
            app = await asyncio.to_thread(self._make_app)
            await stack.enter_async_context(app.router.lifespan_context(app))
        except Exception:
            logger.exception("the web app could not be made")
            self.failed = True
            if self.server is not None:
                self.server.should_exit = True
            return
        self._app = app
        self._made.set()

    async def _answer_early(self, scope: Scope, receive: Receive, send: Send) -> None:
        response = _early_response(scope)
        if response is not None:
            await response(scope, receive, with_headers(send, content_policy()))
        elif scope["path"].startswith(f"{STATIC_ADDRESS}/"):
            inside = {**scope, "root_path": scope.get("root_path", "") + STATIC_ADDRESS}
            await self._static(inside, receive, with_headers(send, content_policy()))
        else:
            await self._made.wait()
            assert self._app is not None
            await self._app(scope, receive, send)


def _early_response(scope: Scope) -> Response | None:
    if scope["type"] != "http" or scope["method"] != "GET":
        return None
    if scope["path"] == "/health":
        return JSONResponse({"status": "starting", "chunks": 0, "engine": "", "version": ""})
    if "text/html" in Request(scope).headers.get("accept", ""):
        return HTMLResponse(render("starting.html", stage=Stage()), headers={"cache-control": "no-store"})
    return None


def _create_app(loading: LoadingBackend, store: Store, settings: Settings) -> Starlette:
    """The pages, imported here and not above because Gradio takes seconds."""
    create_app = importlib.import_module("assistant.web.application").create_app

    async def make() -> Starlette:
        app: Starlette = create_app(loading, store, settings)
        return app

    return asyncio.run(make())  # without a running loop, Gradio makes loops of its own and leaves them open


def _open_assistant(settings: Settings, progress: Progress) -> Backend:
    """The real assistant, imported here and not above because its libraries take seconds."""
    backend: Backend = importlib.import_module("assistant.pipeline").Assistant.open(settings, progress=progress)
    return backend
