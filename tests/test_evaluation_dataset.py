import json
from pathlib import Path
from typing import Any

import pytest

from assistant.evaluation.dataset import CasesError, check_sections, expectations, load
from tests.evaluation_records import CASE, CONVERSATION, SECTION, make_case, make_conversation


def write(folder: Path, *entries: Any, name: str = "feit.jsonl") -> Path:
    lines = [entry if isinstance(entry, str) else json.dumps(entry, ensure_ascii=False) for entry in entries]
    (folder / name).write_text("\n".join(lines) + "\n", "utf-8")
    return folder


def test_load_reads_cases_and_conversations_in_order_of_file_and_line(tmp_path: Path) -> None:
    write(tmp_path, CONVERSATION, name="gesprekken.jsonl")
    write(tmp_path, CASE, {**CASE, "id": "feit-start-002"}, name="feit.jsonl")
    assert load(tmp_path) == [make_case(), make_case(id="feit-start-002"), make_conversation()]


def test_blank_lines_are_allowed(tmp_path: Path) -> None:
    assert load(write(tmp_path, CASE, "", "  ")) == [make_case()]


def test_every_fault_of_every_file_is_listed(tmp_path: Path) -> None:
    write(tmp_path, "{geen json", {**CASE, "required": ["("]}, name="a.jsonl")
    write(tmp_path, {**CASE, "soort": "feit"}, name="b.jsonl")
    with pytest.raises(CasesError) as caught:
        load(tmp_path)
    assert [fault.partition(" ")[0].removeprefix(f"{tmp_path}/") for fault in caught.value.faults] == [
        "a.jsonl:1:",
        "a.jsonl:2:",
        "b.jsonl:1:",
    ]


@pytest.mark.parametrize(
    ("change", "message"),
    [
        pytest.param({"kind": "raadsel"}, r"kind: 'raadsel'; verwacht een van: feit, ", id="unknown kind"),
        pytest.param({"required": ["["]}, r"required.0: '\[' is geen geldige reguliere expressie", id="broken pattern"),
        pytest.param({"required": [".*"]}, r"past ook op een leeg antwoord", id="pattern that matches nothing"),
        pytest.param({"required": [], "forbidden": []}, r"zo is elk antwoord goed", id="nothing to judge by"),
        pytest.param({"sections": ["zonder kop"]}, r"verwacht <document_id>#<kop>", id="no heading"),
        pytest.param({"question": "  "}, r"question: mag niet leeg zijn", id="empty question"),
        pytest.param({"marketplace": "XX"}, r"'XX' bestaat niet", id="unknown marketplace"),
        pytest.param({"id": "Feit 1"}, r"verwacht kleine letters, cijfers en streepjes", id="odd id"),
        pytest.param({"answerable": "ja"}, r"answerable: 'ja'", id="no boolean"),
        pytest.param({"answerable": False}, r"horen leeg te zijn", id="unanswerable with facts"),
        pytest.param({"reference": "VUL IN: het antwoord"}, r"maak het concept af", id="unfinished draft"),
        pytest.param({"history": [{"question": "", "answer": "x"}]}, r"history: mag niet leeg zijn", id="empty turn"),
        pytest.param({"extra": 1}, r"extra: die naam bestaat niet", id="unknown field"),
    ],
)
def test_a_faulty_case_is_refused_with_its_reason(tmp_path: Path, change: dict[str, Any], message: str) -> None:
    with pytest.raises(CasesError, match=message):
        load(write(tmp_path, {**CASE, **change}))


@pytest.mark.parametrize("field", ["id", "kind", "topic", "question", "reference"])
def test_a_missing_field_is_named(tmp_path: Path, field: str) -> None:
    with pytest.raises(CasesError, match=f"{field}: ontbreekt"):
        load(write(tmp_path, {key: value for key, value in CASE.items() if key != field}))


def test_a_conversation_has_at_least_two_turns(tmp_path: Path) -> None:
    with pytest.raises(CasesError, match="turns"):
        load(write(tmp_path, {**CONVERSATION, "turns": CONVERSATION["turns"][:1]}))


def test_ids_are_unique_over_files(tmp_path: Path) -> None:
    write(tmp_path, CASE, name="a.jsonl")
    with pytest.raises(CasesError, match="'feit-start-001' komt 2 keer voor"):
        load(write(tmp_path, CASE, name="b.jsonl"))


def test_a_missing_or_empty_folder_is_a_clear_error(tmp_path: Path) -> None:
    with pytest.raises(CasesError, match="bevat geen vragen"):
        load(tmp_path)
    with pytest.raises(CasesError, match="map niet gevonden"):
        load(tmp_path / "weg")


def test_turns_of_a_conversation_are_numbered() -> None:
    assert [name for name, _ in expectations([make_case(), make_conversation()])] == [
        "feit-start-001", "gesprek-start-01/1", "gesprek-start-01/2",
    ]  # fmt: skip


def test_a_section_that_does_not_exist_is_named_with_its_case() -> None:
    check_sections([make_case()], {SECTION})
    with pytest.raises(CasesError, match=r"feit-start-001: sectie .*Wat kost een plan.* bestaat niet"):
        check_sections([make_case()], {"start/plan.md#Andere kop"})
