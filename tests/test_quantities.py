from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.quantities import Day, Quantity, holds_day, holds_quantity, plain, rates, read, sums


def q(value: str, unit: str = "") -> Quantity:
    return Quantity(Decimal(value), unit)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("€ 39,00 per maand", [q("39", "euro")]),
        ("€39,-", [q("39", "euro")]),
        ("39 euro", [q("39", "euro")]),
        ("negenendertig euro", [q("39", "euro")]),
        ("35 cent", [q("0.35", "euro")]),
        ("£ 0,26 en 230 SEK", [q("0.26", "pond"), q("230", "kroon")]),
        ("15 procent, 15%, 15 pct", [q("15", "procent")] * 3),
        ("€ 900.000", [q("900000", "euro")]),
        ("€ 1.250,50", [q("1250.5", "euro")]),
        ("€ 2,5 miljard", [q("2500000000", "euro")]),
        ("14 of 30 dagen", [q("14", "dag"), q("30", "dag")]),
        ("10, dan 20, dan 30%", [q("10", "procent"), q("20", "procent"), q("30", "procent")]),
        ("€ 15 tot 20", [q("15", "euro"), q("20", "euro")]),
        ("33×23×2,5 cm", [q("33", "cm"), q("23", "cm"), q("2.5", "cm")]),
        ("3 x 15 euro", [q("3"), q("15", "euro")]),
        ("twee weken, één account, een maand", [q("2", "week"), q("1"), q("1", "maand")]),
        ("een goed plan", []),
        ("eenentwintig dagen", [q("21", "dag")]),
        ("tweehonderdvijftig", [q("250")]),
        ("anderhalf jaar", [q("1.5", "jaar")]),
        ("3\u200b9 euro", [q("39", "euro")]),
        ("\uff13\uff19 euro", [q("39", "euro")]),
    ],
)
def test_read_finds_quantities_in_every_notation(text: str, expected: list[Quantity]) -> None:
    assert list(read(text).quantities) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("1 februari 2026, 1-2-2026, 2026-02-01", [Day(1, 2, 2026)] * 3),
        ("van 1 tot 15 maart", [Day(15, 3), Day(1, 3)]),
        ("in november", [Day(0, 11)]),
        ("stand november 2026", [Day(0, 11, 2026)]),
        ("sinds 2023", [Day(0, 0, 2023)]),
        ("2000 tekens", []),
    ],
)
def test_read_finds_dates(text: str, expected: list[Day]) -> None:
    assert list(read(text).days) == expected


def test_read_keeps_codes_apart_from_numbers() -> None:
    reading = read("DD+7, A10, PS01, 3PL en GS1-128")

    assert reading.codes == ("dd+7", "a10", "ps01", "3pl", "gs1-128")
    assert reading.quantities == ()


@given(st.integers(0, 99_999_999), st.sampled_from(["€ {}", "{} euro", "EUR {}", "€{},00", "{}€"]))
def test_notations_of_an_amount_are_one_quantity(cents: int, form: str) -> None:
    whole = cents // 100
    assert read(form.format(f"{whole:,}".replace(",", "."))).quantities == (q(str(whole), "euro"),)


@given(st.text())
def test_plain_twice_is_plain_once(text: str) -> None:
    assert plain(plain(text)) == plain(text)


@given(st.text())
def test_no_digit_is_lost(text: str) -> None:
    reading = read(text)
    assert (reading.quantities or reading.days or reading.codes) or not any(char.isdecimal() for char in plain(text))


@pytest.mark.parametrize(
    ("wanted", "held"),
    [
        (q("39", "euro"), True),
        (q("39"), False),
        (q("39", "procent"), False),
        (q("30", "dag"), True),
        (q("30"), True),
        (q("30", "maand"), False),
        (q("7"), True),
        (q("7", "dag"), True),
        (q("7", "euro"), False),
    ],
)
def test_money_needs_its_sign_and_a_measure_may_go_without(wanted: Quantity, held: bool) -> None:
    assert holds_quantity(frozenset({q("39", "euro"), q("30", "dag"), q("7")}), wanted) is held


@pytest.mark.parametrize(
    ("wanted", "held"),
    [
        (Day(1, 2, 2026), True),
        (Day(1, 2), True),
        (Day(0, 2, 2026), True),
        (Day(0, 0, 2026), True),
        (Day(2, 2, 2026), False),
        (Day(1, 2, 2025), False),
        (Day(5, 6, 2026), True),
        (Day(5, 6, 2024), False),
    ],
)
def test_a_date_may_be_given_less_precisely_but_not_otherwise(wanted: Day, held: bool) -> None:
    assert holds_day(frozenset({Day(1, 2, 2026), Day(5, 6)}), wanted) is held


@pytest.mark.parametrize(
    "text",
    [
        "15% van € 40 = € 6",
        "3 x € 39 = € 117",
        "€ 39 + € 0,99 = € 39,99",
        "€ 40 - € 6 = € 34",
        "€ 8 : 2 = € 4",
        "€ 7,12 + 5 × € 0,22 = € 8,22",
        "€ 4,50 × 1,015 = € 4,57",
        "5 m³ x € 27,54 = € 137,70",
        "€ 100 / € 150 = 67%",
        "10% van 18 euro is dan 1,80 euro",
    ],
)
def test_sums_that_come_out_are_right(text: str) -> None:
    assert [one.right for one in sums(text)] == [True]


@pytest.mark.parametrize("text", ["15% van € 40 = € 7", "€ 3 x € 4 = € 12", "15% van € 40 = 6%", "3 x € 39 = 117 dagen", "€ 8 : 0 = € 4"])
def test_sums_that_do_not_come_out_are_wrong(text: str) -> None:
    assert [one.right for one in sums(text)] == [False]


def test_rates_say_what_a_figure_goes_per() -> None:
    assert rates("€ 39 per maand en € 0,99 per verkocht artikel") == (
        (q("39", "euro"), "maand en"),
        (q("0.99", "euro"), "verkocht artikel"),
    )
