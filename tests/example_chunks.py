"""Six chunks about selling, small enough to know by heart, with figures that are easily mixed up."""

from datetime import date

from assistant.documents import Chunk, Source

CHECKED_ON = date(2026, 11, 22)


def make_chunk(heading: str, text: str, *, title: str = "Verkopen", marketplaces: tuple[str, ...] = ("NL",), url: str = "") -> Chunk:
    """A chunk with little more than a heading and a text."""
    source = Source(name="Seller Central", url=url or "https://sellercentral.amazon.nl/help/hub", accessed_on=CHECKED_ON)
    return Chunk(
        chunk_id=heading,
        document_id="proef/artikel.md",
        title=title,
        heading=heading,
        text=text,
        marketplaces=marketplaces,
        checked_on=CHECKED_ON,
        sources=(source,),
    )


PLANS = make_chunk(
    "Wat kost een verkoopplan op Amazon.nl?",
    "Het plan Professioneel kost op Amazon.nl € 39 per maand, excl. btw (stand november 2026). "
    "Het plan Individueel kost € 0,99 per verkocht artikel. "
    "Vanaf 40 verkochte artikelen per maand is Professioneel goedkoper.\n\n"
    "**PAS OP:** Het maandbedrag van Professioneel loopt door als je niets verkoopt.",
)
STORAGE = make_chunk(
    "Wat kost opslag bij FBA in Duitsland?",
    "Opslag bij FBA kost in Duitsland van januari tot en met september € 27,54 per m³ per maand. "
    "In oktober, november en december kost opslag bij FBA in Duitsland € 52,20 per m³ per maand. "
    "De tarieven voor opslag gelden sinds 1 februari 2026.\n\n"
    "- Voorraad die langer dan 241 dagen ligt, krijgt een toeslag.\n"
    "- De toeslag voor oude voorraad wordt op de 15e van elke maand berekend.",
    marketplaces=("DE",),
)
FEES = make_chunk(
    "Hoeveel verwijzingskosten betaal je per categorie?",
    "De tabel toont de verwijzingskosten per categorie op Amazon.nl (2026, excl. btw).\n\n"
    "| Categorie | t/m € 15 | boven € 15 |\n|---|---|---|\n"
    "| Kleding | 5% | 10% |\n| Schoenen | 15% | 12% |\n| Boeken | 15% | 15% |\n\n"
    "De verwijzingskosten zijn minstens € 0,30 per artikel.",
)
REVIEWS = make_chunk(
    "Mag je een beloning geven voor een recensie?",
    "Je mag geen beloning geven voor een recensie: geen geld, geen korting en geen gratis product. "
    "Een neutraal verzoek om een eerlijke recensie mag wel. "
    "De knop 'Recensie aanvragen' werkt tussen 5 en 30 dagen na de bezorging.",
    marketplaces=("EU",),
)
TRADEMARK = make_chunk(
    "Wat kost het om een Benelux-merk te registreren?",
    "Een Benelux-merk kost bij BOIP vanaf € 244 voor één klasse en geldt 10 jaar. "
    "Een spoedinschrijving van een Benelux-merk kost vanaf € 440. "
    "Wordt je merkaanvraag geweigerd, dan krijg je je geld van BOIP niet terug.",
    marketplaces=("NL", "BE"),
    url="https://www.boip.int/nl",
)
APPEAL = make_chunk(
    "Hoe maak je bezwaar tegen een schorsing?",
    "Zo maak je bezwaar tegen een schorsing van je account:\n\n"
    "1. Open Accountstatus in Seller Central.\n"
    "2. Kies Beroep aantekenen bij het beleid dat is geschonden.\n"
    "3. Beschrijf de oorzaak, wat je hebt hersteld en hoe je herhaling voorkomt.\n"
    "4. Wacht 48 uur op antwoord van Amazon.\n\n"
    "Een tweede account openen tijdens een schorsing is verboden.",
)
CHUNKS = (PLANS, STORAGE, FEES, REVIEWS, TRADEMARK, APPEAL)
