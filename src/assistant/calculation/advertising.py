"""Advertising ratios, conversion, bids and budgets."""

import re
from calendar import monthrange
from decimal import Decimal
from typing import Final

from assistant.calculation.formatting import cents, decimal, half_up, money, number, percent
from assistant.calculation.reading import MONTH, MONTHS, Question
from assistant.calculation.roles import MONEY, PROFIT, SELLING, Role, assign
from assistant.calculation.rules import Formula, Outcome, quotient, ratio
from assistant.calculation.sources import Sources
from assistant.calculation.tariffs import fee_text

_SPENT: Final = Role(r"advert\w*|reclame|kosten|\bads?\b|\bgaf\b|\bgeef\b|uitgegeven|uitgaf|ad spend|besteed\w*", MONEY)
_SALES: Final = Role(r"omzet|verkocht|verdien\w*|sales|opgeleverd|opbreng\w*|verkop\w*|verkoop|leverde|bracht", MONEY)
_ROAS_RULE: Final = "100 gedeeld door de roas geeft de acos|precies het omgekeerde van acos"
ADVERTISING_FORMULAS: Final = (
    # adverteren/acos-tacos-break-even
    Formula(r"tacos|totale omzet|hele omzet & \w*advert|reclame|ads\b|uitgegeven",
            r"advertentiekosten gedeeld door je totale omzet|aan advertenties op € [\d.]+ totale omzet",
            {"spent": _SPENT, "sales": _SALES}, lambda v: ratio(v["spent"], v["sales"], "TACoS"), r"roas\b"),
    Formula(r"roas\b & \w*omzet|verkocht|verdien|sales|opgelever", "advertentieomzet gedeeld door je advertentiekosten",
            {"spent": _SPENT, "sales": _SALES}, lambda v: quotient(v["sales"], v["spent"], "ROAS", money), "totale omzet|tacos"),
    Formula(r"acos|gaf|geef|uitgegeven & acos|\w*advert|reclame|ads\b & acos|verkocht|verdien|daarmee|opgelever",
            r"advertentiekosten gedeeld door je advertentieomzet|aan advertenties voor € [\d.]+ omzet uit die advertenties",
            {"spent": _SPENT, "sales": _SALES}, lambda v: ratio(v["spent"], v["sales"], "ACoS"),
            r"totale omzet|hele omzet|tacos|roas\b|break.?even|\w*budget|per klik|bod\b"),
    Formula(r"roas\b & acos|procent", _ROAS_RULE, {"roas": Role(r"\broas\b", ("",))},
            lambda v: f"100% / {number(v['roas'])} = {percent(1 / v['roas'])} ACoS" if v["roas"] else "",
            r"omzet|verkocht|\d+ ?%|acos (?:van |is )?\d"),
    Formula(r"roas\b & acos", _ROAS_RULE, {"acos": Role("acos", ("procent", ""))},
            lambda v: f"100% / {number(v['acos'])}% = {number(half_up(100 / v['acos']))} ROAS" if v["acos"] else "",
            r"omzet|verkocht|roas (?:van |is )?\d"),
    Formula(r"break.?even|quitte|mag (?:mijn|de|m'n) acos",
            "dekkingsbijdrage vóór advertenties gedeeld door je verkoopprijs|dan is de break-even acos",
            {"left": PROFIT._replace(names=r"over\w*|blijft|hou\w*|dekkingsbijdrage|winst|marge"),
             "price": SELLING._replace(names=r"product|prijs|verkoop\w*|\bvan\b|kost\b|artikel")},
            lambda v: ratio(v["left"], v["price"], "break-even ACoS") if v["left"] < v["price"] else ""),
    # adverteren/biedingen-en-eerste-campagne
    Formula("bovenaan|plaatsing|placement|top of search", "een bod van € 1 met 50% voor bovenaan wordt|maximaal 900% verhogen",
            {"bid": Role(r"bod\b|\bbied\w*|klik\w*|cpc", ("euro",)),
             "more": Role(r"bovenaan|plaatsing|verho\w*|placement|extra|top of search", ("procent",))},
            lambda v: f"{fee_text([(v['more'] / 100, v['bid'])], plus=v['bid'])} per klik",
            "omhoog en omlaag|up and down|dynamisch omhoog"),
    # strategie/doelen-en-rapporten
    Formula(r"sessies|bezoekers|bezoeken & conversie|\w*koop\w*|kopen|% & omzet|verkoop|hoeveel|wat", "sessies × conversie × ",
            {"visits": Role(r"sessies|bezoek\w*", ("",)), "share": Role(r"conversie|koop\w*|kopen|converteer\w*", ("procent",)),
             "price": Role(r"prijs|euro|product|kost|€|\bvan\b|per stuk|gemiddeld", ("euro",))},
            lambda v: f"{number(v['visits'])} × {number(v['share'])}% × {money(v['price'])} = "
                      f"{cents(v['visits'] * v['share'] / 100 * v['price'])} omzet"),
    Formula(r"conversie|\w*sessiepercentage|sessies", "bestelde stuks gedeeld door sessies",
            {"sold": Role(r"stuks|bestelling\w*|verkocht\w*|verkopen|orders|verkoop", ("",)), "visits": Role(r"sessies|bezoek\w*", ("",))},
            lambda v: ratio(v["sold"], v["visits"], "conversie (eenheid-sessiepercentage)", number)),
)  # fmt: skip


def highest_bid(question: Question, sources: Sources) -> Outcome | None:
    """The highest bid per click: price × conversion × target ACoS (adverteren/biedingen-en-eerste-campagne)."""
    hit, price = sources.find("verkoopprijs × conversie × doel-acos"), question.only("euro")
    one_in = re.search(r"\b(\d+) (?:op|van) (?:de |elke )?(\d+)\b(?! ?(?:€|euro))", question.text)  # "1 op de 10 bezoekers koopt"
    conversion = Role(r"conversie\w*|koop\w*|kopen|converteer\w*", ("procent",))
    roles = {"acos": Role("acos", ("procent",))} | ({} if one_in else {"share": conversion})
    found = assign(question, roles) if hit and price and len(question.of("procent")) == len(roles) else None
    if hit is None or price is None or found is None:
        return None
    share = 100 * decimal(one_in.group(1)) / decimal(one_in.group(2)) if one_in else found["share"]
    bid = price.value * share / 100 * found["acos"] / 100
    return Outcome(
        f"{money(price.value)} × {percent(share / 100)} × {number(found['acos'])}% = {cents(bid)} per klik als maximumbod", (hit.fact,)
    )


def daily_budget(question: Question, sources: Sources) -> Outcome | None:
    """A daily budget over a month, or a month budget per day (adverteren/biedingen-en-eerste-campagne)."""
    amount = question.only("euro")
    hit = sources.find("dagbudget × aantal dagen|een maand van 30 dagen op hooguit|maandbudget te delen door het aantal dagen")
    lengths = {monthrange(2026, MONTHS[name])[1] for name in re.findall(rf"\b{MONTH}", question.text)}
    if amount is None or hit is None or len(lengths) > 1 or 28 in lengths:
        return None
    stated = question.only("dag")
    days = stated.value if stated and stated.value > 1 else Decimal(lengths.pop() if lengths else 30)
    after = question.text[amount.end : amount.end + 14]
    if re.match(r" ?(?:per|elke|iedere) dag| ?dagbudget|/dag", after) or question.says(r"dagbudget (?:van|is|op)"):
        return Outcome(f"{number(days)} dagen × {money(amount.value)} = {cents(days * amount.value)} per maand hooguit", (hit.fact,))
    if re.match(r" ?(?:per|elke|iedere) maand| ?maandbudget|/maand", after) or question.says(r"maandbudget (?:van|is|op)"):
        return Outcome(f"{money(amount.value)} / {number(days)} dagen = {cents(amount.value / days)} dagbudget", (hit.fact,))
    return None
