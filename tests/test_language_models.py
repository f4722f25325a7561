import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from langchain_core.language_models import FakeListChatModel

from assistant.errors import LanguageModelError
from assistant.language_models import LanguageModel, ThoughtFilter, open_language_model
from assistant.settings import Settings
from tests.protocol_servers import Protocol, ProtocolServer, Reply, words
from tests.tiny_models import save_speaking_model

ANSWER = "Professioneel kost € 39 per maand. [1]"
Start = Callable[..., ProtocolServer]


@pytest.fixture(params=["openai", "ollama"])
def protocol(request: pytest.FixtureRequest) -> Protocol:
    name: Protocol = request.param
    return name


@pytest.fixture
def start(protocol: Protocol) -> Iterator[Start]:
    """Starts a server with some replies; it is ended with the test."""
    with ExitStack() as stack:
        yield lambda *replies: stack.enter_context(ProtocolServer(protocol, replies).running())


def open_on(server: ProtocolServer, timeout_seconds: float = 5.0) -> LanguageModel:
    return open_language_model(Settings(llm=server.model, llm_base_url=server.url, llm_timeout_seconds=timeout_seconds), {})


def reply_of(model: LanguageModel, timeout_seconds: float = 5.0) -> str:
    return "".join(model.stream("Antwoord kort.", "Wat kost Professioneel?", timeout_seconds=timeout_seconds))


def test_the_text_is_streamed_in_pieces(start: Start) -> None:
    server = start(Reply(words(ANSWER)))
    pieces = list(open_on(server).stream("Antwoord kort.", "Wat kost Professioneel?", timeout_seconds=5))

    assert "".join(pieces) == ANSWER
    assert len(pieces) == len(words(ANSWER))
    assert [(message["role"], message["content"]) for message in server.requests[0]["messages"]] == [
        ("system", "Antwoord kort."),
        ("user", "Wat kost Professioneel?"),
    ]


def test_a_piece_is_passed_on_before_the_next_one_comes(start: Start) -> None:
    server = start(Reply(("Een", " twee"), end="hang"))

    assert next(open_on(server).stream("s", "u", timeout_seconds=5)) == "Een"


def test_a_server_that_does_not_stream_answers_in_one_piece(start: Start) -> None:
    assert reply_of(open_on(start(Reply(words(ANSWER), streams=False)))) == ANSWER


@pytest.mark.parametrize(
    ("reply", "message"),
    [
        (Reply(status=500), r"storing \(fout 500\)"),
        (Reply(status=503), r"storing \(fout 503\)"),
        (Reply(status=429), "te druk, of je tegoed of limiet is op"),
        (Reply(status=401), "weigert de sleutel"),
        (Reply(status=404), "niet te vinden; controleer ASSISTANT_LLM"),
        (Reply(raw=b"data: {dit is geen json\n\n"), "onleesbaar antwoord"),
        (Reply(words(ANSWER), end="disconnect"), "niet bereikbaar"),
        (Reply(words(ANSWER), end="vanish"), "viel halverwege weg"),
        (Reply(words(ANSWER), end="length"), "brak zijn antwoord halverwege af"),
        (Reply(), "leeg antwoord"),
        (Reply((" ", "\n")), "leeg antwoord"),
        (Reply(words("<think>denk, denk")), "leeg antwoord"),
    ],
    ids=["500", "503", "429", "401", "404", "malformed", "disconnect", "vanish", "length", "empty", "blank", "only thinking"],
)
def test_what_goes_wrong_is_said_in_dutch(start: Start, reply: Reply, message: str) -> None:
    with pytest.raises(LanguageModelError, match=message):
        reply_of(open_on(start(reply)))


@pytest.mark.parametrize(
    "reply",
    [
        Reply(words(ANSWER), first_seconds=30),
        Reply(words(ANSWER), end="hang"),
        Reply(("a",) * 100, pause_seconds=0.1),
        Reply(("<think>", *["hm "] * 100), pause_seconds=0.05),
    ],
    ids=["slow", "hangs", "trickles", "thinks for ever"],
)
def test_a_model_that_takes_too_long_is_given_up(start: Start, reply: Reply) -> None:
    model = open_on(start(reply))
    began = time.monotonic()
    with pytest.raises(LanguageModelError, match="niet op tijd"):
        reply_of(model, timeout_seconds=0.4)

    assert time.monotonic() - began < 3


def test_a_slow_reader_does_not_use_up_the_time_of_the_model(start: Start) -> None:
    shown = []
    for piece in open_on(start(Reply(("een ", "twee ", "drie"), pause_seconds=0.05))).stream("s", "u", timeout_seconds=0.4):
        shown.append(piece)
        time.sleep(0.5)

    assert "".join(shown) == "een twee drie"


def test_who_stops_reading_stops_the_model(start: Start) -> None:
    stream = open_on(start(Reply(("a",) * 1_000, pause_seconds=0.01))).stream("s", "u", timeout_seconds=5)
    next(stream)
    readers = [thread for thread in threading.enumerate() if thread.name.startswith("llm ")]
    del stream

    for reader in readers:
        reader.join(timeout=5)
    assert not any(reader.is_alive() for reader in readers)


@pytest.mark.parametrize(
    "reply",
    [Reply(words(f"<think>€ 99, denk ik.</think>\n{ANSWER}")), Reply(words(ANSWER), thinking="€ 99, denk ik.")],
    ids=["in the text", "apart"],
)
def test_thinking_is_stripped(start: Start, reply: Reply) -> None:
    assert reply_of(open_on(start(reply))).strip() == ANSWER


def test_a_model_that_thinks_aloud_is_understood_the_second_time(start: Start) -> None:
    model = open_on(start(Reply(words(f"€ 99, denk ik.</think>{ANSWER}"))))

    with pytest.raises(LanguageModelError, match="dacht hardop"):
        reply_of(model)
    assert reply_of(model) == ANSWER


def test_thinking_is_switched_off_where_the_server_can(start: Start, protocol: Protocol) -> None:
    server = start(Reply(words(ANSWER)))
    reply_of(open_on(server))
    request = server.requests[0]

    assert (request["think"] if protocol == "ollama" else request["chat_template_kwargs"]["enable_thinking"]) is False


def test_an_option_that_the_server_refuses_is_left_out(start: Start, protocol: Protocol) -> None:
    server = start(Reply(words(ANSWER), refuses='"think"' if protocol == "ollama" else "enable_thinking"))
    model = open_on(server)

    assert [reply_of(model), reply_of(model)] == [ANSWER] * 2
    assert len(server.requests) == 3  # once refused, and never tried again


def test_the_whole_prompt_fits_the_context_of_ollama() -> None:
    with ProtocolServer("ollama", [Reply(words(ANSWER))]).running() as server:
        reply_of(open_on(server))
        options = server.requests[0]["options"]

    # 16,000 characters of prompt at three to a token, with room for the answer.
    assert options["num_ctx"] >= 16_000 / 3 + options["num_predict"]


def test_mistral_is_spoken_too() -> None:
    with ProtocolServer("openai", [Reply(words(ANSWER))]).running() as server:
        model = open_language_model(Settings(llm="mistralai:proefmodel", llm_base_url=server.url), {})

        assert reply_of(model) == ANSWER


def test_a_server_that_is_not_there_is_said_in_dutch() -> None:
    with ProtocolServer("ollama", [Reply()]).running() as server:
        model = open_on(server)
    with pytest.raises(LanguageModelError, match="niet bereikbaar; controleer of de server draait"):
        reply_of(model)


# --- Opening ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("provider", ["ollama", "openai", "anthropic", "mistralai", "huggingface"])
def test_a_missing_extra_is_named(provider: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, f"langchain_{provider}", None)
    with pytest.raises(LanguageModelError, match=rf'pip install "verkoopassistent\[{provider}\]"'):
        open_language_model(Settings(llm=f"{provider}:model"), {})


def test_a_missing_package_of_another_provider_is_named() -> None:
    with pytest.raises(LanguageModelError, match="pip install langchain-groq"):
        open_language_model(Settings(llm="groq:llama"), {})


@pytest.mark.parametrize("name", ["watdanook", "onbekend:model", "ollama:", ":"])
def test_a_name_that_says_nothing_is_refused(name: str) -> None:
    with pytest.raises(LanguageModelError, match="verwacht aanbieder:model, bijvoorbeeld ollama:gemma3:4b"):
        open_language_model(Settings(llm=name), {})


@pytest.mark.parametrize(
    ("name", "variable"),
    [
        ("openai:gpt-5", "OPENAI_API_KEY"),
        ("gpt-5", "OPENAI_API_KEY"),
        ("anthropic:claude-sonnet-5", "ANTHROPIC_API_KEY"),
        ("mistralai:mistral-small", "MISTRAL_API_KEY"),
    ],
)
def test_a_missing_key_is_named(name: str, variable: str) -> None:
    with pytest.raises(LanguageModelError, match=f"ontbreekt de sleutel; zet de omgevingsvariabele {variable}"):
        open_language_model(Settings(llm=name), {})


def test_an_address_does_not_go_with_a_model_that_is_loaded_here() -> None:
    with pytest.raises(LanguageModelError, match="kies openai"):
        open_language_model(Settings(llm="huggingface:model", llm_base_url="http://127.0.0.1:1"), {})


def test_a_model_folder_that_is_not_there_is_said_in_dutch(tmp_path: Path) -> None:
    with pytest.raises(LanguageModelError, match="is niet te openen"):
        open_language_model(Settings(llm=f"huggingface:{tmp_path}"), {})


def test_a_model_of_transformers_speaks(tmp_path: Path) -> None:
    save_speaking_model(tmp_path, ANSWER)
    model = open_language_model(Settings(llm=f"huggingface:{tmp_path}"), {})

    assert reply_of(model, timeout_seconds=60) == ANSWER


def test_a_model_of_transformers_that_was_cut_off_is_noticed(tmp_path: Path) -> None:
    save_speaking_model(tmp_path, "Professioneel kost € 39 per")
    with pytest.raises(LanguageModelError, match="viel halverwege weg"):
        reply_of(open_language_model(Settings(llm=f"huggingface:{tmp_path}"), {}), timeout_seconds=60)


def test_any_chat_model_of_langchain_will_do() -> None:
    assert reply_of(LanguageModel("proef", [lambda: FakeListChatModel(responses=[ANSWER])], says_end=False)) == ANSWER


# --- Thinking --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "text",
    [
        "<think>a b</think>Het antwoord.",
        "<THINKING>a</thinking>Het antwoord.",
        "<thought>a</thought>Het antwoord.",
        "[THINK]a[/THINK]Het antwoord.",
        "◁think▷a◁/think▷Het antwoord.",
        "<|channel|>analysis<|message|>a<|end|><|start|>assistant<|channel|>final<|message|>Het antwoord.",
        "<|channel>thought\na<channel|>Het antwoord.",
        "Het <think>a</think>antwoord<think>b</think>.",
        "Het antwoord.<think>nooit klaar",
    ],
)
@pytest.mark.parametrize("size", [1, 3, 100])
def test_thoughts_are_taken_out_however_they_are_marked_and_cut(text: str, size: int) -> None:
    thoughts = ThoughtFilter()
    shown = [thoughts.feed(text[start : start + size]) for start in range(0, len(text), size)]

    assert "".join([*shown, thoughts.finish()]) == "Het antwoord."


def test_a_filter_that_starts_inside_lets_all_through_when_nothing_closes() -> None:
    thoughts = ThoughtFilter(inside=True)

    assert (thoughts.feed("Het antwoord."), thoughts.finish()) == ("", "Het antwoord.")


@given(st.lists(st.text(alphabet="ab <[◁|") | st.sampled_from(["<thi", "nk", "5 < 6", "[1]"])))
def test_text_without_thoughts_is_left_alone(pieces: list[str]) -> None:
    text = "".join(pieces)
    if any(mark in text for mark in ("<think", "[think", "◁think")):
        return
    thoughts = ThoughtFilter()

    assert "".join([*map(thoughts.feed, pieces), thoughts.finish()]) == text
