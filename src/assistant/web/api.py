"""The HTTP doors for other programs: health, questions, and the page that describes them.

Wrong input gets a 4xx status with one Dutch sentence under ``detail``; what we did not foresee is logged and gets a 500
with a calm one. The description page at /docs is ours, because FastAPI's own loads its scripts from elsewhere.
"""

import json
import logging
from typing import Any

from fastapi import APIRouter, FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import HTMLResponse, JSONResponse, Response
from pydantic import BaseModel, ConfigDict, Field
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException

from assistant.articles import MARKETPLACES
from assistant.documents import Answer, Turn
from assistant.errors import AssistantError, QuestionError
from assistant.store import clean_text
from assistant.web import texts
from assistant.web.backend import Backend, LoadingBackend
from assistant.web.rendering import render

logger = logging.getLogger(__name__)

WAIT_SECONDS = 120.0
HISTORY_TURNS = 50


# What the fields of an answer mean, for the description page; the records themselves are described in English.
ANSWER_FIELDS = {
    "text": "het antwoord als Markdown, met [1] bij wat uit bron 1 komt",
    "citations": "de bronnen, elk met het stuk tekst en de gebruikte zinnen",
    "answered": "nee als de bronnen het antwoord niet bevatten",
    "standalone_question": "de vraag zoals die na eerdere vragen is begrepen",
    "suggestions": "vragen waarmee je verder kunt",
    "warnings": "waar je op moet letten, zoals een oud bedrag",
    "related": "de dichtstbijzijnde stukken, als er geen antwoord is",
    "confidence": "de kans dat de bronnen het antwoord bevatten, van 0 tot 1",
    "elapsed_ms": "hoelang het antwoord duurde, in milliseconden",
    "number": "het nummer waarmee de tekst verwijst",
    "document_id": "het artikel",
    "title": "de titel van het artikel",
    "heading": "de kop van het stuk",
    "quote": "de gebruikte zinnen, één per regel",
    "source_name": "waar het gelezen is",
    "source_url": "het adres daarvan",
    "checked_on": "wanneer het is gecontroleerd",
    "marketplaces": "de winkels waarvoor het geldt",
    "score": "hoe goed het stuk past, van 0 tot 1",
}


class Health(BaseModel):
    """Whether the assistant answers questions, and from what."""

    status: str = Field(description="ok, starting of error")
    chunks: int = Field(default=0, description="aantal stukken tekst in de index")
    engine: str = Field(default="", description="waarmee antwoorden worden gemaakt")
    version: str = Field(default="", description="versie van de index")
    detail: str | None = Field(default=None, description="waarom er geen antwoord kan komen, in het Nederlands")


class AskTurn(BaseModel):
    """One earlier question with its answer."""

    model_config = ConfigDict(extra="forbid")

    question: str = Field(description="een eerdere vraag")
    answer: str = Field(default="", description="het antwoord daarop")


class AskRequest(BaseModel):
    """A question, with what was said before."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={"examples": [{"question": "Wat kost opslag bij FBA in december?", "marketplace": "NL"}]},
    )

    question: str = Field(description="de vraag, in het Nederlands")
    history: list[AskTurn] = Field(default=[], max_length=HISTORY_TURNS, description="eerdere vragen met hun antwoord")
    marketplace: str | None = Field(default=None, description=f"de winkel waarvan de regels voorgaan: {', '.join(MARKETPLACES)}")


class Problem(BaseModel):
    """What went wrong, in one Dutch sentence."""

    detail: str


def make_router(loading: LoadingBackend) -> APIRouter:
    """The routes of this module."""
    router = APIRouter()
    problems: dict[int | str, dict[str, Any]] = {
        code: {"model": Problem, "description": meaning}
        for code, meaning in ((422, "De vraag klopt niet"), (413, "De aanvraag is te groot"), (503, "Er is (nog) geen kennisbank"))
    }

    @router.get("/health", summary="Werkt de assistent?", tags=["assistent"], response_model_exclude_none=True)
    async def health() -> Health:
        """``starting`` zolang de index wordt geladen, ``error`` als dat mislukte, anders ``ok``."""
        if loading.is_ready:
            return await run_in_threadpool(_health, loading.get())
        return Health(status="error" if loading.error else "starting", detail=loading.error or None)

    @router.post("/api/ask", summary="Stel een vraag", tags=["assistent"], responses=problems)
    async def ask(asked: AskRequest) -> Answer:
        """Het antwoord met zijn bronnen; tijdens het laden van de index wacht de aanvraag tot dat klaar is."""
        marketplace = _known_marketplace(asked.marketplace)
        if not await loading.wait(WAIT_SECONDS):
            raise HTTPException(503, texts.STARTING_TOO_LONG)
        history = [Turn(question=clean_text(turn.question), answer=clean_text(turn.answer)) for turn in asked.history]
        return await run_in_threadpool(_answer, loading, clean_text(asked.question), history, marketplace)

    return router


def _health(backend: Backend) -> Health:
    status = backend.status()
    return Health(status="ok", chunks=status.chunks, engine=status.engine, version=status.version)


def _answer(loading: LoadingBackend, question: str, history: list[Turn], marketplace: str | None) -> Answer:
    return loading.get().ask(question, history, marketplace)


def _known_marketplace(code: str | None) -> str | None:
    known = (code or "").strip().upper()
    if known and known not in MARKETPLACES:
        raise HTTPException(422, f"De winkel {code!r} is niet bekend; kies een van: {', '.join(MARKETPLACES)}.")
    return known or None


def add_docs(app: FastAPI) -> None:
    """Serve our own description page of the API at /docs."""

    @app.get("/docs", include_in_schema=False)
    async def docs() -> HTMLResponse:
        schema = app.openapi()
        components = schema["components"]["schemas"]
        records = {name: _fields(components, name) for name in ("Citation", "Article", "AskTurn")}
        page = render("docs.html", operations=_operations(schema), records=records, version=app.version)
        return HTMLResponse(page)


def _operations(schema: dict[str, Any]) -> list[dict[str, Any]]:
    """What the page shows of each route, read from the OpenAPI schema."""
    components = schema.get("components", {}).get("schemas", {})
    return [
        {
            "method": method.upper(),
            "path": path,
            "summary": operation.get("summary", ""),
            "description": operation.get("description", ""),
            "fields": _fields(components, _body_schema(operation)),
            "example": _example(components, _body_schema(operation)),
            "responses": [
                {"code": code, "description": response.get("description", ""), "fields": _fields(components, _ref(response))}
                for code, response in operation.get("responses", {}).items()
            ],
        }
        for path, methods in schema.get("paths", {}).items()
        for method, operation in methods.items()
    ]


def _body_schema(operation: dict[str, Any]) -> str:
    return _ref(operation.get("requestBody", {}))


def _ref(holder: dict[str, Any]) -> str:
    content = holder.get("content", {}).get("application/json", {}).get("schema", {})
    return str(content.get("$ref", "")).rsplit("/", 1)[-1]


def _fields(components: dict[str, Any], name: str) -> list[dict[str, str]]:
    model = components.get(name, {})
    return [
        {
            "name": field,
            "type": _type_name(definition),
            "required": "ja" if field in model.get("required", []) else "nee",
            "description": ANSWER_FIELDS.get(field) or str(definition.get("description", "")),
        }
        for field, definition in model.get("properties", {}).items()
    ]


def _type_name(definition: dict[str, Any]) -> str:
    if "anyOf" in definition:
        return " of ".join(_type_name(part) for part in definition["anyOf"])
    if "$ref" in definition:
        return str(definition["$ref"]).rsplit("/", 1)[-1]
    if definition.get("type") == "array":
        return f"lijst van {_type_name(definition.get('items', {}))}"
    names = {"string": "tekst", "integer": "getal", "number": "getal", "boolean": "ja of nee", "null": "leeg"}
    return names.get(str(definition.get("type", "")), "object")


def _example(components: dict[str, Any], name: str) -> str:
    examples = components.get(name, {}).get("examples", [])
    return json.dumps(examples[0], ensure_ascii=False) if examples else ""


# --- Errors ----------------------------------------------------------------------------------------------------------


def add_error_handlers(app: FastAPI) -> None:
    """Answer every failure in Dutch: JSON for programs, a page for people."""
    app.add_exception_handler(RequestValidationError, _refuse_input)
    app.add_exception_handler(AssistantError, _refuse_question)
    app.add_exception_handler(HTTPException, _refuse_request)
    app.add_exception_handler(Exception, _report_unexpected)


async def _refuse_input(request: Request, exc: Exception) -> Response:
    errors = exc.errors() if isinstance(exc, RequestValidationError) else []
    return problem(request, 422, describe_input_error(errors[0]) if errors else texts.UNEXPECTED)


async def _refuse_question(request: Request, exc: Exception) -> Response:
    if isinstance(exc, QuestionError):
        return problem(request, 422, str(exc))
    logger.error("%s %s failed: %s", request.method, request.url.path, exc)
    return problem(request, 503, str(exc))


async def _refuse_request(request: Request, exc: Exception) -> Response:
    code = exc.status_code if isinstance(exc, HTTPException) else 500
    own_words = {404: texts.NOT_FOUND, 405: texts.METHOD_NOT_ALLOWED}
    detail = str(exc.detail) if isinstance(exc, HTTPException) else texts.UNEXPECTED
    is_standard = detail in ("Not Found", "Method Not Allowed")
    return problem(request, code, own_words[code] if is_standard and code in own_words else detail)


async def _report_unexpected(request: Request, exc: Exception) -> Response:
    logger.error("%s %s failed", request.method, request.url.path, exc_info=exc)
    return problem(request, 500, texts.UNEXPECTED)


def problem(request: Request, code: int, detail: str) -> Response:
    """The failure in the form that the caller can read."""
    if "text/html" in request.headers.get("accept", "") and not request.url.path.startswith("/api/"):
        return HTMLResponse(render("error.html", code=code, message=detail), status_code=code)
    return JSONResponse({"detail": detail}, status_code=code)


def describe_input_error(error: Any) -> str:
    """One Dutch sentence for what FastAPI found wrong with a request."""
    place = ".".join(str(part) for part in error["loc"] if part != "body")
    field = f"Het veld {place!r}" if place else "De aanvraag"
    match error["type"]:
        case "json_invalid":
            return 'De aanvraag is geen geldige JSON; stuur bijvoorbeeld {"question": "Wat kost FBA?"}.'
        case "missing":
            return f"{field} ontbreekt."
        case "extra_forbidden":
            return f"{field} is onbekend; bekend zijn question, history en marketplace."
        case "string_type" | "string_unicode":
            return f"{field} moet tekst zijn."
        case "list_type":
            return f"{field} moet een lijst zijn."
        case "too_long":
            return f"{field} is te lang; stuur hooguit {HISTORY_TURNS} eerdere vragen mee."
        case _:
            return f"{field} klopt niet; kijk op /docs hoe een aanvraag eruitziet."
