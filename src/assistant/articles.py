"""Reads the corpus: Markdown articles with strict YAML front matter, and the figures they quote.

First step of the path of a document. An article is ``<topic>/<slug>.md``; figures that change stand once in
``tarieven/<name>.yaml`` and appear in the text as ``{{name.key}}``. Every fault of every file is collected before
anything is refused, so that an editor sees them all at once. What is good style, but does not break the build, is left
to ``corpus_checks``. This module is the only one that knows YAML.
"""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Annotated, Any, Literal, NamedTuple, TypeVar

import yaml
from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationError, field_validator

from assistant.documents import Asked, Document, Record, Section, Source, Verdict
from assistant.errors import CorpusError

MARKETPLACES = ("NL", "BE", "DE", "FR", "IT", "ES", "PL", "SE", "IE", "UK", "US", "EU")
FIGURES_FOLDER = "tarieven"
TOPICS_FILE = "topics.yaml"
ASKED_FILE = "vragen.jsonl"

Marketplace = Literal["NL", "BE", "DE", "FR", "IT", "ES", "PL", "SE", "IE", "UK", "US", "EU"]
Unit = Literal[
    "euro", "pond", "dollar", "procent", "aantal", "dagen", "werkdagen", "uren", "weken", "maanden", "jaar", "kg", "gram",
    "cm", "mm", "m3", "liter", "pixels", "tekens", "bytes", "seconden", "minuten", "MB", "punten", "graden",
]  # fmt: skip


def _check_url(value: str) -> str:
    if not re.match(r"https?://[^\s/]+\.[^\s/]+", value):
        raise ValueError("verwacht een webadres dat met https:// begint")
    return value


Model = TypeVar("Model", bound=BaseModel)
Url = Annotated[str, AfterValidator(_check_url)]
Text = Annotated[str, Field(min_length=1)]


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, str_strip_whitespace=True)


class SourceEntry(_Strict):
    """A source as an editor writes it; all three fields are required."""

    name: Text
    url: Url
    accessed_on: date


class SectionEntry(_Strict):
    """What the front matter says about one ``##`` section."""

    questions: Annotated[list[Text], Field(min_length=1)]
    sources: list[Annotated[int, Field(ge=1)]] = []
    marketplaces: list[Marketplace] = []


class ArticleHeader(_Strict):
    """The front matter of an article."""

    title: Text
    topic: Text
    summary: str = ""
    marketplaces: Annotated[list[Marketplace], Field(min_length=1)]
    checked_on: date
    review_by: date | None = None
    sources: Annotated[list[SourceEntry], Field(min_length=1)]
    synonyms: dict[str, list[Text]] = {}
    sections: Annotated[dict[str, SectionEntry], Field(min_length=1)]


class TopicEntry(_Strict):
    """A topic of the knowledge base, in reading order."""

    title: Text
    summary: str = ""


class Figure(_Strict):
    """One number that changes: a fee, a limit, a threshold."""

    value: Decimal
    unit: Unit
    per: str = ""
    country: list[Marketplace]
    valid_from: str
    source: Annotated[int, Field(ge=1)]
    note: str = ""

    @field_validator("country", mode="before")
    @classmethod
    def _one_or_more_countries(cls, value: object) -> object:
        return [value] if isinstance(value, str) else value

    @field_validator("valid_from", mode="before")
    @classmethod
    def _year_month_or_day(cls, value: object) -> str:
        text = str(value)
        if not re.fullmatch(r"(19|20)\d\d(-(0[1-9]|1[0-2])(-(0[1-9]|[12]\d|3[01]))?)?", text):
            raise ValueError("verwacht JJJJ, JJJJ-MM of JJJJ-MM-DD")
        return text

    def __str__(self) -> str:
        return format_figure(self.value, self.unit)


class FigureFile(_Strict):
    """One file of figures with their sources."""

    title: Text
    checked_on: date
    review_by: date | None = None
    sources: Annotated[list[SourceEntry], Field(min_length=1)]
    figures: Annotated[dict[str, Figure], Field(min_length=1)]


class FactName(NamedTuple):
    """Where a fact stands, and its first words."""

    document_id: str
    heading: str
    fact: str


class AskedQuestion(Record):
    """A line of ``vragen.jsonl``: one more way to ask for a section, and the first words of the fact that answers it.

    ``also`` names the other facts that belong in the answer, empty when that one is all of it; None when they are not known.
    ``verdict`` is what the answer opens with, when these facts decide a yes-or-no question, and ``decided_by`` the ``fact_hash``
    of the first of them when that was said.
    """

    document_id: str
    heading: str
    fact: str
    question: str
    also: tuple[FactName, ...] | None = None
    verdict: Verdict = ""
    decided_by: str = ""


class Corpus(BaseModel):
    """Everything read from the corpus folders."""

    model_config = ConfigDict(frozen=True)

    documents: tuple[Document, ...]
    topics: dict[str, TopicEntry]
    figures: dict[str, Figure]
    figure_uses: dict[str, tuple[str, ...]]
    figure_files: dict[str, FigureFile]
    asked: tuple[AskedQuestion, ...] = ()


_UNIT_SUFFIX = {"gram": "g", "m3": "m³", "procent": "%", "graden": "°C"}
_SINGULAR = {"dagen": "dag", "werkdagen": "werkdag", "weken": "week", "maanden": "maand", "minuten": "minuut",
             "seconden": "seconde", "punten": "punt", "uren": "uur"}  # fmt: skip
_CURRENCY = {"euro": "€", "pond": "£", "dollar": "$"}


def format_figure(value: Decimal, unit: str) -> str:
    """The Dutch way to write a number with its unit: ``€ 27,54``, ``15%``, ``3,9 kg``, ``10.000``."""
    if unit in _CURRENCY:
        decimals = len(f"{value.normalize():f}".partition(".")[2])
        digits = f"{value:,.{max(2, decimals) if decimals else 0}f}"
        return f"{_CURRENCY[unit]} {_dutch_digits(digits)}"
    number = _dutch_digits(f"{value.normalize():,f}")
    if unit == "aantal":
        return number
    if unit == "procent":
        return f"{number}%"
    if unit == "uren":
        return f"{number} uur"
    if value == 1:
        return f"{number} {_SINGULAR.get(unit, _UNIT_SUFFIX.get(unit, unit))}"
    return f"{number} {_UNIT_SUFFIX.get(unit, unit)}"


def _dutch_digits(digits: str) -> str:
    return digits.translate(str.maketrans(",.", ".,"))


def read_corpus(folders: Sequence[Path]) -> Corpus:
    """All articles of the folders, ordered by document id.

    ``README.md`` files and files that are not Markdown are not articles. Document ids are paths relative to their corpus
    folder; the same id in two folders is a fault.

    Raises:
        CorpusError: at least one file breaks the schema; the error lists every fault of every file.
    """
    faults: list[str] = []
    topics: dict[str, TopicEntry] = {}
    files: dict[str, FigureFile] = {}
    for folder in folders:
        if not folder.is_dir():
            faults.append(f"{folder}: map niet gevonden; controleer ASSISTANT_CORPUS_DIRS")
            continue
        topics |= _read_topics(folder, faults)
        for name, file in _read_figure_files(folder, faults).items():
            if name in files:
                faults.append(f"{folder / FIGURES_FOLDER / name}.yaml: cijfers met de naam {name!r} bestaan al in een andere map")
            files[name] = file
    figures = {f"{name}.{key}": figure for name, file in files.items() for key, figure in file.figures.items()}
    uses: dict[str, list[str]] = {}
    documents: dict[str, Document] = {}
    for folder in folders:
        for path in article_paths(folder):
            document_id = path.relative_to(folder).as_posix()
            if document_id in documents:
                faults.append(f"{path}: document_id is {document_id!r}, maar dat artikel bestaat al in een andere map")
                continue
            document = _read_article(path, document_id, topics, figures, uses, faults)
            if document is not None:
                documents[document_id] = document
    asked = tuple(question for folder in folders for question in _read_asked(folder / ASKED_FILE, faults))
    if faults:
        raise CorpusError(faults)
    return Corpus(
        documents=_with_asked([documents[key] for key in sorted(documents)], asked),
        asked=asked,
        topics=topics,
        figures=figures,
        figure_uses={key: tuple(sorted(set(ids))) for key, ids in uses.items()},
        figure_files=files,
    )


def _read_asked(path: Path, faults: list[str]) -> list[AskedQuestion]:
    text = _read_text(path, faults) if path.exists() else None
    found = []
    for number, line in enumerate((text or "").splitlines(), 1):
        try:
            found.append(AskedQuestion.model_validate_json(line))
        except ValidationError as exc:
            error = exc.errors()[0]
            place = ".".join(map(str, error["loc"])) or "regel"
            faults.append(
                f"{path}: regel {number}, {place}: {error['msg']}; verwacht één JSON-object met document_id, heading, fact en question"
            )
    return found


def _with_asked(documents: Sequence[Document], entries: Sequence[AskedQuestion]) -> tuple[Document, ...]:
    """The documents with the questions of ``vragen.jsonl`` in the sections they name; the same question only once in each."""
    asked: dict[tuple[str, str], dict[str, Asked]] = {}
    answered: dict[tuple[str, str], dict[Asked, None]] = {}
    for entry in entries:
        own = asked.setdefault((entry.document_id, entry.heading), {})
        own.setdefault(entry.question, Asked(question=entry.question, fact=entry.fact))
        if entry.also is not None:
            opening = Asked(question=entry.question, fact=entry.fact, verdict=entry.verdict, decided_by=entry.decided_by)
            answered.setdefault((entry.document_id, entry.heading), {})[opening] = None
            for document_id, heading, fact in entry.also:
                answered.setdefault((document_id, heading), {})[Asked(question=entry.question, fact=fact)] = None

    def with_asked(document_id: str, section: Section) -> Section:
        key = document_id, section.heading
        return section.model_copy(update={"asked": tuple(asked.get(key, {}).values()), "answered": tuple(answered.get(key, ()))})

    return tuple(
        document.model_copy(update={"sections": tuple(with_asked(document.document_id, section) for section in document.sections)})
        for document in documents
    )


def article_paths(folder: Path) -> Iterator[Path]:
    """The article files of a corpus folder, in a fixed order."""
    for path in sorted(folder.rglob("*.md")):
        if path.name != "README.md" and not any(part.startswith(".") for part in path.relative_to(folder).parts):
            yield path


def _read_text(path: Path, faults: list[str]) -> str | None:
    try:
        return path.read_text("utf-8-sig")
    except UnicodeDecodeError:
        faults.append(f"{path}: geen geldige UTF-8; sla het bestand op als UTF-8")
    except OSError as exc:
        faults.append(f"{path}: niet te lezen ({exc.strerror}); controleer de rechten op het bestand")
    return None


def _read_topics(folder: Path, faults: list[str]) -> dict[str, TopicEntry]:
    path = folder / TOPICS_FILE
    if not path.is_file():
        return {}
    raw = _read_text(path, faults)
    entries = _parse_yaml(path, raw, faults) if raw is not None else None
    topics: dict[str, TopicEntry] = {}
    for name, entry in (entries or {}).items():
        topic = _validate(TopicEntry, entry, f"{path}: {name}", faults)
        if topic is not None:
            topics[str(name)] = topic
    return topics


def _read_figure_files(folder: Path, faults: list[str]) -> dict[str, FigureFile]:
    files: dict[str, FigureFile] = {}
    for path in sorted((folder / FIGURES_FOLDER).glob("*.yaml")):
        raw = _read_text(path, faults)
        entries = _parse_yaml(path, raw, faults) if raw is not None else None
        file = _validate(FigureFile, entries, str(path), faults) if entries is not None else None
        if file is None:
            continue
        for key, figure in file.figures.items():
            if not re.fullmatch(r"[a-z0-9][a-z0-9-]*", key):
                faults.append(f"{path}: figures.{key}: verwacht kleine letters, cijfers en streepjes")
            if figure.source > len(file.sources):
                faults.append(f"{path}: figures.{key}.source is {figure.source}; er zijn {len(file.sources)} bronnen")
        files[path.stem] = file
    return files


def _read_article(
    path: Path,
    document_id: str,
    topics: Mapping[str, TopicEntry],
    figures: Mapping[str, Figure],
    uses: dict[str, list[str]],
    faults: list[str],
) -> Document | None:
    raw = _read_text(path, faults)
    if raw is None:
        return None
    match = re.match(r"---\s*\n(.*?)\n---\s*(?:\n|$)", raw, flags=re.DOTALL)
    if match is None:
        faults.append(f"{path}: front matter ontbreekt; begin het bestand met een YAML-blok tussen twee regels '---'")
        return None
    entries = _parse_yaml(path, match.group(1), faults, first_line=1 + raw[: match.start(1)].count("\n"))
    header = _validate(ArticleHeader, entries, str(path), faults) if entries is not None else None
    if header is None:
        return None
    before = len(faults)
    if topics and header.topic not in topics:
        faults.append(f"{path}: topic is {header.topic!r}; verwacht een van: {', '.join(topics)}")
    if header.review_by is not None and header.review_by < header.checked_on:
        faults.append(f"{path}: review_by is {header.review_by}, dat ligt voor checked_on ({header.checked_on})")
    bodies = _read_bodies(path, raw[match.end() :], header, faults)
    sections = [
        _section(path, document_id, heading, body, header, figures, uses, faults) for heading, body in bodies if heading in header.sections
    ]
    if len(faults) > before:
        return None
    return Document(
        document_id=document_id,
        title=header.title,
        topic=header.topic,
        summary=header.summary,
        marketplaces=tuple(header.marketplaces),
        checked_on=header.checked_on,
        review_by=header.review_by,
        sources=_sources(header.sources),
        synonyms=tuple((term, *names) for term, names in header.synonyms.items()),
        sections=tuple(sections),
    )


def _read_bodies(path: Path, body: str, header: ArticleHeader, faults: list[str]) -> list[tuple[str, str]]:
    intro, bodies = split_headings(body)
    if intro.strip():
        faults.append(f"{path}: tekst vóór de eerste '## '-kop: {intro.strip()[:60]!r}; zet die onder een kop")
    headings = [heading for heading, _ in bodies]
    for heading in headings:
        if headings.count(heading) > 1:
            faults.append(f"{path}: kop {heading!r} komt meer dan één keer voor; maak koppen uniek")
        if heading not in header.sections:
            faults.append(f"{path}: kop {heading!r} heeft geen 'questions' onder 'sections' in de front matter")
    for heading in header.sections:
        if heading not in headings:
            faults.append(f"{path}: sections noemt {heading!r}, maar die '## '-kop staat niet in de tekst")
    for heading, text in bodies:
        if not text.strip():
            faults.append(f"{path}: sectie {heading!r} is leeg; schrijf er tekst onder of haal de kop weg")
    return bodies


def _section(
    path: Path,
    document_id: str,
    heading: str,
    body: str,
    header: ArticleHeader,
    figures: Mapping[str, Figure],
    uses: dict[str, list[str]],
    faults: list[str],
) -> Section:
    entry = header.sections[heading]
    for number in entry.sources:
        if number > len(header.sources):
            faults.append(f"{path}: sections.{heading}.sources noemt {number}; er zijn {len(header.sources)} bronnen")

    def expand(match: re.Match[str]) -> str:
        key = match.group(1)
        if key not in figures:
            faults.append(f"{path}: {{{{{key}}}}} in {heading!r} bestaat niet in {FIGURES_FOLDER}/")
            return ""
        uses.setdefault(key, []).append(document_id)
        return str(figures[key])

    text = re.sub(r"\{\{\s*([\w.-]+)\s*\}\}", expand, body).strip()
    broken = re.search(r".{0,20}(?:\{\{|\}\}).{0,20}", text)
    if broken:
        faults.append(f"{path}: onleesbare verwijzing in {heading!r}: {broken.group()!r}; schrijf {{{{naam.sleutel}}}}")
    numbers = [number for number in entry.sources if number <= len(header.sources)] or range(1, len(header.sources) + 1)
    return Section(
        heading=heading,
        text=text,
        questions=tuple(entry.questions),
        sources=_sources([header.sources[number - 1] for number in numbers]),
        marketplaces=tuple(entry.marketplaces or header.marketplaces),
    )


def split_headings(body: str) -> tuple[str, list[tuple[str, str]]]:
    """The text before the first ``## `` heading, and ``(heading, text)`` for each; a ``##`` in a code block is no heading."""
    intro: list[str] = []
    bodies: list[tuple[str, list[str]]] = []
    fenced = False
    for line in body.splitlines():
        if line.lstrip().startswith(("```", "~~~")):
            fenced = not fenced
        heading = None if fenced else re.match(r"##\s+(.+?)\s*#*\s*$", line)
        if heading:
            bodies.append((heading.group(1), []))
        elif bodies:
            bodies[-1][1].append(line)
        else:
            intro.append(line)
    return "\n".join(intro), [(heading, "\n".join(lines).strip()) for heading, lines in bodies]


def _sources(entries: Iterable[SourceEntry]) -> tuple[Source, ...]:
    return tuple(Source(name=entry.name, url=entry.url, accessed_on=entry.accessed_on) for entry in entries)


class _UniqueKeyLoader(yaml.SafeLoader):
    """A safe loader that refuses a key that stands twice, instead of quietly keeping the last."""


def _unique_mapping(loader: _UniqueKeyLoader, node: yaml.MappingNode, deep: bool = False) -> dict[Any, Any]:
    mapping: dict[Any, Any] = {}
    for key_node, value_node in node.value:
        if not isinstance(key_node, yaml.ScalarNode):  # as in "title: {{naam.sleutel}}"
            raise yaml.constructor.ConstructorError(None, None, "accolades of haken op de plaats van een naam", key_node.start_mark)
        key = loader.construct_object(key_node, deep=deep)
        if key in mapping:
            raise yaml.constructor.ConstructorError(None, None, f"{key!r} staat er twee keer", key_node.start_mark)
        mapping[key] = loader.construct_object(value_node, deep=deep)
    return mapping


_UniqueKeyLoader.add_constructor(yaml.resolver.BaseResolver.DEFAULT_MAPPING_TAG, _unique_mapping)


def _parse_yaml(path: Path, text: str, faults: list[str], first_line: int = 1) -> dict[Any, Any] | None:
    try:
        entries = yaml.load(text, Loader=_UniqueKeyLoader)  # noqa: S506 - derived from SafeLoader
    except ValueError as exc:  # a date such as 2025-13-01 that only looks like one
        faults.append(f"{path}: onmogelijke datum in de YAML ({exc}); verwacht JJJJ-MM-DD")
        return None
    except yaml.YAMLError as exc:
        mark = getattr(exc, "problem_mark", None)
        where = f" (regel {mark.line + first_line})" if mark else ""
        problem = getattr(exc, "problem", None) or str(exc)
        faults.append(f"{path}: ongeldige YAML{where}: {problem}; zet tekst met ':' of '{{' tussen aanhalingstekens")
        return None
    if not isinstance(entries, dict):
        faults.append(f"{path}: verwacht velden ('title: …'), maar vond {entries!r}")
        return None
    return entries


_EXPECTED = {
    "missing": "ontbreekt",
    "extra_forbidden": "is een onbekend veld; haal het weg of verbeter de naam",
    "date_from_datetime_parsing": "verwacht een datum als 2026-11-22",
    "date_parsing": "verwacht een datum als 2026-11-22",
    "date_type": "verwacht een datum als 2026-11-22",
    "date_from_datetime_inexact": "verwacht een datum als 2026-11-22, zonder tijd",
    "string_type": "verwacht tekst",
    "string_too_short": "mag niet leeg zijn",
    "list_type": "verwacht een lijst",
    "dict_type": "verwacht velden met een naam",
    "too_short": "mag niet leeg zijn",
    "int_type": "verwacht een heel getal",
    "int_parsing": "verwacht een heel getal",
    "int_from_float": "verwacht een heel getal",
    "greater_than_equal": "verwacht 1 of hoger",
    "decimal_type": "verwacht een getal",
    "decimal_parsing": "verwacht een getal met een punt voor de decimalen",
    "finite_number": "verwacht een getal",
    "model_type": "verwacht velden met een naam",
}


def _validate(model: type[Model], entries: object, where: str, faults: list[str]) -> Model | None:
    try:
        return model.model_validate(entries)
    except ValidationError as exc:
        for error in exc.errors():
            field = ".".join(str(part) for part in error["loc"])
            if error["type"] == "literal_error":
                expected = f"verwacht een van: {error['ctx']['expected'].replace(' or ', ', ')}"
            elif error["type"] == "value_error":
                expected = str(error["ctx"]["error"])
            else:
                expected = _EXPECTED.get(error["type"], error["msg"])
            value = "" if error["type"] in ("missing", "extra_forbidden") else f" is {error['input']!r};"
            faults.append(f"{where}: {field}{value} {expected}")
        return None
