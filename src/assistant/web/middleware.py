"""What every request passes: an anonymous owner for each browser, security headers, and a limit on size.

Gradio's page is made Dutch here too, because its HTML is fixed: our script goes in before Gradio's, and its inline scripts
get the nonce without which the content security policy refuses them. Plain ASGI, so that streams pass through untouched.
"""

import os
import re
import secrets
from http.cookies import CookieError, SimpleCookie
from pathlib import Path

from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import JSONResponse, Response
from starlette.staticfiles import StaticFiles
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from assistant.web import texts

STATIC_FOLDER = Path(__file__).parent / "static"
STATIC_ADDRESS = "/web-static"
OWNER_COOKIE = "eigenaar"
OWNER_SECONDS = 400 * 24 * 3600  # the longest that browsers keep a cookie
MAXIMUM_API_BYTES = 1_000_000
_OWNER = re.compile(r"[0-9a-f]{32}")
_GRADIO_PAGES = ("/", "/beheer/")
# What Gradio's page tells link previews, of Gradio and with an address of someone else, and its viewport.
_FOREIGN_META = re.compile(rb"""<meta\s+(?:property="og:|name="(?:twitter:|viewport"))[^>]*>\s*""")


def owner_of(cookie_header: str) -> str:
    """The owner that a browser carries in its cookies; empty when it has none or a made-up one."""
    try:
        morsel = SimpleCookie(cookie_header).get(OWNER_COOKIE)
    except CookieError:
        return ""
    return morsel.value if morsel is not None and _OWNER.fullmatch(morsel.value) else ""


class OwnFiles(StaticFiles):
    """Our styles and scripts; a browser asks each time whether its copy is still the newest, so that it fits the page."""

    def file_response(
        self, full_path: str | os.PathLike[str], stat_result: os.stat_result, scope: Scope, status_code: int = 200
    ) -> Response:
        response = super().file_response(full_path, stat_result, scope, status_code)
        response.headers["cache-control"] = "no-cache"
        return response


class OwnerMiddleware:
    """Gives each browser a random owner id, which no script can read."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or owner_of(Headers(scope=scope).get("cookie", "")):
            await self._app(scope, receive, send)
            return

        async def send_with_cookie(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                if headers.get("content-type", "").startswith("text/html"):
                    secure = "; Secure" if scope["scheme"] == "https" else ""
                    cookie = f"{OWNER_COOKIE}={secrets.token_hex(16)}; Path=/; Max-Age={OWNER_SECONDS}"
                    headers.append("set-cookie", f"{cookie}; HttpOnly; SameSite=Lax{secure}")
            await send(message)

        await self._app(scope, receive, send_with_cookie)


class SecurityMiddleware:
    """Adds the headers that keep a page to itself; Gradio's two pages get the little more that they need."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
        elif scope["path"] in _GRADIO_PAGES and scope["method"] == "GET":
            await self._send_gradio_page(scope, receive, send)
        else:
            await self._app(scope, receive, with_headers(send, content_policy()))

    async def _send_gradio_page(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass Gradio's page on as a whole, with our script in its head and a nonce on every script."""
        nonce = secrets.token_urlsafe(16)
        kept = [(name, value) for name, value in scope["headers"] if name != b"accept-encoding"]
        scope = {**scope, "headers": kept}  # an answer that is not compressed can be changed
        start: Message = {}
        body = bytearray()
        deliver = with_headers(send, content_policy(nonce))

        async def collect(message: Message) -> None:
            nonlocal start
            if message["type"] == "http.response.start":
                start = message
                return
            if message["type"] != "http.response.body":
                await deliver(message)
                return
            body.extend(message.get("body", b""))
            if message.get("more_body", False):
                return
            page = _adapt_gradio_page(bytes(body), nonce)
            headers = MutableHeaders(scope=start)
            headers["content-length"] = str(len(page))
            headers["cache-control"] = "no-store"
            await deliver(start)
            await deliver({"type": "http.response.body", "body": page})

        await self._app(scope, receive, collect)


def content_policy(nonce: str = "") -> str:
    """The content security policy: this server only, and no inline scripts or handlers.

    With a nonce it is Gradio's: scripts that carry it may be inline, and Gradio's templates may be compiled.
    """
    scripts = f"'self' 'nonce-{nonce}' 'unsafe-eval'" if nonce else "'self'"
    styles = "'self' 'unsafe-inline'" if nonce else "'self'"
    return (
        f"default-src 'self'; script-src {scripts}; style-src {styles}; img-src 'self' data: blob:; font-src 'self' data:; "
        "connect-src 'self'; object-src 'none'; base-uri 'self'; form-action 'self'; frame-ancestors 'self'"
    )


def _adapt_gradio_page(page: bytes, nonce: str) -> bytes:
    page = _FOREIGN_META.sub(b"", page)
    page = page.replace(b"<script", f'<script nonce="{nonce}"'.encode())
    page = page.replace(b'lang="en"', b'lang="nl"', 1)
    ours = (
        f'<meta name="description" content="{texts.WHAT_IT_IS}">'
        # A phone's keyboard makes the page smaller, so that the question box stays above it.
        '<meta name="viewport" content="width=device-width, initial-scale=1, interactive-widget=resizes-content">'
        f'<link rel="icon" href="{STATIC_ADDRESS}/icon.svg" type="image/svg+xml">'
        f'<link rel="stylesheet" href="{STATIC_ADDRESS}/style.css">'
        f'<script nonce="{nonce}" src="{STATIC_ADDRESS}/early.js"></script>'
        f'<script nonce="{nonce}" src="{STATIC_ADDRESS}/chat.js"></script>'
    )
    return page.replace(b"<head>", b"<head>" + ours.encode(), 1)


def with_headers(send: Send, policy: str) -> Send:
    """A sender that adds the security headers with this content security policy."""

    async def sendwith_headers(message: Message) -> None:
        if message["type"] == "http.response.start":
            headers = MutableHeaders(scope=message)
            headers["content-security-policy"] = policy
            headers["x-content-type-options"] = "nosniff"
            headers["referrer-policy"] = "same-origin"
            headers["x-frame-options"] = "SAMEORIGIN"
            headers["permissions-policy"] = "camera=(), microphone=(), geolocation=()"
            headers["cross-origin-opener-policy"] = "same-origin"
        await send(message)

    return sendwith_headers


class SizeLimitMiddleware:
    """Refuses an API request with a larger body than any question needs, also when its length is not announced."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or not scope["path"].startswith("/api/"):
            await self._app(scope, receive, send)
            return
        body = bytearray()
        more = True
        while more and len(body) <= MAXIMUM_API_BYTES:
            message = await receive()
            if message["type"] == "http.disconnect":
                return
            body.extend(message.get("body", b""))
            more = message.get("more_body", False)
        if len(body) > MAXIMUM_API_BYTES:
            await JSONResponse({"detail": texts.TOO_LARGE}, status_code=413)(scope, receive, send)
            return
        replayed = False

        async def replay() -> Message:
            nonlocal replayed
            if replayed:
                return await receive()
            replayed = True
            return {"type": "http.request", "body": bytes(body), "more_body": False}

        await self._app(scope, replay, send)
