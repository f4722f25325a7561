"""Packaging reported under EPR."""

from decimal import Decimal
from typing import Final

from assistant.calculation.formatting import CENT, number
from assistant.calculation.roles import ORDERS, Role
from assistant.calculation.rules import Formula
from assistant.calculation.tariffs import fee_text

_LUCID_KG: Final = ((Decimal("0.095"), "papier"), (Decimal("0.005"), "plastic (oude vuistregel van Amazon)"))
PACKAGING_FORMULAS: Final = (
    # btw-en-regels/epr-verpakking-elektronica-batterijen
    Formula("lucid|papier|duaal|duale|verpakking & lucid|duaal|duale|papier|plastic|opge|kilo|gram|gewicht|kg", "95 g papier en 5 g plastic per verzonden stuk",
            {"sent": ORDERS._replace(names=rf"{ORDERS.names}|stuks|verzend|verstuur")},
            lambda v: " en ".join(f"{number(v['sent'])} × {number(kg)} kg = {number(v['sent'] * kg)} kg {kind}" for kg, kind in _LUCID_KG)),
    Formula("pay on behalf|ecobijdrage", "€ 24,99 per jaar plus 3% van de betaalde ecobijdragen",
            {"paid": Role(r"ecobijdrage\w*", ("euro",))},
            lambda v: f"{fee_text([(3 * CENT, v['paid'])], plus=2499 * CENT)} (servicevergoeding Spanje, 2023)"),
)  # fmt: skip
