"""Verkoopassistent: answers questions about selling on Amazon, in Dutch, from its own dated and sourced knowledge base."""

from assistant.documents import Answer, Citation, Hit, IngestReport, StreamEvent, Turn
from assistant.errors import AssistantError
from assistant.pipeline import Assistant
from assistant.settings import Settings

__version__ = "0.1.0"

__all__ = ["Answer", "Assistant", "AssistantError", "Citation", "Hit", "IngestReport", "Settings", "StreamEvent", "Turn", "__version__"]
