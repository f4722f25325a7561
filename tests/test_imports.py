"""Reads the source: imports point downwards, and each framework stays behind its wall."""

import ast
import subprocess
import sys
from collections.abc import Iterator
from graphlib import TopologicalSorter
from pathlib import Path
from typing import NamedTuple

import pytest

from tests.conftest import ROOT

PACKAGE = ROOT / "src" / "assistant"
SOURCES = {path: path.read_text("utf-8") for path in sorted(PACKAGE.rglob("*.py"))}

# Which modules may import a framework; a folder stands for all its modules.
WALLS = {
    "chromadb": {"vectorstore"},
    "langchain_chroma": {"vectorstore"},
    "sentence_transformers": {"embeddings"},
    "torch": set(),
    "transformers": set(),
    "bm25s": {"bm25"},
    "sklearn": {"latent"},
    "scipy": {"latent"},
    "Stemmer": {"tokenization"},
    "sqlalchemy": {"store"},
    "yaml": {"articles"},
    "docx": {"loaders"},
    "pypdf": {"loaders"},
    "bs4": {"loaders"},
    "typer": {"cli"},
    "gradio": {"web"},
    "fastapi": {"web"},
    "starlette": {"web"},
    "uvicorn": {"web"},
    "matplotlib": {"evaluation"},
}
# The words everything else is written in: each with the modules of ours that it may import.
WORDS = {"errors": set(), "documents": set(), "tokenization": set(), "settings": {"errors", "articles"}}
# What stands on top of the pipeline.
DOORS = {"__init__", "cli", "web", "evaluation"}


class Import(NamedTuple):
    """One imported name of another module: who imports, what, on which line, and whether a function does."""

    importer: str
    target: str
    line: int
    in_function: bool


def module_of(path: Path) -> str:
    return ".".join(path.relative_to(PACKAGE).with_suffix("").parts).removesuffix(".__init__")


def imports_of(path: Path) -> Iterator[Import]:
    tree = ast.parse(SOURCES[path])
    inside = {
        id(node)
        for function in ast.walk(tree)
        if isinstance(function, ast.FunctionDef | ast.AsyncFunctionDef)
        for node in ast.walk(function)
    }
    for node in ast.walk(tree):
        if not isinstance(node, ast.Import | ast.ImportFrom):
            continue
        names = [alias.name for alias in node.names]
        if isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}:{node.lineno}: relative import"
            names = [f"{node.module}.{alias.name}" for alias in node.names]
        for name in names:
            yield Import(module_of(path), name, node.lineno, id(node) in inside)


IMPORTS = [found for path in SOURCES for found in imports_of(path)]
MODULES = {module_of(path) for path in SOURCES}


def own_module(target: str) -> str | None:
    """The module of ours that an import names: ``assistant.web.texts.TITLE`` is ``web.texts``; None for a foreign one."""
    package, _, name = target.partition(".")
    if package != "assistant":
        return None
    while name and name not in MODULES:
        name = name.rpartition(".")[0]
    return name or "__init__"


@pytest.mark.parametrize("framework", WALLS)
def test_a_framework_stays_behind_its_wall(framework: str) -> None:
    importers = {found.importer for found in IMPORTS if found.target.partition(".")[0] == framework}

    assert {name for name in importers if name not in WALLS[framework] and name.partition(".")[0] not in WALLS[framework]} == set()


@pytest.mark.parametrize("word", WORDS)
def test_words_import_nothing_that_stands_above_them(word: str) -> None:
    assert {own_module(found.target) for found in IMPORTS if found.importer == word} - {None} <= WORDS[word]


def test_imports_go_round_in_no_circle() -> None:
    graph: dict[str, set[str]] = {}
    for found in IMPORTS:
        target = own_module(found.target)
        if target is not None and target != "__init__" and not found.in_function:
            graph.setdefault(found.importer, set()).add(target)

    assert list(TopologicalSorter(graph).static_order())


def test_only_the_doors_import_the_pipeline() -> None:
    importers = {found.importer.partition(".")[0] or "__init__" for found in IMPORTS if own_module(found.target) == "pipeline"}

    assert importers <= DOORS


def test_the_package_imports_nothing_that_is_not_installed_with_it() -> None:
    outside = {path.name for path in ROOT.iterdir() if path.is_dir() and list(path.glob("*.py"))} | {"tests", "evals", "training"}

    assert [found for found in IMPORTS if found.target.partition(".")[0] in outside - {"src"}] == []


def test_an_import_inside_a_function_says_why() -> None:
    lines = {module_of(path): ["", *text.splitlines()] for path, text in SOURCES.items()}
    inside = {(found.importer, found.line) for found in IMPORTS if found.in_function}
    reasons = {
        (importer, line): "# noqa: PLC0415 - " in lines[importer][line] or lines[importer][line - 1].lstrip().startswith("#")
        for importer, line in inside
    }

    assert [place for place, has_reason in reasons.items() if not has_reason] == []


def test_importing_the_package_brings_in_nothing_slow() -> None:
    code = "import sys, assistant; print({'torch', 'gradio', 'sqlalchemy', 'matplotlib', 'sentence_transformers'} & set(sys.modules))"

    assert subprocess.check_output([sys.executable, "-c", code], text=True, cwd=ROOT) == "set()\n"
