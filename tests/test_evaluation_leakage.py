import pytest

from assistant.evaluation.leakage import find_leaks

SEEN = ["Hoeveel kost opslag bij FBA in december?", "Wat is FBA?", "Wat kost het plan Professioneel per maand?"]


@pytest.mark.parametrize(
    "question",
    [
        pytest.param("wat is fba", id="same short question"),
        pytest.param("Hoeveel kost de opslag in december bij FBA nou?", id="other order"),
        pytest.param("hoeveel kost opslag bij fba in decembr", id="typing error"),
    ],
)
def test_a_question_seen_before_is_a_leak(question: str) -> None:
    assert [leak.name for leak in find_leaks({"feit-1": question}, SEEN)] == ["feit-1"]


@pytest.mark.parametrize(
    "question",
    [
        pytest.param("wat is fbm", id="short and different"),
        pytest.param("ik laat mijn spullen bij amazon liggen rond kerst, wat rekenen ze", id="same subject, other words"),
        pytest.param("", id="nothing"),
    ],
)
def test_another_question_is_no_leak(question: str) -> None:
    assert find_leaks({"feit-1": question}, SEEN) == []


def test_nothing_seen_leaks_nothing() -> None:
    assert find_leaks({"feit-1": "Wat is FBA?"}, []) == []
