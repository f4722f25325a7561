"""Puts the web app together: the HTTP door, the Kennisbank, and the two Gradio pages on one FastAPI application.

Importing this module imports Gradio, which takes seconds; ``server`` therefore only does so behind a page that is there.
"""

import contextlib
import os
import re
from collections.abc import AsyncIterator
from importlib.metadata import PackageNotFoundError
from importlib.metadata import version as installed_version
from pathlib import Path

# Gradio reads this when it is imported: nothing may be reported to, or asked from, anyone else.
os.environ["GRADIO_ANALYTICS_ENABLED"] = "False"

import gradio as gr
from fastapi import FastAPI, Request
from fastapi.responses import RedirectResponse
from gradio.routes import INTERNAL_ROUTES
from starlette.convertors import StringConvertor, register_url_convertor
from starlette.exceptions import HTTPException

from assistant.settings import PACKAGE_FOLDER, Settings
from assistant.store import Store
from assistant.web import api, chat, library, quality, texts
from assistant.web.backend import LoadingBackend
from assistant.web.middleware import STATIC_ADDRESS, STATIC_FOLDER, OwnerMiddleware, OwnFiles, SecurityMiddleware, SizeLimitMiddleware
from assistant.web.theme import make_theme

ALL_METHODS = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"]
MAXIMUM_UPLOAD = "50mb"


def create_app(loading: LoadingBackend, store: Store, settings: Settings) -> FastAPI:
    """The whole web app as one ASGI application; it begins to open the assistant when the server starts."""

    @contextlib.asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncIterator[None]:
        loading.start()
        yield
        loading.close()

    app = FastAPI(
        title=texts.BRAND,
        description="Vragen over verkopen op Amazon, met antwoorden uit de eigen kennisbank.",
        version=_version(),
        docs_url=None,
        redoc_url=None,
        lifespan=lifespan,
    )
    app.include_router(api.make_router(loading))
    app.include_router(chat.make_router(store))
    app.include_router(library.make_router(loading))
    api.add_docs(app)
    api.add_error_handlers(app)
    app.mount(STATIC_ADDRESS, OwnFiles(directory=STATIC_FOLDER))
    app.add_api_route("/beheer", _to_maintenance, include_in_schema=False)
    app.add_api_route("/{path:notgradio}", _unknown, methods=ALL_METHODS, include_in_schema=False)
    _mount(app, quality.QualityPage(loading, store, settings.data_dir / "uploads", results_folder()).build(), "/beheer")
    _mount(app, chat.ChatPage(loading, store, settings).build(), "/")
    app.add_middleware(SizeLimitMiddleware)
    app.add_middleware(OwnerMiddleware)
    app.add_middleware(SecurityMiddleware)
    return app


class _NotGradioConvertor(StringConvertor):
    """Matches every address that Gradio's own pages do not need."""

    regex = rf"(?!(?:beheer/)?(?:{'|'.join(map(re.escape, INTERNAL_ROUTES))})(?:/|$)|beheer/$).+"


register_url_convertor("notgradio", _NotGradioConvertor())


async def _unknown(request: Request) -> None:
    """Answer for an address that nothing serves, which Gradio would do in English."""
    is_reading = request.method in ("GET", "HEAD")
    raise HTTPException(404, "Not Found") if is_reading else HTTPException(405, "Method Not Allowed")


async def _to_maintenance() -> RedirectResponse:
    return RedirectResponse("/beheer/", status_code=308)


def _mount(app: FastAPI, page: gr.Blocks, path: str) -> None:
    gr.mount_gradio_app(
        app,
        page,
        path,
        theme=make_theme(),
        i18n=gr.I18n(nl=texts.GRADIO_TEXTS, en=texts.GRADIO_TEXTS),
        footer_links=[],
        run_history=False,
        enable_monitoring=False,
        show_error=False,
        ssr_mode=False,
        mcp_server=False,
        pwa=False,
        max_file_size=MAXIMUM_UPLOAD,
    )


def results_folder() -> Path:
    """Where the evals leave their results: in the working folder, or in the checkout that this package lies in."""
    here = Path("evals/results")
    return here if here.is_dir() else PACKAGE_FOLDER.parent.parent / "evals" / "results"


def _version() -> str:
    """The installed version of this package; ``0`` in a checkout that was never installed."""
    try:
        return installed_version("verkoopassistent")
    except PackageNotFoundError:
        return "0"
