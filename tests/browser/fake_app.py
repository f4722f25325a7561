"""The web app around the fake assistant.

It stays loading until the file ``open`` stands in the data folder, and rebuilding as long as ``hold`` does.
"""

import asyncio
import logging
import time
from pathlib import Path

import uvicorn

from assistant.settings import Settings
from assistant.store import Store
from assistant.web import LoadingBackend, create_app
from assistant.web.backend import Progress
from tests.fakes import FakeAssistant, FakeStatus


class SteeredAssistant(FakeAssistant):
    """Rebuilds as long as the file ``hold`` stands in the data folder."""

    def __init__(self, folder: Path) -> None:
        super().__init__()
        self._hold = folder / "hold"

    def rebuild(self, progress: object = None) -> FakeStatus:
        if callable(progress):
            progress("Vectoren berekenen", 300, 1200)
        while self._hold.exists():
            time.sleep(0.05)
        return super().rebuild(progress)


def main() -> None:
    logging.basicConfig(level=logging.INFO)
    settings = Settings.load()

    def opener(progress: Progress) -> FakeAssistant:
        progress("Vectoren berekenen", 300, 1200)
        while not (settings.data_dir / "open").exists():
            time.sleep(0.05)
        return SteeredAssistant(settings.data_dir)

    async def serve() -> None:
        app = create_app(LoadingBackend(opener), store, settings)
        config = uvicorn.Config(app, host=settings.host, port=settings.port, log_level="warning", timeout_graceful_shutdown=3)
        await uvicorn.Server(config).serve()

    with Store.open(settings.database) as store:
        asyncio.run(serve())


if __name__ == "__main__":
    main()
