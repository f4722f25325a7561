"""Sums: the right one when a rule in the facts allows it, none when anything is missing or could be meant otherwise."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.articles import Corpus
from assistant.calculation import Calculator, work_out, worked_sum
from assistant.calculation.deadlines import DEADLINES, days_after
from assistant.calculation.fixed_rates import SHARES, UNIT_RATES
from assistant.calculation.formatting import cents, half_up, money, percent
from assistant.calculation.limits import LIMITS
from assistant.calculation.measures import volume_weight
from assistant.calculation.needed import NEEDS
from assistant.calculation.norms import NORMS, PRIME_NORMS
from assistant.calculation.plans import MONTH_PRICES
from assistant.calculation.reading import Moment, read_question
from assistant.calculation.roles import Role, assign
from assistant.calculation.sources import Sources
from assistant.calculation.table import FORMULAS, RULES
from assistant.calculation.tariffs import Tier, price_parts, read_tariff, tier_at
from assistant.calculation.thresholds import THRESHOLDS
from assistant.documents import Chunk
from assistant.quantities import sums
from assistant.splitters import split, split_facts

# --- Facts, as they stand in the knowledge base ----------------------------------------------------------------------

CLOTHING = """
| Categorie | Verwijzingskosten | Staffel | Controle |
|---|---|---|---|
| Kleding en accessoires (Clothing & Accessories) | 5% t/m € 15; 10% t/m € 20; daarboven 15% | hele prijs | aangekondigd door Amazon |
| Schoenen, brillen, rugzakken, handtassen en koffers | 15% | geen | kijk na in de opbrengstcalculator |

Over een T-shirt van € 17,95 betaal je 10% verwijzingskosten, dus ongeveer € 1,80.
"""
HOME = """
| Categorie | Verwijzingskosten | Staffel | Controle |
|---|---|---|---|
| Wonen (Home) | 8% t/m € 20; daarboven 15% | hele prijs | aangekondigd door Amazon |
| Meubels (Furniture) | 15% over het deel t/m € 200; 10% over het deel daarboven | per deel | bevestigd |
| Horloges (Watches) | 15% over het deel t/m € 250; 5% over het deel daarboven | per deel | bevestigd |
| Levensmiddelen (Grocery & Gourmet) | 5% t/m € 10; daarboven 15%; geen minimum | hele prijs | aangekondigd door Amazon |
| Boeken, muziek, video, dvd en software | 15%; geen minimum, plus afsluitkosten | geen | bevestigd |
| Overige dierbenodigdheden (Pet Supplies) | 15% | geen | bevestigd |
| Speelgoed en spellen | 15% | geen | bevestigd |

Over een fotolijst van € 18 betaal je 8% verwijzingskosten, dus € 1,44; in 2025 was dat nog 15%, dus € 2,70.

Een krabpaal of hondenmand hoort bij de overige dierbenodigdheden en kost 15% verwijzingskosten.
"""
FEE_RULES = """
Amazon rekent verwijzingskosten in Europa over het totaalbedrag dat de koper betaalt: artikelprijs plus verzendkosten, inclusief btw.
In de eurolanden betaal je minstens € 0,30 verwijzingskosten per artikel. Een artikel van € 24,20 inclusief 21% btw in een categorie van
15% kost € 3,63 verwijzingskosten.
"""
CUTS = """
| Categorie | Was | Is nu | Sinds |
|---|---|---|---|
| Kleding en accessoires t/m € 15 | 8% | 5% | 15 december 2025 |
| Kleding en accessoires boven € 15 t/m € 20 | 15% | 10% | 15 december 2025 |
"""
REFUND = """
Betaal je een klant terug, dan houdt Amazon administratiekosten in: het laagste van € 5 of 20% van de verwijzingskosten, per artikelregel.

- Rekenvoorbeeld: een artikel van € 60 met 15% verwijzingskosten kost € 9,00.
"""
SURCHARGE = """
| Winkel | Toeslag | Waarover |
|---|---|---|
| Amazon.fr | 3% | verkoopkosten en FBA-kosten |
| Amazon.it | 3% | verkoopkosten |
"""
PLANS = """
Het plan Professioneel kost op Amazon.nl € 39 per maand exclusief btw; met 21% btw is dat € 47,19. Het plan Individueel heeft op Amazon.nl
geen maandbedrag, maar kost € 0,99 exclusief btw per verkocht artikel.
"""
FUEL = "Amazon rekent een brandstof- en logistiektoeslag van 1,5% over de FBA-fulfilmentkosten. In de VS en Canada is dat 3,5%."
SMALL_PARCELS = """
| Formaat en verzendgewicht | Nederland, lokaal/Pan-EU 2026 | België, lokaal/Pan-EU 2026 |
|---|---|---|
| Klein pakket t/m 150 g | € 3,47 | € 3,39 |
| Klein pakket t/m 400 g | € 3,51 | € 3,67 |
| Klein pakket t/m 1,4 kg | € 4,50 | € 4,63 |
| Klein pakket t/m 400 g, lage prijs | € 3,17 | € 2,96 |
"""
BY_WEIGHT = """
| Pakketklasse | Nederland, lokaal/Pan-EU 2026 |
|---|---|
| Middelgroot pakket 2, max. 40 × 30 × 20 cm | € 4,01 + € 0,08 per 100 g |
| Groot pakket 2, max. 45 × 34 × 26 cm | € 4,15 + € 0,08 per 100 g |
"""
REMOVAL = """
| Formaat en gewicht | Tarief per stuk |
|---|---|
| Standaardformaat t/m 200 g | € 0,50 |
| Standaardformaat t/m 1 kg | € 1,80 |
| Standaardformaat boven 1 kg | € 2,32 + € 0,87 per kg boven 1 kg |
"""
LOW_STOCK = """
| Formaat | 0-14 dagen dekking | 14-21 dagen dekking |
|---|---|---|
| Grote of extra grote envelop en klein pakket | € 0,46 | € 0,27 |
| Overmaat | geen toeslag | geen toeslag |
"""
EFN = "Een klein pakket tot 1,4 kg kost via EFN naar Nederland € 9,49 en lokaal of via Pan-EU € 4,50 (2026)."
VOLUME = """
Het volumegewicht is lengte × breedte × hoogte in cm, gedeeld door 5.000; de uitkomst is in kg. Het verzendgewicht is bij gewone pakketten
het hoogste van stukgewicht en volumegewicht.
"""
STORAGE = """
| Formaat | januari t/m september | oktober t/m december |
|---|---|---|
| Standaardformaat (niet-kleding) | € 27,54 | € 52,20 |
| Overmaat | € 21,78 | € 34,49 |

Het Verenigd Koninkrijk rekent in 2026 per kubieke voet per maand: standaardformaat £ 0,76 (januari-september) en £ 1,51 (oktober-december).
"""
ESTIMATE = "Reken voor Nederlandse opslag met het Duitse bedrag als schatting."
OLD_STOCK = """
| Leeftijd | Toeslag per m³ per maand | Minimum per stuk |
|---|---|---|
| Voorraad van 301-330 dagen | € 129,92 | geen minimum genoemd |
| Voorraad van 456 dagen en ouder | € 261,97 | € 0,25 |
"""
CEP = "In Duitsland betaal je in 2026 een opslag van € 0,26 per stuk als je niet meedoet aan het Central Europe Programme (CEP)."
DANGEROUS = (
    "Voor producten met een lithiumbatterij rekent Amazon in de eurolanden € 0,10 extra per verzonden stuk (tariefkaart 2026, excl. btw)."
)
CUSTOMS = "Sinds 1 juli 2026 geldt een vast douanerecht van € 3 per soort product in pakketten van buiten de EU."
COUPONS = """
| Land | Coupon: vooraf | Over de couponomzet | Plafond per coupon |
|---|---|---|---|
| Duitsland | € 4 | 0,75% (was 1,5%) | € 300 |
| Nederland, België | niet gevonden | niet gevonden | niet gevonden |

Een coupon gaat offline zodra 80% van het couponbudget is verbruikt.
"""
PROMOTION = "Winst van een actie = extra stuks × (marge per stuk − korting) − korting op stuks die je toch al verkocht had − actiekosten."
VAT = """
| Land | Algemeen btw-tarief |
|---|---|
| Nederland | 21% |
| Duitsland | 19% |

In Nederland is het algemene btw-tarief 21% en het lage tarief 9% (2026).
"""
KOR = "Doe je mee aan de KOR, dan is de 21% btw op Amazon-kosten niet aftrekbaar."
ADS = """
ACoS is je advertentiekosten gedeeld door je advertentieomzet, keer 100. TACoS is je advertentiekosten gedeeld door je totale omzet.
ROAS is je advertentieomzet gedeeld door je advertentiekosten, dus precies het omgekeerde van ACoS.
Je break-even ACoS is je dekkingsbijdrage vóór advertenties gedeeld door je verkoopprijs.
Je maximumbod per klik is verkoopprijs × conversie × doel-ACoS. Een bod van € 1 met 50% voor bovenaan wordt € 1,50.
Over de maand blijf je op dagbudget × aantal dagen. Het eenheid-sessiepercentage is bestelde stuks gedeeld door sessies, keer 100.
"""
STOCK = """
Het bestelpunt is je dagelijkse verkoop maal de totale levertijd, plus veiligheidsvoorraad.
Dagen dekking is je voorraad gedeeld door de gemiddelde dagverkoop.
Sell-through is het aantal verkochte stuks in de laatste 90 dagen gedeeld door de gemiddelde voorraad.
Leg bij FBA in Europa 30 dagen tot 60 dagen verwachte verkoop op voorraad.
"""
MARGIN = "Deel de verkoopprijs inclusief btw door 1,21 (of door 1,09 bij het lage tarief). Marge is winst gedeeld door de verkoopprijs."
ROI = "ROI is winst per stuk gedeeld door de inkoopkosten per stuk. Je verkoopprijs moet ongeveer drie keer je inkoopprijs zijn."
PERFORMANCE = """
- ODR, defecte bestellingen: de grens is onder 1% over 60 dagen
- LSR, late verzendingen: de grens is onder 4%
- CR, annulering vóór verzending: de grens is onder 2,5%
- VTR, geldige tracking: de grens is minstens 95%
"""
RETURNS = "De retourdrempel was 5,65% voor beauty, gezondheid en persoonlijke verzorging en 14,67% voor consumentenelektronica."
INSURANCE = "Een verzekering is verplicht zodra je in een maand meer dan € 5.000 bruto-omzet haalt op Amazon.nl of .de."
OSS = "Verkoop je aan consumenten in andere EU-landen, dan mag je tot € 10.000 per jaar (excl. btw) Nederlandse btw rekenen."
MULTIPACK = "Verboden is een multipack met een hogere stukprijs dan het losse artikel."
SHELF_LIFE = "Een product moet houdbaar zijn voor de tijd die nodig is om het op te maken, plus 90 dagen."
PAYOUT = "Amazon geeft de opbrengst van een bestelling vrij als er zeven volle dagen na de bezorging voorbij zijn (DD+7)."
CLAIMS = """
| Claim | Vanaf | Uiterlijk |
|---|---|---|
| Verlies of schade in het magazijn | direct na de melding | 60 dagen na de melding |
| Klantretour die niet klopt of niet terugkwam | 45 dagen na terugbetaling | 105 dagen na terugbetaling |
"""
APPEAL = "Tegen een toegekende A-tot-Z-claim kun je binnen 30 dagen (kalenderdagen) bezwaar maken."
WITHDRAWAL = "Een consument in de EU heeft bij een online aankoop 14 dagen bedenktijd, zonder een reden te geven."
EXEMPTION = "Nieuwe FBA-verkopers betalen de eerste 365 dagen na hun eerste aanlevering geen opslaggebruikstoeslag."


def chunk(text: str) -> Chunk:
    return Chunk(chunk_id=text[:40], document_id="doc", title="", heading="", text=text, facts=tuple(split_facts(text)))


def sum_of(question: str, *texts: str, today: date | None = None) -> str:
    """The sum for a question over chunks with these texts, without ``Som:``."""
    chunks = [chunk(text) for text in texts]
    facts = [fact for one in chunks for fact in one.facts]
    return worked_sum(question, facts, chunks=chunks, today=today).removeprefix("Som: ").removesuffix(".")


# --- Reading the question --------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("typed", "value", "unit"),
    [
        ("€12.50", "12.5", "euro"),
        ("12,50", "12.5", "euro"),
        ("12 euro 50", "12.5", "euro"),
        ("een euro of twaalf", "12", "euro"),
        ("twaalf euro", "12", "euro"),
        ("30 cent", "0.3", "euro"),
        ("20,-", "20", ""),
        ("€ 1.250,50", "1250.5", "euro"),
        ("1.200 stuks", "1200", ""),
        ("2k stuks", "2000", ""),
        ("tweeduizend doosjes", "2000", ""),
        ("3 kuub", "3", "m3"),
        ("anderhalve kuub", "1.5", "m3"),
        ("een halve kuub", "0.5", "m3"),
        ("500 liter", "0.5", "m3"),
        ("700 gram", "0.7", "kg"),
        ("15 procent", "15", "procent"),
        ("een half jaar", "6", "maand"),
    ],
)
def test_a_number_is_read_as_people_type_it(typed: str, value: str, unit: str) -> None:
    question = read_question(f"wat kost {typed}?")
    assert question is not None
    assert [(figure.value, figure.unit) for figure in question.figures] == [(Decimal(value), unit)]


@pytest.mark.parametrize("typed", ["42 bij 30 bij 22", "42x30x22", "42 x 30 x 22 cm", "420 x 300 x 220 mm", "0,42 m x 0,3 m x 0,22 m"])
def test_sides_are_read_in_centimetres(typed: str) -> None:
    question = read_question(f"doos van {typed}")
    assert question is not None
    assert (question.sides, question.figures) == ((42, 30, 22), ())


@pytest.mark.parametrize("typed", ["6 januari 2026", "6-1-2026", "6 jan 2026", "2026-01-06"])
def test_a_date_is_no_number(typed: str) -> None:
    question = read_question(f"bezorgd op {typed}")
    assert question is not None
    assert [moment[:3] for moment in question.moments] == [(6, 1, 2026)]
    assert question.figures == ()


def test_a_boundary_is_no_amount() -> None:
    question = read_question("kleding tussen 15 en 20 euro of boven 30 euro")
    assert question is not None
    assert [figure.is_limit for figure in question.figures] == [True, True, True]


@pytest.mark.parametrize("text", ["wat kost FBA?", "wat is DD+7 of DAC7?", "een stuk of wat", "in 2026", "€ 1,234 betaald"])
def test_without_a_clear_number_there_is_nothing_to_reckon(text: str) -> None:
    assert read_question(text) is None


def test_a_figure_gets_the_role_whose_name_stands_nearest() -> None:
    question = read_question("ik gaf 100 euro uit aan ads en haalde 400 euro omzet")
    roles = {"spent": Role("gaf|ads", ("euro",)), "sales": Role("omzet", ("euro",))}
    assert question is not None
    assert assign(question, roles) == {"spent": 100, "sales": 400}


def test_a_figure_too_many_leaves_the_roles_open() -> None:
    question = read_question("100 euro aan ads, 400 euro omzet en 900 euro omzet in totaal")
    roles = {"spent": Role("ads", ("euro",)), "sales": Role("omzet", ("euro",))}
    assert question is not None
    assert assign(question, roles) is None


# --- Arithmetic ------------------------------------------------------------------------------------------------------


def test_amounts_are_rounded_half_up_and_written_as_dutch_does() -> None:
    assert [cents(Decimal(value)) for value in ("0.625", "1.005", "1234.5")] == ["€ 0,63", "€ 1,01", "€ 1.234,50"]
    assert [money(Decimal(value)) for value in ("40", "17.95", "1200", "0.5")] == ["€ 40", "€ 17,95", "€ 1.200", "€ 0,50"]
    assert [percent(Decimal(value)) for value in ("0.0375", "0.1815", "0.27575", "0.006666")] == ["3,75%", "18,15%", "27,6%", "0,67%"]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("15%", (((15, None),), False)),
        ("8%; geen minimum", (((8, None),), False)),
        ("5% t/m € 15; 10% t/m € 20; daarboven 15%", (((5, 15), (10, 20), (15, None)), False)),
        ("20% verwijzingskosten over het deel t/m € 250 en 5% over het deel daarboven", (((20, 250), (5, None)), True)),
        ("tussen 5% en 15%", None),
        ("5% t/m € 15", None),
        ("niet gevonden", None),
    ],
)
def test_a_tariff_is_read_whole_or_not_at_all(text: str, expected: object) -> None:
    read = read_tariff(text)
    assert (read and (tuple((tier.rate * 100, tier.up_to) for tier in read[0]), read[1])) == expected


prices = st.decimals(min_value="0.01", max_value="5000", places=2)
limits = st.lists(st.integers(1, 900), min_size=1, max_size=4, unique=True).map(sorted)


@st.composite
def tariffs(draw: st.DrawFn) -> tuple[Tier, ...]:
    """Tiers with rising limits and rates."""
    bounds = [Decimal(limit) for limit in draw(limits)]
    rates = sorted(draw(st.lists(st.integers(1, 45), min_size=len(bounds) + 1, max_size=len(bounds) + 1, unique=True)))
    return tuple(Tier(Decimal(rate) / 100, limit) for rate, limit in zip(rates, [*bounds, None], strict=True))


@given(tariffs(), prices)
def test_the_parts_of_a_price_add_up_to_the_price(tiers: tuple[Tier, ...], price: Decimal) -> None:
    parts = price_parts(tiers, price)
    assert sum(amount for _, amount in parts) == price
    assert all(amount > 0 for _, amount in parts)


@given(tariffs(), prices, prices)
def test_a_higher_price_never_gives_a_lower_tier_or_fee(tiers: tuple[Tier, ...], one: Decimal, other: Decimal) -> None:
    low, high = sorted((one, other))
    assert tier_at(tiers, low).rate <= tier_at(tiers, high).rate
    assert sum(rate * part for rate, part in price_parts(tiers, low)) <= sum(rate * part for rate, part in price_parts(tiers, high))


@given(tariffs())
def test_a_limit_belongs_to_the_tier_below_it(tiers: tuple[Tier, ...]) -> None:
    for tier in tiers[:-1]:
        assert tier.up_to is not None
        assert tier_at(tiers, tier.up_to) == tier
        assert tier_at(tiers, tier.up_to + Decimal("0.01")) != tier


@given(prices)
def test_every_sum_of_a_fee_reads_back_as_right(price: Decimal) -> None:
    for category in ("kleding", "meubels", "een horloge"):
        found = list(sums(sum_of(f"hoeveel commissie over {category} van € {price:f}".replace(".", ","), CLOTHING, HOME, FEE_RULES)))
        assert found
        assert all(one.right and one.stated for one in found)


@given(st.dates(date(2000, 1, 1), date(2098, 1, 1)), st.integers(-400, 400))
def test_days_after_a_date_with_a_year_follow_the_calendar(day: date, days: int) -> None:
    found = days_after(Moment(day.day, day.month, day.year, 0), days)
    end = day + timedelta(days=days)
    assert found is not None
    assert (found[1].split()[0], found[1].split()[-1]) == (str(end.day), str(end.year))


def test_a_date_without_a_year_stays_so_unless_a_leap_day_matters() -> None:
    assert days_after(Moment(28, 12, 0, 0), 8) == ("28 december", "5 januari van het jaar erna")
    assert days_after(Moment(25, 2, 0, 0), 8) is None
    assert days_after(Moment(25, 2, 0, 0), 8, date(2026, 11, 22)) == ("25 februari 2026", "5 maart 2026")


def test_volume_weight_and_half_up() -> None:
    assert half_up(volume_weight([Decimal(45), Decimal(34), Decimal(26)])) == Decimal("7.96")


# --- Right sums ------------------------------------------------------------------------------------------------------

RIGHT = [
    ("one tier by price", (CLOTHING,), "commissie op kleding van 17,95?", "10% van € 17,95 = € 1,80 verwijzingskosten (tarief t/m € 20)"),
    ("on the limit", (CLOTHING,), "commissie op kleding van 15 euro?", "5% van € 15 = € 0,75 verwijzingskosten (tarief t/m € 15)"),
    ("top tier", (CLOTHING,), "commissie op kleding van 24 euro 50?", "15% van € 24,50 = € 3,68 verwijzingskosten (tarief boven € 20)"),
    ("thing of an example", (CLOTHING,), "wat gaat er af van T-shirts van 12 euro?", "5% van € 12 = € 0,60 verwijzingskosten (tarief t/m € 15)"),
    ("diminutive", (HOME,), "commissie over fotolijstjes van 18 euro?", "8% van € 18 = € 1,44 verwijzingskosten (tarief t/m € 20)"),
    ("parts", (HOME,), "verwijzingskosten op meubels van € 450", "€ 450 - € 200 = € 250; 15% van € 200 + 10% van € 250 = € 55,00 verwijzingskosten"),
    ("one part", (HOME,), "commissie horloge 180 euro", "15% van € 180 = € 27,00 verwijzingskosten"),
    ("closing fees", (HOME,), "commissie op een boek van 15 euro", "15% van € 15 = € 2,25 verwijzingskosten (plus afsluitkosten)"),
    ("belongs to", (HOME,), "commissie krabpaal 65 euro", "15% van € 65 = € 9,75 verwijzingskosten"),
    ("minimum", (HOME, FEE_RULES), "commissie speelgoed van 1,50?",
     "15% van € 1,50 = € 0,23, minder dan het minimum, dus € 0,30 verwijzingskosten"),
    ("no minimum", (HOME,), "commissie levensmiddelen van 4,50?", "5% van € 4,50 = € 0,23 verwijzingskosten (tarief t/m € 10)"),
    ("with shipping", (CLOTHING, FEE_RULES), "kleding van 14 euro plus 3,95 verzendkosten, commissie?",
     "€ 14 + € 3,95 = € 17,95; 10% van € 17,95 = € 1,80 verwijzingskosten (tarief t/m € 20)"),
    ("without VAT", (FEE_RULES,), "20 euro exclusief btw in een 15%-categorie, wat gaat eraf?",
     "€ 20 × 1,21 = € 24,20 inclusief 21% btw; 15% van € 24,20 = € 3,63 verwijzingskosten"),
    ("two prices", (HOME,), "wonen: van 19,95 naar 20,50, wat doet dat met de commissie?",
     "8% van € 19,95 = € 1,60 en 15% van € 20,50 = € 3,08 verwijzingskosten; € 3,08 - € 1,60 = € 1,48 verschil"),
    ("pieces", (CLOTHING,), "commissie op 50 T-shirts van 19,95?",
     "10% van € 19,95 = € 2,00 per stuk; 50 × € 2 = € 100,00 verwijzingskosten (tarief t/m € 20)"),
    ("cut", (CUTS,), "hoeveel scheelt de verlaging voor kleding van 12 euro?",
     "8% van € 12 = € 0,96 vroeger en 5% van € 12 = € 0,60 nu; € 0,96 - € 0,60 = € 0,36 minder verwijzingskosten"),
    ("refund share", (REFUND,), "artikel van 90 euro met 15% commissie terugbetaald, wat houdt Amazon?",
     "15% van € 90 = € 13,50 verwijzingskosten; 20% van € 13,50 = € 2,70 (lager dan € 5, dus Amazon houdt € 2,70); "
     "je krijgt € 13,50 - € 2,70 = € 10,80 terug"),
    ("refund cap", (REFUND,), "ik betaalde 45 euro commissie en betaal de klant terug",
     "20% van € 45 = € 9,00 (Amazon houdt hooguit € 5,00); je krijgt € 45 - € 5 = € 40,00 terug"),
    ("digital", (SURCHARGE,), "6 euro verwijzingskosten op Amazon.it, hoeveel digitale toeslag?",
     "3% van € 6 = € 0,18 toeslag digitale diensten (Amazon.it)"),
    ("plan", (PLANS,), "25 artikelen per maand, Individueel of Professioneel?",
     "25 × € 0,99 = € 24,75 per maand met Individueel, goedkoper dan € 39,00 met Professioneel (excl. btw)"),
    ("months", (PLANS,), "wat kost Professioneel voor een jaar?", "12 maanden × € 39 = € 468,00 voor Professioneel (excl. btw)"),
    ("fuel", (FUEL,), "klein pakket van 4,50 met brandstoftoeslag?", "€ 4,50 × 1,015 = € 4,57 per stuk met brandstoftoeslag"),
    ("row with fuel", (SMALL_PARCELS, FUEL), "klein pakket 350 gram met brandstoftoeslag in België, 100 stuks?",
     "€ 3,67 × 1,015 = € 3,73 per stuk met brandstoftoeslag; 100 × € 3,73 = € 373,00 "
     "(Klein pakket t/m 400 g, België, lokaal/Pan-EU 2026, excl. btw)"),
    ("low price", (SMALL_PARCELS,), "100 stuks klein pakket 350 gram met lage-prijs-FBA",
     "100 × € 3,17 = € 317,00 (Klein pakket t/m 400 g, lage prijs, Nederland, lokaal/Pan-EU 2026, excl. btw, zonder brandstoftoeslag)"),
    ("per 100 g", (BY_WEIGHT,), "jas van 600 gram in middelgroot pakket 2",
     "600 g - 100 g = 500 g; 500 g / 100 g = 5; € 4,01 + 5 × € 0,08 = € 4,41 per stuk "
     "(Middelgroot pakket 2, max. 40 × 30 × 20 cm, Nederland, lokaal/Pan-EU 2026, excl. btw, zonder brandstoftoeslag)"),
    ("removal", (REMOVAL,), "100 stuks van 150 gram terugsturen", "100 × € 0,50 = € 50,00 (Standaardformaat t/m 200 g, tarief Duitsland, excl. btw)"),
    ("heavy removal", (REMOVAL,), "standaardformaat van 1,5 kilo terugsturen",
     "€ 2,32 + 0,5 × € 0,87 = € 2,76 per stuk (Standaardformaat boven 1 kg, tarief Duitsland, excl. btw; "
     "hoger als Amazon op hele kilo's naar boven afrondt)"),
    ("low stock", (LOW_STOCK,), "klein pakket, 10 dagen dekking in Duitsland, 100 stuks: lage-voorraadtoeslag?",
     "100 × € 0,46 = € 46,00 (lage-voorraadtoeslag, 0-14 dagen dekking, grote of extra grote envelop en klein pakket, excl. btw)"),
    ("EFN", (EFN,), "200 stuks klein pakket van 1,4 kg: verschil EFN en lokaal?",
     "€ 9,49 - € 4,50 = € 4,99 verschil per stuk tussen EFN en lokaal; 200 × € 4,99 = € 998,00"),
    ("volume weight", (VOLUME,), "volumegewicht van 42 bij 30 bij 22?", "42 × 30 × 22 cm / 5.000 = 5,54 kg volumegewicht"),
    ("shipping weight", (VOLUME,), "doos 30x20x10 van 800 gram, welk gewicht telt?",
     "30 × 20 × 10 cm / 5.000 = 1,2 kg volumegewicht, meer dan het stukgewicht van 0,8 kg; het verzendgewicht is 1,2 kg"),
    ("storage", (STORAGE,), "3 kuub opslag in december in Duitsland",
     "3 m³ × € 52,20 = € 156,60 per maand van oktober t/m december (tarief Duitsland, excl. btw)"),
    ("storage of boxes", (STORAGE,), "opslag in mei van 1.000 doosjes van 25 x 20 x 10 cm",
     "25 × 20 × 10 cm / 1.000.000 = 0,005 m³ per stuk; 1.000 × 0,005 m³ = 5 m³; "
     "5 m³ × € 27,54 = € 137,70 per maand van januari t/m september (tarief Duitsland, excl. btw)"),
    ("storage in the UK", (STORAGE,), "10 kubieke voet opslag in het VK in oktober",
     "10 kubieke voet × £ 1,51 = £ 15,10 per maand van oktober t/m december (tarief VK, excl. btw)"),
    ("storage as an estimate", (STORAGE, ESTIMATE), "2 m3 opslag in december op Amazon.nl",
     "2 m³ × € 52,20 = € 104,40 per maand van oktober t/m december (tarief Duitsland als schatting, excl. btw)"),
    ("old stock", (OLD_STOCK,), "2 m3 voorraad van 310 dagen oud, hoeveel toeslag?",
     "2 m³ × € 129,92 = € 259,84 per maand (voorraad van 301-330 dagen, tarief Duitsland, boven op de gewone opslag)"),
    ("old stock per piece", (OLD_STOCK,), "400 sleutelhangers van 500 dagen oud, toeslag?",
     "400 × € 0,25 = € 100,00 per maand als minimum (voorraad van 456 dagen en ouder, tarief Duitsland, boven op de gewone opslag)"),
    ("CEP", (CEP,), "1.000 stuks per maand op Amazon.de, wat scheelt CEP?", "1.000 × € 0,26 = € 260,00 per maand (CEP-opslag in Duitsland)"),
    ("dangerous goods", (DANGEROUS,), "toeslag voor 300 powerbanks", "300 × € 0,10 = € 30,00 (toeslag voor gevaarlijke stoffen, per verzonden stuk)"),
    ("customs", (CUSTOMS,), "pakket met drie soorten producten van buiten de EU, douanerecht?", "3 × € 3 = € 9,00 (douanerecht per pakket)"),
    ("coupon", (COUPONS,), "coupon in Duitsland met 4000 euro omzet", "€ 4 + 0,75% van € 4.000 = € 34,00 couponkosten (Duitsland)"),
    ("coupon above its cap", (COUPONS,), "coupon in Duitsland met 50.000 euro omzet",
     "€ 4 + 0,75% van € 50.000 = € 379,00 couponkosten, meer dan het plafond van € 300 per coupon (Duitsland)"),
    ("coupon budget", (COUPONS,), "couponbudget van 500 euro, wanneer stopt de coupon?", "80% van € 500 = € 400,00 van het budget; dan gaat de coupon offline"),
    ("promotion", (PROMOTION,), "normaal 100 stuks, 6 euro marge, 2 euro korting en 34 euro actiekosten: hoeveel extra?",
     "100 × € 2 + € 34 = € 234,00; € 6 - € 2 = € 4 per extra stuk; € 234,00 / € 4 = 58,5, dus 59 extra stuks"),
    ("VAT out", (VAT,), "wat blijft er over van 100 euro na Duitse btw?", "€ 100 / 1,19 = € 84,03 zonder btw (19% btw in Duitsland)"),
    ("VAT on top", (VAT,), "hoeveel is 100 euro excl btw met btw erbij?", "€ 100 × 1,21 = € 121,00 met btw (21% btw in Nederland)"),
    ("VAT in a price", (VAT,), "hoeveel btw zit er in 121 euro?",
     "€ 121 / 1,21 = € 100,00 zonder btw; € 121 - € 100 = € 21,00 btw (21% btw in Nederland)"),
    ("low VAT", (VAT,), "boek van 10,90 inclusief btw, wat is dat zonder btw?", "€ 10,90 / 1,09 = € 10,00 zonder btw (9% btw in Nederland)"),
    ("KOR", (KOR,), "15% commissie met de KOR, hoeveel is dat echt?", "15% × 1,21 = 18,15% met de btw, die niet aftrekbaar is"),
    ("ACoS", (ADS,), "100 euro uitgegeven aan advertenties en 150 euro omzet, acos?", "€ 100 / € 150 = 66,7% ACoS"),
    ("TACoS", (ADS,), "advertentiekosten zijn 600 en totale omzet 6000, welke tacos?", "€ 600 / € 6.000 = 10% TACoS"),
    ("ROAS", (ADS,), "200 euro aan ads en 900 euro omzet, wat is de roas?", "€ 900 / € 200 = 4,5 ROAS"),
    ("ROAS to ACoS", (ADS,), "roas 4 in acos?", "100% / 4 = 25% ACoS"),
    ("ACoS to ROAS", (ADS,), "acos 25 = roas?", "100% / 25% = 4 ROAS"),
    ("break-even", (ADS,), "ik hou 7 euro over op een product van 25, break-even acos?", "€ 7 / € 25 = 28% break-even ACoS"),
    ("bid", (ADS,), "prijs 25 euro, conversie 10% en doel-acos 25%: maximumbod?", "€ 25 × 10% × 25% = € 0,63 per klik als maximumbod"),
    ("bid with one in ten", (ADS,), "25 euro, 1 op de 10 bezoekers koopt, doel-acos 30%, wat mag een klik kosten?",
     "€ 25 × 10% × 30% = € 0,75 per klik als maximumbod"),
    ("placement", (ADS,), "bod van 1 euro met 50% extra voor bovenaan?", "€ 1 + 50% van € 1 = € 1,50 per klik"),
    ("daily budget", (ADS,), "10 euro per dag budget, hoeveel in oktober?", "31 dagen × € 10 = € 310,00 per maand hooguit"),
    ("conversion", (ADS,), "18 bestellingen op 200 sessies, conversie?", "18 / 200 = 9% conversie (eenheid-sessiepercentage)"),
    ("reorder point", (STOCK,), "8 stuks per dag, levertijd 25 dagen plus 10 dagen transport en 7 dagen veiligheidsvoorraad: bestelpunt?",
     "25 + 10 = 35 dagen; 8 × 35 + 8 × 7 = 336 stuks als bestelpunt"),
    ("cover", (STOCK,), "500 stuks en ik verkoop er 12 per dag, hoeveel dagen dekking?", "500 / 12 = ongeveer 41,7 dagen dekking"),
    ("sell-through", (STOCK,), "180 verkocht, gemiddeld 60 op voorraad: sell-through?", "180 / 60 = 3 sell-through"),
    ("advised stock", (STOCK,), "hoeveel voorraad leg ik bij Amazon bij 5 verkopen per dag?", "30 dagen × 5 = 150 stuks tot 60 dagen × 5 = 300 stuks"),
    ("margin", (MARGIN,), "verkoopprijs 40 euro, 15% commissie, 5 euro FBA en 10 euro inkoop: wat hou ik over?",
     "€ 40 / 1,21 = € 33,06 zonder btw; 15% van € 40 = € 6,00; € 33,06 - € 6,00 - € 5 - € 10 = € 12,06 vóór reserve en advertenties"),
    ("ROI", (ROI,), "5 euro winst op 8 euro inkoop, ROI?", "€ 5 / € 8 = 62,5% ROI"),
    ("factor 3", (ROI,), "inkoop 4 euro, factor 3?", "3 × € 4 = € 12,00 als grove ondergrens voor de verkoopprijs"),
    ("too many cancelled", (PERFORMANCE,), "3 van mijn 80 bestellingen geannuleerd", "3 / 80 = 3,75% annuleringen; de norm is onder 2,5%, dus dat is te hoog"),
    ("on the norm is too high", (PERFORMANCE,), "één klacht op 100 orders, odr?", "1 / 100 = 1% ODR; de norm is onder 1%, dus dat is te hoog"),
    ("within the norm", (PERFORMANCE,), "500 orders waarvan 12 te laat verzonden", "12 / 500 = 2,4% late verzendingen; de norm is onder 4%, dus dat is binnen de norm"),
    ("counted the other way", (PERFORMANCE,), "van de 250 pakketten hadden er 15 geen tracking",
     "235 / 250 = 94% geldige tracking; de norm is minstens 95%, dus dat is te laag"),
    ("returns", (RETURNS,), "200 koptelefoons verkocht in Duitsland en 40 terug",
     "40 / 200 = 20% retour; 14,67% van 200 = 29,34 stuks, dus ongeveer 11 retouren boven de drempel van 2025 (Duitsland, Frankrijk, Italië, Spanje en het VK)"),
    ("insurance", (INSURANCE,), "3.000 euro op .nl en 2.500 op .de, verzekering nodig?",
     "€ 3.000 + € 2.500 = € 5.500,00 bruto-omzet in die maand, meer dan € 5.000"),
    ("OSS", (OSS,), "4.000 euro naar België en 5.000 naar Duitsland, kom ik boven de grens?",
     "€ 4.000 + € 5.000 = € 9.000,00 verkoop aan andere EU-landen in dat jaar, niet meer dan € 10.000"),
    ("OSS with room", (OSS,), "4.000 euro naar België en 5.000 naar Duitsland, hoeveel ruimte heb ik tot de drempel?",
     "€ 4.000 + € 5.000 = € 9.000,00 verkoop aan andere EU-landen in dat jaar, niet meer dan € 10.000; "
     "€ 10.000 - € 9.000 = € 1.000,00 ruimte"),
    ("insurance with the rest", (INSURANCE,), "3.000 euro op .nl en 2.500 op .de, hoeveel zit ik boven de grens voor de verzekering?",
     "€ 3.000 + € 2.500 = € 5.500,00 bruto-omzet in die maand, meer dan € 5.000; € 5.500 - € 5.000 = € 500,00 erboven"),
    ("highest pack price", (MULTIPACK,), "wat mag een set van 4 hooguit kosten als los per stuk € 6,50 is",
     "4 × € 6,50 = € 26,00; een hogere stukprijs in een multipack is verboden"),
    ("listed kinds", (CUSTOMS,), "douane: vijf dezelfde hoesjes, twee dezelfde kabels en één lader, wat betaal ik",
     "hoesjes + kabels + lader = 3; 3 × € 3 = € 9,00 (douanerecht per pakket)"),
    ("multipack", (MULTIPACK,), "3-pack voor 24 euro en los 7 euro", "€ 24 / 3 = € 8,00 per stuk, duurder dan € 7 los, dus verboden"),
    ("shelf life", (SHELF_LIFE,), "pot met 120 dagporties, hoe lang houdbaar?", "120 + 90 = 210 dagen houdbaar bij aankomst"),
    ("payout", (PAYOUT,), "bezorgd op 6 januari, wanneer komt mijn geld vrij?", "bezorgd op 6 januari, zeven volle dagen t/m 13 januari, dus het geld komt vrij op 14 januari"),
    ("delivery, not order", (PAYOUT,), "op 3 maart besteld en op 6 maart bezorgd, wanneer krijg ik mijn geld?",
     "bezorgd op 6 maart, zeven volle dagen t/m 13 maart, dus het geld komt vrij op 14 maart"),
    ("claim", (CLAIMS,), "voorraad kwijt gemeld op 10 april 2026, tot wanneer kan ik claimen?", "60 dagen na 10 april 2026 is 9 juni 2026 (uiterste dag voor je claim)"),
    ("two terms", (CLAIMS,), "retour terugbetaald op 1 maart 2026, wanneer claim?",
     "45 dagen na 1 maart 2026 is 15 april 2026 (vanaf dan mag je claimen); 105 dagen na 1 maart 2026 is 14 juni 2026 (uiterste dag voor je claim)"),
    ("appeal", (APPEAL,), "a-tot-z-claim toegekend op 2 mei 2026, tot wanneer bezwaar?", "30 dagen na 2 mei 2026 is 1 juni 2026 (uiterste dag voor je bezwaar)"),
    ("withdrawal", (WITHDRAWAL,), "klant ontving het op 20 december, tot wanneer bedenktijd?",
     "14 dagen na 20 december is 3 januari van het jaar erna (laatste dag van de wettelijke bedenktijd)"),
    ("exemption", (EXEMPTION,), "op 20 januari 2026 eerste keer aangeleverd, einde vrijstelling?",
     "365 dagen na 20 januari 2026 is 20 januari 2027 (einde van de vrijstelling van de opslaggebruikstoeslag)"),
]  # fmt: skip


@pytest.mark.parametrize(("texts", "question", "expected"), [case[1:] for case in RIGHT], ids=[case[0] for case in RIGHT])
def test_a_sum_is_worked_out_and_shown_with_its_operands(texts: tuple[str, ...], question: str, expected: str) -> None:
    assert sum_of(question, *texts) == expected


@pytest.mark.parametrize("expected", [case[3] for case in RIGHT], ids=[case[0] for case in RIGHT])
def test_every_sum_shown_reads_back_as_right(expected: str) -> None:
    assert all(one.right for one in sums(expected))


# --- No sum ----------------------------------------------------------------------------------------------------------

REFUSED = [
    ("no number", (CLOTHING,), "wat is de commissie op kleding?"),
    ("only a boundary", (CLOTHING,), "commissie op kleding onder de 15 euro?"),
    ("no rule in the facts", (VAT,), "commissie op kleding van 17,95?"),
    ("category unknown", (CLOTHING, HOME), "commissie op een broodrooster van 40 euro?"),
    ("a compound is another category", (CLOTHING, HOME), "commissie op een kledinghaak van 150 euro?"),
    ("a verb is no category", (HOME,), "ik woon in Utrecht, commissie op knutselspul van 18 euro?"),
    ("two categories that differ", (CLOTHING, HOME), "commissie op speelgoed en kleding van 12 euro?"),
    ("two prices", (CLOTHING,), "kleding van 12 euro, kost me 5 euro, commissie?"),
    ("purchase price", (CLOTHING,), "inkoop van kleding 18 euro, commissie?"),
    ("price after a discount", (CLOTHING,), "kleding van 25 euro met 20% korting, commissie?"),
    ("turnover over tiers", (CLOTHING,), "omzet 10.000 euro kleding per maand, commissie?"),
    ("pounds", (CLOTHING,), "commissie op kleding van 18 pond op Amazon.co.uk?"),
    ("dollars", (CLOTHING,), "commissie op kleding van $ 18?"),
    ("another country", (CLOTHING,), "commissie op kleding van 18 euro in Zweden?"),
    ("the past", (CLOTHING,), "wat betaalde ik vorig jaar aan commissie op kleding van 12 euro?"),
    ("minimum unknown", (HOME,), "commissie op speelgoed van 1,50?"),
    ("shipping rule unknown", (CLOTHING,), "commissie op kleding van 14 euro plus 3,95 verzendkosten?"),
    ("media are refunded whole", (REFUND,), "boek van 20 euro met 15% commissie terugbetaald, wat houdt Amazon?"),
    ("refund in part", (REFUND,), "artikel van 90 euro met 15% commissie gedeeltelijk terugbetaald"),
    ("fee unknown", (REFUND,), "lamp van 35 euro terugbetaald, wat houdt Amazon?"),
    ("products are not sales", (PLANS,), "ik heb 20 producten in mijn assortiment, welk plan?"),
    ("a month that is no term", (PLANS,), "ik ben 2 maanden bezig met Professioneel, hoe verder?"),
    ("American surcharge", (FUEL,), "4,50 plus 3,5% brandstoftoeslag?"),
    ("price may mean low price", (SMALL_PARCELS,), "100 stuks klein pakket van 350 gram en 15 euro"),
    ("too heavy", (SMALL_PARCELS, FUEL), "klein pakket van 5 kilo met toeslag?"),
    ("part of a step", (BY_WEIGHT,), "jas van 650 gram in middelgroot pakket 2"),
    ("tariff of another country", (REMOVAL,), "100 stuks van 150 gram terugsturen op Amazon.nl"),
    ("surcharge not here", (LOW_STOCK,), "klein pakket, 10 dagen dekking in Nederland, 100 stuks: lage-voorraadtoeslag?"),
    ("cover on a limit", (LOW_STOCK,), "klein pakket, 14 dagen dekking in Duitsland, 100 stuks: lage-voorraadtoeslag?"),
    ("clothing has its own storage rate", (STORAGE,), "3 kuub kleding in opslag in december in Duitsland"),
    ("storage elsewhere", (STORAGE,), "3 kuub opslag in Frankrijk in december"),
    ("no estimate allowed", (STORAGE,), "3 kuub opslag in december op Amazon.nl"),
    ("stock not yet old", (OLD_STOCK,), "2 m3 van 240 dagen oud, toeslag?"),
    ("a month on the edge of two rows", (OLD_STOCK,), "2 m3 van 11 maanden oud, toeslag?"),
    ("coupon fee unknown", (COUPONS,), "coupon op Amazon.nl met 3.000 euro omzet"),
    ("several coupons", (COUPONS,), "3 coupons in Duitsland met samen 4000 euro omzet"),
    ("margin below the discount", (PROMOTION,), "normaal 100 stuks, 2 euro marge, 3 euro korting: hoeveel extra?"),
    ("VAT on turnover", (VAT,), "hoeveel btw betaal ik over 1.000 euro omzet?"),
    ("VAT over an amount", (VAT,), "wat betaal ik aan btw over 250 euro?"),
    ("unknown rate", (VAT,), "100 euro inclusief 17% btw, wat is dat zonder btw?"),
    ("VAT that is in already", (KOR,), "500 euro Amazon-kosten incl btw met de KOR"),
    ("ACoS of two sales", (ADS,), "100 euro aan advertenties, 400 euro advertentieomzet, 2000 euro totale omzet: acos?"),
    ("two values of ROAS", (ADS,), "mijn roas ging van 4 naar 5, wat is dat in acos?"),
    ("no target", (ADS,), "25 euro en 1 op de 10 koopt, wat kan ik bieden?"),
    ("stock on its way too", (STOCK,), "40 verkopen per dag, 500 op voorraad en 200 onderweg, hoeveel dagen dekking?"),
    ("two kinds of defects", (PERFORMANCE,), "3 klachten en 2 claims op 500 orders, odr?"),
    ("product reviews do not count", (PERFORMANCE,), "3 negatieve recensies op 80 bestellingen, odr?"),
    ("the customer cancelled", (PERFORMANCE,), "3 van de 80 bestellingen door de klant zelf geannuleerd"),
    ("returns count elsewhere", (RETURNS,), "200 koptelefoons verkocht in Nederland en 40 terug"),
    ("no delivery", (PAYOUT,), "op 3 maart besteld, wanneer krijg ik mijn geld?"),
    ("no tracking", (PAYOUT,), "op 3 maart zonder tracking bezorgd, wanneer komt mijn geld?"),
    ("no event", (CLAIMS,), "is 16 oktober te laat voor een claim over schade?"),
    ("a number that reads two ways", (ADS,), "€ 1,200 aan ads en € 2,400 omzet, acos?"),
]  # fmt: skip


@pytest.mark.parametrize(("texts", "question"), [case[1:] for case in REFUSED], ids=[case[0] for case in REFUSED])
def test_no_sum_is_given_when_it_could_be_wrong(texts: tuple[str, ...], question: str) -> None:
    assert sum_of(question, *texts) == ""


def test_a_row_alone_does_not_tell_what_an_example_means() -> None:
    facts = split_facts(CLOTHING)
    example = [fact for fact in facts if "T-shirt" in fact.text]
    assert worked_sum("commissie op een T-shirt van 30 euro?", example) == ""
    assert worked_sum("commissie op een T-shirt van 30 euro?", example, chunks=[chunk(CLOTHING)]).startswith("Som: 15% van € 30")


def test_the_column_of_the_users_marketplace_counts() -> None:
    facts = split_facts(SMALL_PARCELS)
    assert "€ 367,00" in worked_sum("100 stuks klein pakket van 350 gram?", facts, marketplace="BE")


def test_yesterday_is_reckoned_from_today() -> None:
    expected = "bezorgd op 21 november 2026, zeven volle dagen t/m 28 november 2026, dus het geld komt vrij op 29 november 2026"
    assert sum_of("gisteren bezorgd, wanneer komt mijn geld vrij?", PAYOUT, today=date(2026, 11, 22)) == expected
    assert sum_of("gisteren bezorgd, wanneer komt mijn geld vrij?", PAYOUT) == ""


def test_a_sum_names_the_facts_it_rests_on() -> None:
    worked = work_out("commissie op speelgoed van 1,50?", split_facts(HOME + FEE_RULES))
    assert worked is not None
    assert worked.rule == "referral fee"
    assert [fact.text[:20] for fact in worked.facts] == ["Speelgoed en spellen", "In de eurolanden bet"]


# --- The knowledge base ----------------------------------------------------------------------------------------------


@pytest.fixture(scope="session")
def corpus_chunks(real_corpus: Corpus) -> list[Chunk]:
    return [chunk for document in real_corpus.documents for chunk in split(document)]


@pytest.mark.parametrize(
    "pattern",
    [
        entry.fact
        for table in (FORMULAS, DEADLINES, NORMS, PRIME_NORMS, LIMITS, NEEDS, THRESHOLDS, UNIT_RATES, SHARES, MONTH_PRICES)
        for entry in table
    ],
)
def test_the_fact_of_every_rule_still_stands_in_the_corpus(pattern: str, corpus_chunks: list[Chunk]) -> None:
    assert Sources(tuple(fact for chunk in corpus_chunks for fact in chunk.facts)).find(pattern) is not None


# One question that each rule must still answer from its articles, whatever the rates are by now.
ASKED = {
    "VAT lost on stock": ("btw-en-regels", "ik koop voor 6.000 euro voorraad in en zit in de KOR, hoeveel btw ben ik kwijt?"),
    "size tier": ("fba/formaatklassen", "in welke formaatklasse valt een doos van 40 x 30 x 15 cm van 3,5 kg?"),
    "highest pack price": ("zichtbaarheid/koopknop", "los kost een flesje 6,50 euro, wat mag een pak van 4 hooguit kosten?"),
    "total fee": (
        ("kosten/tarieven", "start/verkoopplan"),
        "puzzel van 12 euro op Individueel: wat gaat er in totaal af aan kosten en commissie?",
    ),
    "limit": ("listings/titel", "mijn titel is 92 tekens, hoeveel te lang?"),
    "orders needed": (
        "prestaties/grenswaarden",
        "hoeveel bestellingen heb ik nodig om met 2 defecten onder de norm van de ODR te blijven?",
    ),
    "return rate": ("fba/verwijderen", "18 retouren op 240 verkochte stuks, wat is mijn retourpercentage?"),
    "room": ("btw-en-regels/oss", "al 7.350 euro verkocht aan België, hoeveel ruimte tot de drempel?"),
    "margin": ("strategie/marge", "verkoopprijs 60 euro, 15% commissie, 5 euro FBA en 10 euro inkoop: wat hou ik over?"),
    "digital surcharge": ("kosten/overige", "6 euro verwijzingskosten op Amazon.it, hoeveel digitale toeslag?"),
    "refund fee": ("kosten/overige", "ik betaalde 45 euro commissie en betaal de klant terug"),
    "VAT that stays": ("btw-en-regels/facturen", "12% commissie met de KOR, hoeveel is dat echt?"),
    "fee change": ("kosten/tarieven", "hoeveel scheelt de verlaging voor kleding van 12 euro?"),
    "price limit": ("kosten/verwijzingskosten", "14 euro plus 3,95 verzendkosten, is dat boven de grens van 15 euro?"),
    "referral fee": ("kosten/tarieven", "commissie op sieraden van 300 euro?"),
    "coupon": ("groei/coupons", "coupon in Duitsland met 4000 euro omzet"),
    "promotion": ("groei/coupons", "normaal verkoop ik er 100, 6 euro marge, 2 euro korting: hoeveel extra?"),
    "share": ("groei/coupons", "couponbudget van 500 euro, wanneer stopt de coupon?"),
    "prime discount": ("groei/coupons", "prime-korting op een prijs van 50 euro, wat is de hoogste prijs?"),
    "selling plan": ("start/verkoopplan", "25 artikelen per maand, Individueel of Professioneel?"),
    "months": ("start/verkoopplan", "wat kost Professioneel voor een jaar?"),
    "aged storage": ("fba/opslagkosten", "2 m3 voorraad van 310 dagen oud, hoeveel toeslag?"),
    "storage": ("fba/opslagkosten", "3 kuub opslag in december in Duitsland"),
    "low inventory": ("fba/toeslagen", "klein pakket, 10 dagen dekking in Duitsland, 100 stuks: lage-voorraadtoeslag?"),
    "removal": ("fba/verwijderen", "100 stuks van 150 gram terugsturen"),
    "EFN or local": ("fba/pan-eu", "klein pakket van 1,4 kg: verschil EFN en lokaal?"),
    "fulfilment": ("fba/fulfilment", "100 stuks klein pakket van 350 gram op Amazon.nl"),
    "base plus weight": ("fba/fulfilment", "jas van 600 gram in middelgroot pakket 2 op Amazon.nl"),
    "fuel surcharge": ("fba/toeslagen", "4,50 fulfilment met brandstoftoeslag?"),
    "volume weight": ("fba/formaatklassen", "volumegewicht van 42 bij 30 bij 22?"),
    "per unit": ("fba/toeslagen", "toeslag voor 300 powerbanks"),
    "vine": ("zichtbaarheid/recensies", "3 producten met elk 20 exemplaren in Vine, wat kost dat?"),
    "bid": ("adverteren/biedingen", "prijs 25 euro, conversie 10% en doel-acos 25%: maximumbod?"),
    "daily budget": ("adverteren/biedingen", "10 euro per dag budget, hoeveel per maand?"),
    "reorder point": ("fba/voorraad", "8 stuks per dag en levertijd 30 dagen: bestelpunt?"),
    "against norm": ("prestaties/grenswaarden", "3 van mijn 80 bestellingen geannuleerd"),
    "returns": ("fba/verwijderen", "200 koptelefoons verkocht in Duitsland en 40 terug"),
    "formula": ("adverteren/acos", "100 euro uitgegeven aan advertenties en 150 euro omzet, acos?"),
    "total": ("btw-en-regels/dsa", "3.000 euro op .nl en 2.500 op .de, verzekering nodig?"),
    "multipack": ("zichtbaarheid/koopknop", "3-pack voor 24 euro en los 7 euro"),
    "shelf life": ("fba/verpakken", "pot met 120 dagporties, hoe lang houdbaar?"),
    "payout": ("kosten/uitbetaling", "bezorgd op 6 januari, wanneer komt mijn geld vrij?"),
    "deadline": ("fba/retouren", "voorraad kwijt gemeld op 10 april 2026, tot wanneer kan ik claimen?"),
    "VAT": ("btw-en-regels/oss", "wat blijft er over van 100 euro na Duitse btw?"),
}


@pytest.mark.parametrize("rule", [rule.name for rule in RULES])
def test_every_rule_works_on_its_own_article(rule: str, corpus_chunks: list[Chunk]) -> None:
    article, question = ASKED[rule]
    chunks = [chunk for chunk in corpus_chunks if chunk.document_id.startswith(article)]
    worked = work_out(question, [fact for chunk in chunks for fact in chunk.facts], chunks=chunks)
    assert worked is not None
    assert worked.rule == rule


def test_a_fee_comes_out_as_in_the_examples_of_the_corpus(corpus_chunks: list[Chunk]) -> None:
    """Sentences such as "Over een T-shirt van € 17,95 betaal je 10% verwijzingskosten, dus ongeveer € 1,80." """
    examples = Sources(
        tuple(fact for chunk in corpus_chunks for fact in chunk.facts if chunk.document_id == "kosten/tarieven-per-categorie.md")
    )
    found = list(
        examples.hits(
            r"^over (?:een )?(?P<thing>[^€%.;]{2,40}?) van € (?P<price>[\d,]+) betaal .*?(?:dus (?:ongeveer )?|samen )€ (?P<fee>[\d,]+\d)"
        )
    )
    assert len(found) >= 8
    for hit in found:
        chunks = [chunk for chunk in corpus_chunks if hit.fact in chunk.facts]
        worked = worked_sum(
            f"hoeveel commissie over {hit.match.group('thing')} van € {hit.match.group('price')}?", chunks[0].facts, chunks=chunks
        )
        assert f"= € {hit.match.group('fee')} " in worked


def test_a_long_question_takes_no_time() -> None:
    facts = split_facts(CLOTHING + HOME + ADS + STOCK + PERFORMANCE)
    assert worked_sum("kleding van 12 euro 3 van 4 x 5 bij 6 op 7 1.000 " * 400, facts) == ""


def test_a_sentence_that_stands_twice_counts_once(real_corpus: Corpus) -> None:
    calculator = Calculator(lambda: [chunk for document in real_corpus.documents for chunk in split(document)])
    once = "Dit jaar heb ik 19.000 euro omzet."
    assert calculator.work_out([f"{once} {once} Zit ik boven de grens van de KOR?"], []) == calculator.work_out(
        [f"{once} Zit ik boven de grens van de KOR?"], []
    )
