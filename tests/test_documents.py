import inspect

import pytest
from pydantic import ValidationError

from assistant import documents
from assistant.documents import Answer, Citation, Hit, IngestReport, Record, Turn

RECORDS = [item for _, item in inspect.getmembers(documents, inspect.isclass) if issubclass(item, Record)]


@pytest.mark.parametrize(
    ("record", "names"),
    [
        (Answer, "text citations answered engine standalone_question suggestions warnings elapsed_ms"),
        (
            Citation,
            "number document_id title heading text quote source_name source_url checked_on marketplaces score",
        ),
        (Hit, "document_id title heading text score"),
        (IngestReport, "added updated removed unchanged rejected"),
        (Turn, "question answer"),
    ],
    ids=["Answer", "Citation", "Hit", "IngestReport", "Turn"],
)
def test_a_public_record_has_the_promised_fields(record: type[Record], names: str) -> None:
    assert set(names.split()) <= set(record.model_fields)


@pytest.mark.parametrize("record", RECORDS, ids=lambda record: record.__name__)
def test_a_record_is_frozen_and_refuses_unknown_fields(record: type[Record]) -> None:
    assert (record.model_config["frozen"], record.model_config["extra"]) == (True, "forbid")


def test_changing_a_record_is_refused() -> None:
    hit = Hit(document_id="a.md", title="A", heading="Kop", text="tekst", score=0.5)

    with pytest.raises(ValidationError, match="frozen"):
        hit.score = 1.0  # type: ignore[misc]


def test_an_answer_survives_a_trip_through_json() -> None:
    citation = Citation(number=1, document_id="a.md", title="A", heading="Kop", text="tekst", quote="tekst", marketplaces=("NL",))
    answer = Answer(text="Het kost € 39. [1]", citations=(citation,), suggestions=("En in België?",), confidence=0.9)

    assert Answer.model_validate_json(answer.model_dump_json()) == answer
