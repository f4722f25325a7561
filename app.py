"""Starts the web app with the settings of the environment."""

import logging
import sys

from assistant.errors import AssistantError
from assistant.settings import Settings
from assistant.web import serve

if __name__ == "__main__":
    logging.basicConfig(format="%(asctime)s %(levelname)s %(name)s: %(message)s", level=logging.WARNING)
    logging.getLogger("assistant").setLevel(logging.INFO)
    logging.getLogger("bm25s").setLevel(logging.WARNING)  # it asks for debug lines of its own accord
    try:
        serve(Settings.load())
    except AssistantError as exc:
        sys.exit(f"Fout: {exc}")
