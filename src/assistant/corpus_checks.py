"""Checks of the corpus that go beyond its schema: enough questions, nothing twice, links alive, tables well-formed.

Used by ``assistant check-corpus`` and by the tests. A finding is one line that names the file, the section and what to do.
"""

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import date
from itertools import pairwise
from pathlib import Path
from urllib.parse import urlsplit

from assistant.articles import ASKED_FILE, FIGURES_FOLDER, Corpus
from assistant.documents import Document, Section, fact_hash
from assistant.index import FACT_NAME_LENGTH
from assistant.splitters import read_blocks, split_facts, table_cells

MINIMUM_QUESTIONS = 12
SECTION_WORDS = (60, 180)
GLOSSARY_TOPIC = "begrippen"
GLOSSARY_SECTION_WORDS = (40, 420)

# Copies, mirrors and summaries of other people's pages; a seller is shown the original, or the publication by name.
MIRROR_HOSTS = (
    "archive.is", "archive.ph", "archive.today", "code-index", "cogolinks", "coconote", "freelix", "glama.ai", "glosellers",
    "grokipedia", "headliner.nl", "ilovetranslation", "lianlianpay", "link-trans", "scribd.com", "seller-forum.com",
    "skills.sh", "slideshare.net", "ssopdot", "summarize.ing", "web.archive.org", "webcache.googleusercontent.com", "wearesellers",
)  # fmt: skip

# Terms with one right spelling: the wrong form (as a pattern) and the right one.
PROTECTED_TERMS = {
    r"\bbuybox\b|\bBuybox\b|\bbuy box\b": "Buy Box",
    r"\bAmazon\.NL\b": "Amazon.nl",
    r"\bKVK-|\bkvk-": "KvK-",
    r"\bBTW\b": "btw",
    r"\bACOS\b|\bAcos\b": "ACoS",
    r"\bTACOS\b|\bTacos\b": "TACoS",
    r"\bROas\b|\bRoas\b": "ROAS",
    r"\bfnsku\b|\bFnsku\b": "FNSKU",
    r"\basin\b|\bAsin\b": "ASIN",
    r"\b[Ff]ba\b": "FBA",
    r"\b[Ff]bm\b": "FBM",
    r"\bSellercentral\b|\bSeller central\b": "Seller Central",
    r"\bBol\.com\b|\bbol\.com\b": "bol",
    r"\be-?mail adres\b": "e-mailadres",
    r"\bproduct pagina\b": "productpagina",
    r"\bprijs geschiedenis\b": "prijsgeschiedenis",
    r"\bopslag kosten\b": "opslagkosten",
    r"\bverwijzings kosten\b": "verwijzingskosten",
    r"\bverkoop plan\b": "verkoopplan",
    r"\bleiderschaps principes?\b": "leiderschapsprincipe",
    r"\bA\+ content\b": "A+ Content",
    r"\bbrand registry\b|\bBrand registry\b": "Brand Registry",
    r"\bPan EU\b|\bpan-EU\b|\bPan-Eu\b": "Pan-EU",
}


def check_corpus(corpus: Corpus, folders: Sequence[Path], today: date) -> list[str]:
    """All findings, ordered by file; an empty list means that the corpus is clean."""
    findings = [
        *_check_uniqueness(corpus),
        *_check_figures(corpus, today),
        *_check_asked(corpus),
        *_check_verdicts(corpus),
    ]
    ids = {document.document_id for document in corpus.documents}
    for document in corpus.documents:
        findings.extend(f"{document.document_id}: {finding}" for finding in _check_document(document, ids, today))
    return sorted(findings)


def stale_documents(corpus: Corpus, today: date) -> list[Document]:
    """The articles whose ``review_by`` lies in the past, longest overdue first."""
    overdue = [document for document in corpus.documents if document.review_by is not None and document.review_by < today]
    return sorted(overdue, key=lambda document: (document.review_by or today, document.document_id))


def normalise_question(question: str) -> str:
    """The question without case, punctuation and extra space, to see whether two are the same."""
    return " ".join(re.findall(r"\w+", question.lower()))


def _check_uniqueness(corpus: Corpus) -> Iterator[str]:
    titles: dict[str, str] = {}
    headings: dict[str, str] = {}
    questions: dict[str, str] = {}
    for document in corpus.documents:
        if document.title.lower() in titles:
            yield f"{document.document_id}: titel {document.title!r} staat al in {titles[document.title.lower()]}"
        titles[document.title.lower()] = document.document_id
        for section in document.sections:
            place = f"{document.document_id} ({section.heading})"
            if section.heading.lower() in headings:
                yield f"{document.document_id}: kop {section.heading!r} staat al in {headings[section.heading.lower()]}"
            headings[section.heading.lower()] = document.document_id
            for question in section.questions:
                key = normalise_question(question)
                if key in questions:
                    yield f"{place}: vraag {question!r} staat al bij {questions[key]}"
                questions[key] = place


def _check_asked(corpus: Corpus) -> Iterator[str]:
    """One finding per section that questions of ``vragen.jsonl`` name and that is not there."""
    sections = {(document.document_id, section.heading) for document in corpus.documents for section in document.sections}
    lost = Counter(
        place
        for entry in corpus.asked
        for place in {(entry.document_id, entry.heading), *((name.document_id, name.heading) for name in entry.also or ())}
    )
    for (document_id, heading), count in lost.items():
        if (document_id, heading) not in sections:
            yield f"{ASKED_FILE}: {count} vragen horen bij {document_id} ({heading!r}), maar die sectie bestaat niet; pas de kop daar aan"


def _check_verdicts(corpus: Corpus) -> Iterator[str]:
    """One finding per verdict whose fact has changed, or gone, since it was given: it is not shown until someone looks at it."""
    facts = {
        (document.document_id, section.heading, fact.text[:FACT_NAME_LENGTH]): fact_hash(fact.text)
        for document in corpus.documents
        for section in document.sections
        for fact in split_facts(section.text)
    }
    for entry in corpus.asked:
        found = facts.get((entry.document_id, entry.heading, entry.fact), "")
        if entry.verdict and entry.decided_by != found:
            advice = f"kijk na of {entry.verdict!r} nog klopt en zet decided_by op {found!r}" if found else "haal verdict weg"
            yield f"{ASKED_FILE}: {entry.question!r}: het feit waar het oordeel op rust is veranderd in {entry.document_id}; {advice}"


def _check_figures(corpus: Corpus, today: date) -> Iterator[str]:
    for key, figure in corpus.figures.items():
        name = key.partition(".")[0]
        if key not in corpus.figure_uses:
            yield f"{FIGURES_FOLDER}/{name}.yaml: {key} wordt in geen enkel artikel gebruikt"
        if figure.valid_from[:4] > str(today.year + 1):
            yield f"{FIGURES_FOLDER}/{name}.yaml: {key}.valid_from is {figure.valid_from}, meer dan een jaar vooruit"

    for name, file in corpus.figure_files.items():
        for source in file.sources:
            yield from (f"{FIGURES_FOLDER}/{name}.yaml: {finding}" for finding in _check_original(source.name, source.url))


def _check_original(name: str, url: str) -> Iterator[str]:
    host = urlsplit(url).netloc.lower()
    if any(mirror in host for mirror in MIRROR_HOSTS):
        yield f"bron {name!r}: {host} is een kopie; verwijs naar het origineel, met 'via derden gelezen' in de naam"


def _check_document(document: Document, ids: set[str], today: date) -> Iterator[str]:
    folder = document.document_id.rpartition("/")[0]
    if folder != document.topic:
        yield f"topic is {document.topic!r}, maar het bestand staat in map {folder!r}"
    if document.checked_on is not None and document.checked_on > today:
        yield f"checked_on is {document.checked_on}, dat ligt in de toekomst"
    if document.review_by is None:
        yield "review_by ontbreekt; geef de dag waarop iemand dit artikel weer nakijkt"
    for source in document.sources:
        if source.accessed_on is not None and source.accessed_on > today:
            yield f"bron {source.name!r}: accessed_on is {source.accessed_on}, dat ligt in de toekomst"
        yield from _check_original(source.name, source.url)
    for section in document.sections:
        for finding in _check_section(document, section, ids):
            yield f"{section.heading}: {finding}"


def _check_section(document: Document, section: Section, ids: set[str]) -> Iterator[str]:
    if len(section.questions) < MINIMUM_QUESTIONS:
        yield f"{len(section.questions)} vragen; verwacht er minstens {MINIMUM_QUESTIONS}"
    prose = re.sub(r"(?m)^\s*\|.*$", "", section.text)
    words = len(prose.split())
    low, high = GLOSSARY_SECTION_WORDS if document.topic == GLOSSARY_TOPIC else SECTION_WORDS
    has_table = prose != section.text
    if words < (low // 3 if has_table else low) or words > high:
        yield f"{words} woorden; verwacht {low} tot {high}"
    yield from _check_links(document, section, ids)
    yield from _check_tables(section)
    without_targets = re.sub(r"\]\([^)]*\)", "]", section.text)
    for pattern, right in PROTECTED_TERMS.items():
        for match in re.finditer(pattern, without_targets):
            yield f"{match.group()!r}: schrijf {right!r}"
    if re.search(r"<[a-zA-Z/!][^>]*>", section.text):
        yield "bevat HTML; gebruik alleen Markdown"
    facts = split_facts(section.text)
    if facts and facts[0].leans:
        yield f"begint met een verwijzend woord: {facts[0].text[:50]!r}; noem het onderwerp"


def _check_links(document: Document, section: Section, ids: set[str]) -> Iterator[str]:
    folder = Path(document.document_id).parent
    for match in re.finditer(r"\[[^\]]+\]\(([^)]+)\)", section.text):
        target = match.group(1)
        if target.startswith(("http://", "https://")):
            yield f"link naar buiten: {target}; zet webadressen bij 'sources'"
            continue
        parts: list[str] = []
        for part in (folder / target.partition("#")[0]).parts:
            if part == "..":
                parts = parts[:-1]
            elif part != ".":
                parts.append(part)
        if "/".join(parts) not in ids:
            yield f"dode link: {target}"


def _check_tables(section: Section) -> Iterator[str]:
    for before, block in pairwise([None, *read_blocks(section.text)]):
        if block is None or block.kind != "table":
            continue
        widths = {len(table_cells(line)) for line in block.lines}
        if len(widths) > 1:
            yield f"tabel met ongelijke rijen ({', '.join(map(str, sorted(widths)))} kolommen): {block.lines[0][:60]}"
        if len(block.lines) < 3 or not re.match(r"^\s*\|[\s:|-]+\|\s*$", block.lines[1]):
            yield f"tabel zonder kopregel of zonder rijen: {block.lines[0][:60]}"
        if before is None:
            yield "begint met een tabel; schrijf er eerst een zin boven"
