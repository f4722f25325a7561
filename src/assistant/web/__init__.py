"""The web app: a chat, the Kennisbank and a page for maintainers, with an HTTP door for programs.

``create_app`` puts them together around an assistant and a store, ``serve`` runs them. Nothing here imports Gradio until
``create_app`` is called, so that a page can be there before it.
"""

import importlib
from typing import TYPE_CHECKING

from assistant.settings import Settings
from assistant.store import Store
from assistant.web.backend import LoadingBackend
from assistant.web.server import serve

if TYPE_CHECKING:
    from fastapi import FastAPI

__all__ = ["LoadingBackend", "create_app", "serve"]


def create_app(loading: LoadingBackend, store: Store, settings: Settings) -> "FastAPI":
    """The whole web app as one ASGI application; see ``application.create_app``."""
    app: FastAPI = importlib.import_module("assistant.web.application").create_app(loading, store, settings)
    return app
