"""Opens the language model that the settings name, and streams its text: the wall around LangChain's chat models.

Any string that ``init_chat_model`` knows will do. Providers are extras and are imported only here, when one is used. Time-outs
are kept here too, as a server can trickle for ever; thinking is switched off where a provider can, and stripped everywhere.
"""

import os
import queue
import re
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from importlib.util import find_spec
from typing import Any, Final, NamedTuple

from langchain_core.language_models import BaseChatModel

from assistant.errors import LanguageModelError
from assistant.settings import Settings

MAX_TOKENS: Final = 2_000
# Ollama cuts a longer prompt off without a word. Prompt and answer stay within it, see the budgets in ``prompts``.
OLLAMA_CONTEXT_TOKENS: Final = 8_192
# A model that keeps sending, but never gets done, is stopped after this many times the silence that is allowed.
_TOTAL_TIMES_SILENCE = 3

Options = dict[str, Any]


class _Provider(NamedTuple):
    """What this module must know of a provider: its package, its key, and whether it says why an answer ended."""

    package: str = ""
    key: str = ""
    says_end: bool = True


_PROVIDERS: Mapping[str, _Provider] = {
    "ollama": _Provider("langchain_ollama"),
    "openai": _Provider("langchain_openai", "OPENAI_API_KEY"),
    "anthropic": _Provider("langchain_anthropic", "ANTHROPIC_API_KEY"),
    "mistralai": _Provider("langchain_mistralai", "MISTRAL_API_KEY"),
    "huggingface": _Provider("langchain_huggingface", says_end=False),
}
# Models that may be named without their provider.
_WELL_KNOWN = {"gpt-": "openai", "o1": "openai", "o3": "openai", "claude": "anthropic", "mistral": "mistralai"}


def open_language_model(settings: Settings, environ: Mapping[str, str] = os.environ) -> "LanguageModel":
    """The language model that ``settings.llm`` names; no server is called yet.

    Raises:
        LanguageModelError: the name is unknown, the provider is not installed, or its key is missing.
    """
    # Half a second to import, and only needed by who chose a language model.
    from langchain.chat_models import init_chat_model  # noqa: PLC0415

    name = settings.llm.strip()
    prefix = next((provider for start, provider in _WELL_KNOWN.items() if name.startswith(start)), "")
    provider_name, _, model = name.partition(":") if name.split(":")[0] in _PROVIDERS else (prefix, "", name)
    provider = _PROVIDERS.get(provider_name, _Provider(says_end=False))
    if not model:
        raise LanguageModelError(f"ASSISTANT_LLM is {name!r}; verwacht aanbieder:model, bijvoorbeeld ollama:gemma3:4b")
    if provider.package and find_spec(provider.package) is None:
        raise LanguageModelError(
            f'Voor het taalmodel {name} ontbreekt een pakket; installeer het met: pip install "verkoopassistent[{provider_name}]"'
        )
    fixed = _address(provider_name, provider, settings, environ)

    def builder(options: Options) -> Callable[[], BaseChatModel]:
        return lambda: init_chat_model(model, model_provider=provider_name or None, **fixed, **options)

    builders = [builder(options) for options in _options(provider_name, settings.llm_timeout_seconds, bool(settings.llm_base_url))]
    try:
        return LanguageModel(name, builders, says_end=provider.says_end)
    except ImportError as exc:
        package = re.search(r"pip install ([\w-]+)", str(exc))
        what = f"installeer het met: pip install {package.group(1)}" if package else str(exc)
        raise LanguageModelError(f"Voor het taalmodel {name} ontbreekt een pakket; {what}") from exc
    except Exception as exc:  # providers raise whatever they like when they are made
        raise LanguageModelError(
            f"Het taalmodel {name} is niet te openen ({_first_line(exc)}); "
            f"controleer ASSISTANT_LLM: verwacht aanbieder:model, bijvoorbeeld ollama:gemma3:4b"
        ) from exc


def _address(name: str, provider: _Provider, settings: Settings, environ: Mapping[str, str]) -> Options:
    """Where the model is, and the key it asks for; a server of one's own needs none."""
    if name == "huggingface" and settings.llm_base_url:
        raise LanguageModelError(
            "ASSISTANT_LLM_BASE_URL past niet bij huggingface, dat het model zelf laadt; kies openai:… voor een OpenAI-compatibele server"
        )
    options: Options = {"base_url": settings.llm_base_url} if settings.llm_base_url else {}
    if provider.key and not environ.get(provider.key):
        if not settings.llm_base_url:
            raise LanguageModelError(f"Voor het taalmodel {settings.llm} ontbreekt de sleutel; zet de omgevingsvariabele {provider.key}")
        options["api_key"] = "niet-nodig"
    return options


def _options(provider: str, timeout_seconds: float, own_server: bool) -> list[Options]:
    """Sets of options, from all that we want to the few that every model takes; thinking is off in the first."""
    steady: Options = {"temperature": 0}
    match provider:
        case "ollama":
            fixed: Options = {"num_ctx": OLLAMA_CONTEXT_TOKENS, "num_predict": MAX_TOKENS, "client_kwargs": {"timeout": timeout_seconds}}
            return [fixed | steady | {"reasoning": False}, fixed | steady]
        case "huggingface":
            generation = {"max_new_tokens": MAX_TOKENS, "do_sample": False, "return_full_text": False}
            return [{"pipeline_kwargs": generation}]
        case "openai":
            fixed = {"max_tokens": MAX_TOKENS, "timeout": timeout_seconds, "max_retries": 0}
            # Servers such as vLLM and llama.cpp leave it to the model's template; OpenAI has a setting of its own.
            template: Options = {"extra_body": {"chat_template_kwargs": {"enable_thinking": False}}}
            silent: Options = template if own_server else {"reasoning_effort": "none"}
            return [fixed | steady | silent, fixed | steady, fixed]
        case "anthropic":
            fixed = {"max_tokens": MAX_TOKENS, "timeout": timeout_seconds, "max_retries": 0}
            silent = {"thinking": {"type": "disabled"}}
            return [fixed | steady | silent, fixed | silent, fixed]
        case "mistralai":
            fixed = {"max_tokens": MAX_TOKENS, "timeout": max(1, round(timeout_seconds)), "max_retries": 1}
            return [fixed | steady, fixed]
        case _:
            return [steady, {}]


class LanguageModel:
    """A chat model behind one method; ``name`` is the string that chose it.

    Args:
        name: as in the settings.
        builders: make the same model with fewer and fewer options; the next one is used when a server refuses an option.
        says_end: whether an answer without a reason for its end must have been cut off.
    """

    def __init__(self, name: str, builders: Sequence[Callable[[], BaseChatModel]], *, says_end: bool = True) -> None:
        self.name = name
        self._builders = tuple(builders)
        self._model = self._builders[0]()
        self._says_end = says_end
        self._thinks_aloud = False

    def stream(self, system: str, user: str, *, timeout_seconds: float) -> Iterator[str]:
        """The text of the answer, in pieces as they come.

        Args:
            system: the instructions.
            user: the question with its sources.
            timeout_seconds: how long nothing may be shown, at the start or in between; the whole may take three times as long.

        Raises:
            LanguageModelError: it cannot be reached, refuses, fails, breaks off, is too slow, or has nothing to say.
        """
        events: queue.SimpleQueue[str | Exception | None] = queue.SimpleQueue()
        stopped = threading.Event()
        reader = threading.Thread(target=self._read, args=(system, user, events, stopped), daemon=True, name=f"llm {self.name}")
        reader.start()
        thoughts = ThoughtFilter(inside=self._thinks_aloud)
        answered = False
        shown_at = started = time.monotonic()
        try:
            while (event := self._next(events, shown_at + timeout_seconds, started + _TOTAL_TIMES_SILENCE * timeout_seconds)) is not None:
                shown = self._without_thoughts(thoughts, event)
                if shown:
                    before = time.monotonic()
                    yield shown
                    started += time.monotonic() - before  # the time the reader of this text takes is not the model's
                if shown.strip():  # thinking and blanks are silence
                    answered, shown_at = True, time.monotonic()
            rest = thoughts.finish()
            if rest:
                yield rest
            if not answered and not rest.strip():
                raise LanguageModelError(f"Het taalmodel {self.name} gaf een leeg antwoord.")
        finally:
            stopped.set()

    def _next(self, events: "queue.SimpleQueue[str | Exception | None]", silent_until: float, done_by: float) -> str | None:
        try:
            event = events.get(timeout=max(0.0, min(silent_until, done_by) - time.monotonic()))
        except queue.Empty:
            event = TimeoutError()
        if isinstance(event, LanguageModelError):
            raise event
        if isinstance(event, Exception):
            raise LanguageModelError(_explain(event, self.name)) from event
        if time.monotonic() > done_by:
            raise LanguageModelError(_explain(TimeoutError(), self.name))
        return event

    def _without_thoughts(self, thoughts: "ThoughtFilter", piece: str) -> str:
        shown = thoughts.feed(piece)
        if thoughts.aloud:  # what was taken for the answer was thinking; next time the filter starts inside it
            self._thinks_aloud = True
            raise LanguageModelError(f"Het taalmodel {self.name} dacht hardop in plaats van te antwoorden.")
        return shown

    # --- On the thread that reads ------------------------------------------------------------------------------------

    def _read(self, system: str, user: str, events: "queue.SimpleQueue[str | Exception | None]", stopped: threading.Event) -> None:
        try:
            for piece in self._pieces([("system", system), ("human", user)]):
                if stopped.is_set():
                    return
                events.put(piece)
            events.put(None)
        except Exception as exc:  # noqa: BLE001 - every provider has its own errors; the other thread raises them
            events.put(exc)

    def _pieces(self, messages: list[tuple[str, str]]) -> Iterator[str]:
        """The pieces of the answer; the model is made anew with fewer options when a server refuses one."""
        for builder in (None, *self._builders[1:]):
            model = builder() if builder else self._model
            shown = False
            try:
                for piece in self._pieces_of(model, messages):
                    shown = True
                    yield piece
            except Exception as exc:
                if shown or builder is self._builders[-1] or not _refuses_option(exc):
                    raise
            else:
                self._model = model
                return

    def _pieces_of(self, model: BaseChatModel, messages: list[tuple[str, str]]) -> Iterator[str]:
        reason = tail = ""
        for text, end in _streamed(model, messages):
            reason = end or reason
            tail = (tail + text)[-20:]
            if text:
                yield text
        if reason in ("length", "max_tokens", "model_length", "incomplete"):
            raise LanguageModelError(f"Het taalmodel {self.name} brak zijn antwoord halverwege af.")
        if reason in ("content_filter", "refusal", "safety"):
            raise LanguageModelError(f"Het taalmodel {self.name} weigerde te antwoorden.")
        # Without a reason for the end, an answer that stops inside a sentence was cut off.
        if not reason and tail and (self._says_end or not re.search(r"[.!?:)\]|*\"'’”>]\s*$", tail)):
            raise LanguageModelError(f"De verbinding met het taalmodel {self.name} viel halverwege weg.")


def _streamed(model: BaseChatModel, messages: list[tuple[str, str]]) -> Iterator[tuple[str, str]]:
    """Pieces of text with the reason for the end, if given; a server that does not stream answers in one piece."""
    anything = False
    try:
        for chunk in model.stream(messages):
            reason = _reason(chunk.response_metadata)
            anything = anything or bool(chunk.content) or bool(reason)
            yield str(chunk.text), reason
    except ValueError as exc:
        if anything or "No generation chunks" not in str(exc):
            raise
    if not anything:
        message = model.invoke(messages)
        yield str(message.text), _reason(message.response_metadata)


def _reason(metadata: Mapping[str, Any]) -> str:
    return next((str(metadata[key]).lower() for key in ("finish_reason", "done_reason", "stop_reason", "status") if metadata.get(key)), "")


# --- Thinking --------------------------------------------------------------------------------------------------------

_THOUGHT_MARKS = (
    ("<think>", "</think>"),
    ("<thinking>", "</thinking>"),
    ("<thought>", "</thought>"),
    ("<reasoning>", "</reasoning>"),
    ("[think]", "[/think]"),
    ("◁think▷", "◁/think▷"),
    ("<|channel|>analysis<|message|>", "<|channel|>final<|message|>"),
    ("<|channel>thought", "<channel|>"),
)
_OPENINGS = {opening: closing for opening, closing in _THOUGHT_MARKS}
_CLOSINGS = frozenset(closing for _, closing in _THOUGHT_MARKS)


class ThoughtFilter:
    """Takes the thinking out of a text that comes in pieces; a mark may be split over pieces.

    Some models leave out the opening mark. ``aloud`` then says that what was let through was thinking; a filter that
    starts ``inside`` holds everything back until the closing mark, or lets it all through when none comes.
    """

    def __init__(self, *, inside: bool = False) -> None:
        self.aloud = False
        self._buffer = ""
        self._closings = _CLOSINGS if inside else frozenset[str]()
        self._assumed = inside

    def feed(self, piece: str) -> str:
        """What of the text so far is surely answer."""
        self._buffer += piece
        shown = ""
        while True:
            marks = self._closings or {*_OPENINGS, *_CLOSINGS}
            place, mark = _first(self._buffer, marks)
            if not mark:
                break
            before, self._buffer = self._buffer[:place], self._buffer[place + len(mark) :]
            if self._closings:
                self._closings, self._assumed = frozenset(), False
            elif mark in _CLOSINGS:
                self.aloud = True
                return ""
            else:
                shown += before
                self._closings = frozenset({_OPENINGS[mark]})
        if self._closings:
            if not self._assumed:
                self._buffer = self._buffer[-max(map(len, self._closings)) :]
            return shown
        keep = _beginning_of_mark(self._buffer)
        shown += self._buffer[: len(self._buffer) - keep]
        self._buffer = self._buffer[len(self._buffer) - keep :]
        return shown

    def finish(self) -> str:
        """What is left when the text has ended; thinking that never closed is dropped."""
        return "" if self._closings and not self._assumed else self._buffer


def _first(text: str, marks: frozenset[str] | set[str]) -> tuple[int, str]:
    folded = text.lower()
    found = [(folded.find(mark), mark) for mark in marks if mark in folded]
    return min(found, default=(-1, ""))


def _beginning_of_mark(text: str) -> int:
    """How many characters at the end could be the beginning of a mark."""
    folded = text.lower()
    marks = (*_OPENINGS, *_CLOSINGS)
    return max((size for mark in marks for size in range(1, len(mark)) if folded.endswith(mark[:size])), default=0)


# --- Errors ----------------------------------------------------------------------------------------------------------


def _status(exc: Exception) -> int:
    """The HTTP status that an error of any provider carries, or 0."""
    for holder in (exc, getattr(exc, "response", None)):
        status = getattr(holder, "status_code", None)
        if isinstance(status, int) and status > 0:
            return status
    return 0


def _refuses_option(exc: Exception) -> bool:
    return _status(exc) in (400, 422) or (isinstance(exc, (TypeError, ValueError)) and "not support" in str(exc))


def _explain(exc: Exception, name: str) -> str:
    """One Dutch sentence on what went wrong, whichever provider it was."""
    kinds = " ".join(kind.__name__ for kind in type(exc).__mro__)
    status = _status(exc)
    if "Timeout" in kinds:
        return f"Het taalmodel {name} antwoordt niet op tijd; geef het meer tijd met ASSISTANT_LLM_TIMEOUT_SECONDS."
    if status in (401, 403):
        return f"Het taalmodel {name} weigert de sleutel; controleer hem bij je aanbieder."
    if status == 404:
        return f"Het taalmodel {name} is op de server niet te vinden; controleer ASSISTANT_LLM en ASSISTANT_LLM_BASE_URL."
    if status == 429:
        return f"Het taalmodel {name} heeft het te druk, of je tegoed of limiet is op."
    if status >= 500:
        return f"De server van het taalmodel {name} heeft een storing (fout {status})."
    if status:
        return f"De server van het taalmodel {name} weigert de vraag (fout {status})."
    if re.search(r"Connect|RemoteProtocol|ReadError|NetworkError|TransportError", kinds):
        return f"Het taalmodel {name} is niet bereikbaar; controleer of de server draait en of ASSISTANT_LLM_BASE_URL klopt."
    return f"Het taalmodel {name} gaf een onleesbaar antwoord ({_first_line(exc)})."


def _first_line(exc: Exception) -> str:
    lines = str(exc).strip().splitlines()
    return f"{type(exc).__name__}: {lines[0][:200]}" if lines else type(exc).__name__
