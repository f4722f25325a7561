import ast
import inspect

import pytest

from assistant import errors
from assistant.errors import AssistantError, CorpusError, IndexLockedError, VectorIndexError

CLASSES = [item for _, item in inspect.getmembers(errors, inspect.isclass) if item.__module__ == errors.__name__]


@pytest.mark.parametrize("error", CLASSES, ids=lambda error: error.__name__)
def test_every_error_is_an_assistant_error(error: type[Exception]) -> None:
    assert issubclass(error, AssistantError)


@pytest.mark.parametrize("error", CLASSES, ids=lambda error: error.__name__)
def test_the_tree_at_the_top_of_the_module_names_every_error(error: type[Exception]) -> None:
    tree = ast.get_docstring(ast.parse(inspect.getsource(errors))) or ""

    assert error.__name__ in tree


def test_a_locked_index_is_an_index_error() -> None:
    assert issubclass(IndexLockedError, VectorIndexError)


def test_a_corpus_error_lists_all_faults_under_a_count() -> None:
    error = CorpusError(["a.md: fout een", "b.md: fout twee"])

    assert (error.faults, str(error)) == (
        ("a.md: fout een", "b.md: fout twee"),
        "De kennisbank heeft 2 fouten:\n  a.md: fout een\n  b.md: fout twee",
    )


def test_a_corpus_error_with_one_fault_speaks_of_one() -> None:
    assert str(CorpusError(["a.md: fout"])).startswith("De kennisbank heeft 1 fout:")
