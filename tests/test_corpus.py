"""The project's own knowledge base: it parses, passes its checks, and holds what may not be missing."""

import re
from datetime import date
from pathlib import Path

import pytest

from assistant.articles import Corpus, read_corpus
from assistant.corpus_checks import check_corpus
from assistant.documents import Document
from tests.conftest import ROOT

GLOSSARY = "begrippen"
LEADERSHIP_PRINCIPLES = [
    "Customer Obsession",
    "Ownership",
    "Invent and Simplify",
    "Are Right, A Lot",
    "Learn and Be Curious",
    "Hire and Develop the Best",
    "Insist on the Highest Standards",
    "Think Big",
    "Bias for Action",
    "Frugality",
    "Earn Trust",
    "Dive Deep",
    "Have Backbone; Disagree and Commit",
    "Deliver Results",
    "Strive to be Earth's Best Employer",
    "Success and Scale Bring Broad Responsibility",
]


@pytest.fixture(scope="module")
def sections(real_corpus: Corpus) -> list[tuple[Document, str, str]]:
    return [(document, section.heading, section.text) for document in real_corpus.documents for section in document.sections]


def test_the_knowledge_base_passes_its_checks(real_corpus: Corpus) -> None:
    assert check_corpus(real_corpus, [ROOT / "corpus"], date.today()) == []


def test_every_topic_has_articles(real_corpus: Corpus) -> None:
    assert {document.topic for document in real_corpus.documents} == set(real_corpus.topics)


def test_every_source_has_an_address_and_a_date(real_corpus: Corpus) -> None:
    sources = {
        (document.document_id, source) for document in real_corpus.documents for section in document.sections for source in section.sources
    }

    assert not [(name, source) for name, source in sources if not re.match(r"https?://", source.url) or source.accessed_on is None]


def test_every_section_names_a_source_and_a_marketplace(real_corpus: Corpus) -> None:
    sections = [(document.document_id, section) for document in real_corpus.documents for section in document.sections]

    assert [name for name, section in sections if not section.sources or not section.marketplaces] == []


def test_every_figure_has_a_source_that_is_listed(real_corpus: Corpus) -> None:
    files = real_corpus.figure_files.values()

    assert [figure for file in files for figure in file.figures.values() if figure.source > len(file.sources)] == []


def test_no_placeholder_is_left_in_a_text_or_a_question(real_corpus: Corpus) -> None:
    texts = [
        text
        for document in real_corpus.documents
        for section in document.sections
        for text in (section.text, section.heading, *section.questions)
    ]

    assert [text for text in texts if re.search(r"\{\{|\}\}|^@\w|\bTODO\b|\bXXX\b", text)] == []


def test_the_glossary_explains_at_least_120_terms(sections: list[tuple[Document, str, str]]) -> None:
    terms = {
        term.lower() for document, _, text in sections if document.topic == GLOSSARY for term in re.findall(r"(?m)^- \*\*(.+?)\*\*", text)
    }

    assert len(terms) >= 120


@pytest.mark.parametrize("principle", LEADERSHIP_PRINCIPLES)
def test_every_leadership_principle_is_explained(sections: list[tuple[Document, str, str]], principle: str) -> None:
    words = re.compile(r"\W+".join(re.findall(r"\w+", principle)), re.IGNORECASE)

    assert [heading for document, heading, text in sections if document.topic == "leiderschap" and words.search(f"{heading} {text}")]


def test_the_example_in_the_guide_for_editors_is_a_tidy_article(tmp_path: Path) -> None:
    guide = (ROOT / "corpus" / "README.md").read_text("utf-8")
    for name, text in re.findall(r"(?ms)^`([\w/-]+\.\w+)`:\n\n```\w+\n(.*?)^```$", guide):
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, "utf-8")
    corpus = read_corpus([tmp_path])

    assert [document.document_id for document in corpus.documents] == ["verzending/inpakservice.md"]
    assert check_corpus(corpus, [tmp_path], date.today()) == []
