"""Dates and terms: a day so many days after or before another."""

import re
from calendar import monthrange
from datetime import date, timedelta
from typing import Final, NamedTuple

from assistant.calculation.reading import EURO_PLACES, MONTH_NAMES, Moment, Question
from assistant.calculation.rules import Outcome
from assistant.calculation.sources import Sources


class Deadline(NamedTuple):
    """So many days after an event: the words that ask for it, the fact with its ``days``, the words for the event, what the day is.

    A fact may give two terms, ``start`` and ``days``; a term may also stand in ``hours``, ``months`` or ``years``. ``sign`` is
    -1 for days before the event.
    """

    asks: str
    fact: str
    event: str
    label: str
    start_label: str = ""
    refuses: str = r"(?!)"
    places: tuple[str, ...] = (*EURO_PLACES, "UK")
    sign: int = 1


_ARRIVED: Final = r"ontv[ai]ng\w*|bezorg\w*|gelever\w*|levering|kreeg|gekregen|afgeleverd|aangekomen|aankwam|kwam"
_CLAIM_DAY: Final = "uiterste dag voor je claim"
_TWO_TERMS: Final = r".*vanaf: (?P<start>\d+) dagen.*uiterlijk: (?P<days>\d+) dagen"
DEADLINES: Final = (
    # fba/retouren-en-vergoedingen
    Deadline("verwijder", rf"verwijderzending die onderweg kwijt is{_TWO_TERMS}", r"\w*gemaakt|\w*opdracht", _CLAIM_DAY,
             "vanaf dan mag je claimen", "te weinig|aflever"),
    Deadline(r"\w*retour|terugbeta & \w*claim", rf"klantretour die niet klopt{_TWO_TERMS}", r"terugbeta\w*|vervang\w*", _CLAIM_DAY,
             "vanaf dan mag je claimen", "a.tot.z|bezwaar"),
    Deadline("kwijt|verloren|verlies|schade|beschadig|zoek",
             r"schade in het magazijn.*uiterlijk: (?P<days>\d+) dagen|beschadigd is, dien je in binnen (?P<days2>\d+) dagen",
             r"meld\w*|gemeld|kwijt|verloren|zoek|beschadigd", _CLAIM_DAY, refuses="retour|verwijder|mcf|klant"),
    Deadline(r"\w*retour", "niet binnen (?P<days>45) dagen na het retourverzoek terug", r"\w*verzoek|\w*gevraagd",
             "daarna rekent Amazon de klant alsnog af", refuses="claim|bezwaar|oplossing|zelf verst|fbm"),
    # prestaties/a-tot-z-en-feedback, prestaties/account-health-rating
    Deadline(r"a.tot.z|claim & reage|reactie|antwoord|tijd", r"om informatie, dan heb je op amazon\.nl (?P<hours>48) uur om te reageren",
             r"claim\w*|gekregen|kreeg|ontving|binnen\w*|melding", "uiterste dag om te reageren", refuses="bezwaar|toegekend|verloren|fba|voorraad|magazijn",
             places=("NL",)),
    Deadline(r"assurance|aha\b", r"binnen (?P<hours>72) uur meewerkt", r"meld\w*|gebeld|belde|bericht|probleem", "uiterste dag om mee te werken"),
    Deadline("a.tot.z|claim & bezwaar|beroep", r"binnen (?P<days>30) dagen \(kalenderdagen\) bezwaar",
             r"toegekend|beslis\w*|verloren|verloor|besluit", "uiterste dag voor je bezwaar"),
    # btw-en-regels/consumentenrecht
    Deadline("terugbeta & herroep|herriep", "na herroeping betaal je een consument binnen (?P<days>14) dagen", r"herr(?:oe|ie)p\w*",
             "uiterste dag om terug te betalen"),
    Deadline("bedenktijd|herroep|terugsturen|retourner", "bij een online aankoop (?P<days>14) dagen bedenktijd", _ARRIVED,
             "laatste dag van de wettelijke bedenktijd", refuses="terugbeta|claim|fba|duits"),
    Deadline("garantie|gebrek|kapot & duits", r"in duitsland geldt voor consumenten een wettelijke garantie van (?P<years>2) jaar", _ARRIVED,
             "einde van de wettelijke garantie in Duitsland", refuses="omgekeerd|bewijs", places=("DE",)),
    Deadline("bewijslast|bewijzen & kapot|garantie|gebrek|omgekeerd", r"binnen (?P<months>12) maanden na levering kapot", _ARRIVED,
             "tot dan moet jij bewijzen dat het bij levering in orde was", places=("NL",)),
    # prestaties/klantenservice-en-retouren
    Deadline(r"\w*retour & duits|amazon\.de", r"amazon\.de van een artikel boven € 25 .* binnen (?P<days>3) dagen \(kalenderdagen\) een oplossing",
             r"\w*retour\w*|verzoek|aangevraagd", "uiterste dag voor je oplossing", refuses="fba|claim|bezwaar|45 dagen", places=("DE",)),
    # verzending/zelf-verzenden
    Deadline("dpd & label", r"dpd in nederland: een geprint label moet je binnen (?P<days>10) kalenderdagen gebruiken", r"label\w*|geprint|gekocht|gemaakt",
             "laatste dag om het label te gebruiken"),
    # listings/titel-en-highlights
    Deadline("voorstel & titel|highlights", r"krijg je (?P<days>14) dagen om een titelvoorstel", r"voorstel\w*|klaar\w*|kreeg|gekregen|sinds",
             "einde van je bedenktijd voor dit voorstel"),
    Deadline("van-?prijs|doorgestreep|doorstrep|laagste prijs & korting|actie|prijs", "laagste prijs zijn van de (?P<days>30) dagen vóór de actie",
             r"\w*actie|korting|begin\w*|start\w*",
             "vanaf die dag telt je laagste prijs", sign=-1, places=("NL",)),
    # btw-en-regels/dsa-privacy-en-verzekering
    Deadline("verzeker", "verzekering is binnen (?P<days>30) dagen geregeld", r"boven|\w*grens|overschr\w*",
             "uiterste dag voor je verzekering"),
    # fba/opslagkosten
    Deadline("vrijstelling|opslaggebruik|utili[sz]ation", "eerste (?P<days>365) dagen na hun eerste aanlevering",
             r"\w*lever\w*|ingestuurd|stuur\w*",
             "einde van de vrijstelling van de opslaggebruikstoeslag"),
    Deadline("verouderd|oude voorraad|toeslag|langetermijn", "begint in europa na (?P<days>240) dagen",
             r"aangekomen|kwam|ontvangen|lig\w*|ingestuurd|aangeleverd|sinds",
             "daarna begint de toeslag voor verouderde voorraad", refuses="brandstof|gebruik|lage"),
    # zichtbaarheid/recensies-en-vine
    Deadline("recensie|review & aanvra|vragen|knop|request", "van dag (?P<start>5) tot dag (?P<days>30) na de levering", _ARRIVED,
             "laatste dag voor Recensie aanvragen, ongeveer", "eerste dag, ongeveer"),
    Deadline(r"vine\b", "binnen (?P<days>90) dagen na inschrijving een recensie", r"\w*schr[ei]\w*|aangemeld",
             "tot dan kan een recensie Vine-kosten geven"),
    Deadline(r"\w*feedback", "verkopersfeedback kan een klant tot (?P<days>90) dagen na de bestelling", r"\w*bestel\w*|gekocht|order",
             "laatste dag voor verkopersfeedback"),
    # start/verkoopplan-kiezen
    Deadline("abonnement|maandgeld|maandbedrag & terug", "vraag je aan binnen (?P<days>90) dagen na de betaling",
             r"betaa?l\w*|afgeschreven", "uiterste dag voor je aanvraag"),
    # fba/pan-eu-en-efn, verzending/mcf, start/startvoordelen, prestaties/account-health-rating
    Deadline("pan.?eu|inschrijving eindigt", "(?P<days>14) dagen om de ontbrekende pan-eu-aanbieding", r"status|melding|eindigt",
             "uiterste dag voor het herstel"),
    Deadline(r"mcf\b", "mcf-pakket (?P<days>7) dagen na de verwachte leverdatum", r"verwacht\w*|leverdatum",
             "daarna kun je een claim indienen"),
    Deadline("new selection", "tot 200 stuks en hooguit (?P<days>120) dagen", r"begon|start\w*|sinds|live|ingegaan",
             "einde van het voordeel, of eerder bij 200 stuks"),
    Deadline("account & beoordeling|review|onderzoek", "tot (?P<days>30) dagen onder beoordeling", "beoordeling|sinds|review|stilgezet",
             "uiterste einde van de beoordeling"),
    # groei/actiedagen
    Deadline("voorraad|aanlever|zending|insturen", "zes weken vooraf is het uiterste",
             r"piek\w*|black friday|prime day|actie\w*|sinterklaas|pakjesavond",
             "uiterste dag voor je FBA-voorraad", sign=-1, refuses="verouderd|toeslag|kwijt|claim|te laat"),
)  # fmt: skip
_SIX_WEEKS: Final = 42


def days_after(moment: Moment, days: int, today: date | None = None) -> tuple[str, str] | None:
    """A day and the day so many days on, as text; negative days go back.

    Without a year both stand without one, unless a leap day makes a difference; then today's year is taken, or nothing given.
    """
    years = [moment.year] if moment.year else [year for year in (2024, 2025, 2026) if moment.day <= monthrange(year, moment.month)[1]]
    if not moment.year and len({_shifted(moment, days, year, with_year=False) for year in years}) > 1:
        if today is None or moment.day > monthrange(today.year, moment.month)[1]:
            return None
        years = [today.year]
        moment = moment._replace(year=today.year)
    return _shifted(moment, 0, years[0], with_year=bool(moment.year)), _shifted(moment, days, years[0], with_year=bool(moment.year))


def _shifted(moment: Moment, days: int, year: int, *, with_year: bool) -> str:
    """``14 januari``, with the year or else with a word when it is another year."""
    day = date(year, moment.month, moment.day) + timedelta(days=days)
    other = "" if with_year or day.year == year else " van het jaar erna" if day.year > year else " van het jaar ervoor"
    return f"{day.day} {MONTH_NAMES[day.month - 1]}{f' {day.year}' if with_year else other}"


def _moment_of(question: Question, event: str) -> Moment | None:
    """The one date of the question when it names the event, or of several the one nearest to the words for it."""
    words = [match.start() for match in re.finditer(event, question.text)]
    if not words or len(question.moments) < 2:
        return question.moments[0] if words and question.moments else None
    near = sorted((min(abs(place - moment.start) for place in words), moment) for moment in question.moments)
    return near[0][1] if near[0][0] + 8 < near[1][0] else None


def deadline(question: Question, sources: Sources) -> Outcome | None:
    """A date so many days after or before one that the question gives; see ``DEADLINES`` for the articles."""
    for entry in DEADLINES:
        if (
            not question.moments
            or not question.says(entry.asks)
            or question.says(entry.refuses)
            or question.is_about_other_than(*entry.places)
        ):
            continue
        moment = _moment_of(question, entry.event)
        hit = sources.find(entry.fact) if moment else None
        if moment is None or hit is None:
            continue
        terms = {name.rstrip("2"): int(text) for name, text in hit.match.groupdict().items() if text} or {"days": _SIX_WEEKS}
        labels = {name: entry.start_label if name == "start" else entry.label for name in terms}
        parts = [_term_text(moment, name, terms[name], labels[name], entry.sign, question.today) for name in sorted(terms, reverse=True)]
        return Outcome("; ".join(parts), (hit.fact,)) if all(parts) else None
    return None


def _term_text(moment: Moment, unit: str, count: int, label: str, sign: int, today: date | None) -> str:
    """``60 dagen na 12 mei is 11 juli (uiterste dag voor je claim)``; empty when the day is not certain."""
    if unit in ("months", "years"):
        found = _months_after(moment, count * (12 if unit == "years" else 1))
        term = f"{count} {'jaar' if unit == 'years' else 'maanden'}"
    else:
        found = days_after(moment, count * sign // (24 if unit == "hours" else 1), today)
        term = f"{count} {'uur' if unit == 'hours' else 'dagen'}"
    return f"{term} {'na' if sign > 0 else 'vóór'} {found[0]} is {found[1]} ({label})" if found else ""


def _months_after(moment: Moment, months: int) -> tuple[str, str] | None:
    """A day and the same day so many months on; None without a year, or when that month has no such day."""
    years, month = divmod(moment.month - 1 + months, 12)
    if not moment.year or moment.day > monthrange(moment.year + years, month + 1)[1]:
        return None
    return (
        f"{moment.day} {MONTH_NAMES[moment.month - 1]} {moment.year}",
        f"{moment.day} {MONTH_NAMES[month]} {moment.year + years}",
    )


def payout_day(question: Question, sources: Sources) -> Outcome | None:
    """When the money of an order comes free: on the eighth day after delivery (kosten/uitbetaling-en-dd7).

    Amazon's own example: delivered on 6 January, available from 14 January.
    """
    hit = sources.find(
        "zeven volle dagen na de bezorging|op de achtste dag kun je bij het geld|bezorgd op 6 januari, beschikbaar vanaf 14 januari"
    )
    moment = _moment_of(question, _ARRIVED) if hit else None
    last, free = (days_after(moment, days, question.today) for days in (7, 8)) if moment else (None, None)
    if hit is None or last is None or free is None or question.is_about_other_than(*EURO_PLACES, "UK"):
        return None
    return Outcome(f"bezorgd op {last[0]}, zeven volle dagen t/m {last[1]}, dus het geld komt vrij op {free[1]}", (hit.fact,))
