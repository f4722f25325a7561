"""Stock: cover, reorder point, sell-through, shelf life."""

from decimal import Decimal
from typing import Final

from assistant.calculation.formatting import cents, money, number
from assistant.calculation.reading import Question
from assistant.calculation.roles import BOUGHT, DAILY, Role, assign, nearest
from assistant.calculation.rules import Formula, Outcome, quotient
from assistant.calculation.sources import Sources

STOCK_FORMULAS: Final = (
    # fba/retouren-en-vergoedingen
    Formula("kwijt|verloren|beschadig|vermist|mis|zoek|verlies & vergoed|krijg|terug & inkoop|koop|productiekosten", "vóór een bestelling, dan vergoedt amazon .* je inkoop- of productiekosten",
            {"pieces": Role(r"stuks?|artikelen|producten|kwijt|verloren|mis|vermist", ("",)), "bought": BOUGHT._replace(units=("euro",))},
            lambda v: f"{number(v['pieces'])} × {money(v['bought'])} = {cents(v['pieces'] * v['bought'])} vergoeding op inkoopprijs", r"verkoop\w*|verkocht"),
    # listings/variaties
    Formula(r"kind|kinderen|child|variati\w*|ean\w*|varianten|asin\w* & hoeveel|reken", r"sokken in drie maten en vier kleuren zijn twaalf kinderen",
            {"sizes": Role(r"mat(?:en)?\b", ("",)), "colours": Role(r"kleur\w*|smaken|geuren|uitvoeringen|dessins", ("",))},
            lambda v: f"{number(v['sizes'])} × {number(v['colours'])} = {number(v['sizes'] * v['colours'])} kinderen, elk met een eigen EAN"),
    # fba/opslagkosten
    Formula("ratio|utili[sz]ation|opslaggebruik|weken voorraad|weken verkoop & m3|kuub|volume",
            "gemiddeld opgeslagen volume over 13 weken gedeeld door het gemiddeld verzonden volume per week",
            {"stored": Role(r"opgeslagen|opslag|liggen|voorraad", ("m3",)), "sent": Role(r"verzonden|per week|verstuur\w*|verkocht", ("m3",))},
            lambda v: quotient(v["stored"], v["sent"], "weken verkoop (storage utilisation ratio; de toeslag begint boven 22 weken, stand 2024)",
                               lambda value: f"{number(value)} m³", 1)),
    # fba/voorraad-en-capaciteit
    Formula("dekking|hoe ?lang|hoeveel dagen|voorraaddagen|days of cover|genoeg",
            "gedeeld door de gemiddelde dagverkoop|met 500 stuks en 12 verkopen per dag",
            {"stock": Role("voorraad|stuks|liggen|op stock|over", ("",)), "daily": DAILY},
            lambda v: quotient(v["stock"], v["daily"], "dagen dekking", places=1), r"bestelpunt|\w*bestel|levertijd"),
    Formula("sell.?through|doorloop", "aantal verkochte stuks in de laatste 90 dagen gedeeld door de gemiddelde voorraad",
            {"sold": Role(r"verkocht\w*|verkopen|verkoop|sold", ("",)), "stock": Role(r"gemiddeld\w*|voorraad|stock", ("",))},
            lambda v: quotient(v["sold"], v["stock"], "sell-through")),
    Formula("hoeveel|voorraad & leg|stuur|sturen|insturen|houd|bij amazon",
            "leg bij fba in europa 30 dagen tot 60 dagen verwachte verkoop", {"daily": DAILY},
            lambda v: " tot ".join(f"{days} dagen × {number(v['daily'])} = {number(days * v['daily'])} stuks" for days in (30, 60)),
            r"bestelpunt|\w*bestel|levertijd|dekking|hoe ?lang|hoeveel dagen"),
    # fba/retouren-en-vergoedingen
    Formula("misplaatst|misplaced|zoek|vermist", "trek 'gevonden' van 'misplaatst' af",
            {"lost": Role(r"misplaatst|misplaced|kwijt|zoek|vermist", ("",)), "found": Role(r"gevonden|teruggevonden|found", ("",))},
            lambda v: f"{number(v['lost'])} - {number(v['found'])} = {number(v['lost'] - v['found'])} stuks om te claimen"),
)  # fmt: skip


def reorder_point(question: Question, sources: Sources) -> Outcome | None:
    """Daily sales × lead time + safety stock, in days (fba/voorraad-en-capaciteit)."""
    hit = sources.find("dagelijkse verkoop maal de totale levertijd|bestel bij zodra je voorraad het bestelpunt raakt")
    daily, times = assign(question, {"daily": DAILY}), question.of("dag", "week")
    if hit is None or daily is None or question.of("werkdag", "maand") or len(question.of("")) > 1:
        return None
    days = [figure.value * (7 if figure.unit == "week" else 1) for figure in times]
    spare = Decimal(0)
    if question.says("veiligheid|buffer|reserve"):
        found = nearest(question, times, Role(r"veiligheid\w*|buffer\w*|reserve\w*", ("dag", "week")))
        if found is None:
            return None
        spare = days.pop(times.index(found))
    if not 1 <= len(days) <= 2:
        return None
    per_day, lead = daily["daily"], sum(days, Decimal(0))
    steps = f"{number(days[0])} + {number(days[1])} = {number(lead)} dagen; " if len(days) == 2 else ""
    if spare:
        total = per_day * (lead + spare)
        return Outcome(
            f"{steps}{number(per_day)} × {number(lead)} + {number(per_day)} × {number(spare)} = {number(total)} stuks als bestelpunt",
            (hit.fact,),
        )
    return Outcome(
        f"{steps}{number(per_day)} × {number(lead)} = {number(per_day * lead)} stuks, plus je veiligheidsvoorraad, als bestelpunt",
        (hit.fact,),
    )


def shelf_life(question: Question, sources: Sources) -> Outcome | None:
    """Days to use it up plus 90 (fba/verpakken-houdbaarheid-gevaarlijk)."""
    hit = sources.find(r"op te maken, plus 90 dagen|gebruiksduur plus 90 dagen")
    portions = question.counted(r"dagporties|dagdoseringen|porties|capsules|caps|tabletten|pillen") or question.only("dag")
    if hit is None or portions is None:
        return None
    return Outcome(f"{number(portions.value)} + 90 = {number(portions.value + 90)} dagen houdbaar bij aankomst", (hit.fact,))
