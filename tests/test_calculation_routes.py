"""From where to where FBA sends: the local tariff, that of EFN, or nothing when the question leaves it open."""

import pytest

from assistant.calculation.reading import read_words
from assistant.calculation.routes import Route, route_of

CASES = [
    ("Wat kost een klein pakket van 600 gram met FBA?", Route("NL")),
    ("Wat kost een klein pakket met FBA op Amazon.de?", Route("DE")),
    ("klein pakket 400 gram fba frankrijk", Route("FR")),
    ("Ik verkoop in Duitsland met lokale voorraad, wat kost een klein pakket?", Route("DE")),
    ("Met Pan-EU aan, wat kost een klein pakket naar een klant in Spanje?", Route("ES")),
    ("Al mijn spullen liggen in een Nederlands FBA-magazijn en een Duitser bestelt een klein pakket", Route("DE", True)),
    ("mn stock staat in polen, klant uit nederland koopt een klein pakket", Route("NL", True)),
    ("Voorraad enkel in Duitsland, koper in Nederland, klein pakket", Route("NL", True)),
    ("Mijn klant woont in Frankrijk maar ik sla alles op in Nederland", Route("FR", True)),
    ("mijn voorraad ligt hier en ik stuur een pakket aan een Italiaan", Route("IT", True)),
    ("klein pakket van nederland naar belgie", Route("BE", True)),
    ("Verkopen aan Zweden vanuit mijn Duitse voorraad, klein pakket", Route("SE", True)),
    ("Ik doe niet mee aan Pan-EU, alles ligt in Nederland. Klein pakket naar Spanje?", Route("ES", True)),
    ("FBA-voorraad staat in Duitsland, bestelling komt van amazon.nl, klein pakket", Route("NL", True)),
    ("klein pakket van 1 kg via EFN naar Duitsland", Route("DE", True)),
    ("voorraad ligt in Duitsland en de klant zit ook in Duitsland, klein pakket", Route("DE")),
    ("Voorraad in Duitsland en Frankrijk, koper in Frankrijk, klein pakket", Route("FR")),
    ("Voorraad in NL en in Duitsland, een Duitse klant koopt een klein pakket", Route("DE")),
    ("ik zit in nl maar al mn stock staat bij amazon duitsland, klein pakket naar nl klant", Route("NL", True)),
    ("Voorraad in Duitsland en Frankrijk, koper in Italië, klein pakket", None),
    ("Wat kost een klein pakket naar een klant in Frankrijk?", None),
    ("klein pakket van 1 kg naar Duitsland, ik heb geen Pan-EU", None),
    ("mijn voorraad ligt in Duitsland, wat kost een klein pakket?", None),
    ("Mijn Nederlandse voorraad aan een Brit verkopen, klein pakket", None),
    ("klein pakket naar Oostenrijk", None),
    ("klein pakket via EFN naar Portugal", None),
    ("wat kost een klein pakket in Nederland en in België?", None),
]


@pytest.mark.parametrize(("text", "route"), CASES, ids=[case[0] for case in CASES])
def test_the_route_follows_from_stock_and_customer(text: str, route: Route | None) -> None:
    question = read_words(text)
    assert question is not None
    assert route_of(question) == route
