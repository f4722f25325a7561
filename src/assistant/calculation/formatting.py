"""Numbers in and out: reads a number as Dutch writes it, and writes amounts, percentages and plain numbers."""

import re
from decimal import ROUND_HALF_UP, Decimal
from typing import Final

_SIGNS: Final = {"euro": "€", "pond": "£"}
CENT: Final = Decimal("0.01")


def decimal(digits: str) -> Decimal:
    """The value of a number as Dutch writes it; a point before one or two last digits is a decimal point."""
    digits = digits.strip().rstrip(".,")
    if re.fullmatch(r"\d{1,3}(?:\.\d{3})+(?:,\d+)?", digits):
        digits = digits.replace(".", "")
    return Decimal(digits.replace(",", "."))


def half_up(value: Decimal, places: int = 2) -> Decimal:
    """The value rounded half up, as invoices do."""
    return value.quantize(Decimal(1).scaleb(-places), rounding=ROUND_HALF_UP)


def number(value: Decimal) -> str:
    """``1.200`` or ``0,005``: thousands with points, decimals with a comma, no trailing zeros."""
    whole, _, decimals = f"{value.normalize():f}".partition(".")
    grouped = f"{int(whole):,}".replace(",", ".")
    return f"{grouped},{decimals}" if decimals else grouped


def money(value: Decimal, unit: str = "euro") -> str:
    """An operand as it was given: ``€ 40``, ``€ 17,95``."""
    if value == int(value):
        return f"{_SIGNS[unit]} {number(value)}"
    whole, decimals = number(value).split(",")
    return f"{_SIGNS[unit]} {whole},{decimals.ljust(2, '0')}"


def cents(value: Decimal, unit: str = "euro") -> str:
    """An outcome in cents, half up: ``€ 1,80``, ``€ 1.200,00``."""
    whole, _, decimals = f"{half_up(value):f}".partition(".")
    return f"{_SIGNS[unit]} {number(Decimal(whole))},{decimals}"


def percent(share: Decimal) -> str:
    """A share of one as a percentage: exact with up to two decimals, else one decimal from 10% and two below."""
    value = share * 100
    rounded = half_up(value) if value == half_up(value) or value < 10 else half_up(value, 1)
    return f"{number(rounded)}%"
