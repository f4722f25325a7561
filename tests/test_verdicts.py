"""A verdict is only given when the sentence decides the question."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.verdicts import LEAST_COVERAGE, SURE, verdict

DECIDED = {
    "may": ("Mag ik een recensie vragen?", "Je mag elke klant om een eerlijke recensie vragen.", "Ja."),
    "may not": ("Mag ik een recensie kopen?", "Je mag geen recensie kopen.", "Nee."),
    "forbidden": ("Mag ik een tweede account openen?", "Een tweede account openen is verboden.", "Nee."),
    "never": ("Mag ik om vijf sterren vragen?", "Vraag nooit om vijf sterren.", "Nee."),
    "does not allow": ("Mag ik links in een bericht zetten?", "Amazon staat in berichten geen links toe.", "Nee."),
    "must": ("Moet ik elk stuk stickeren?", "Een wederverkoper moet elk stuk stickeren.", "Ja."),
    "need not": ("Moet ik nog stickeren?", "Merkeigenaren hoeven niet te stickeren.", "Nee."),
    "cannot": ("Kan ik een SKU wijzigen?", "Een SKU kun je later niet meer wijzigen.", "Nee."),
    "condition": ("Mag ik alcohol verkopen?", "Je mag alcohol verkopen, mits je een vergunning hebt.", "Alleen onder voorwaarden."),
    "allowed unless": ("Mag ik twee accounts hebben?", "Amazon staat één account toe, tenzij je een goede reden hebt.", "Alleen onder voorwaarden."),
    "ought not": ("Moet er CE op mijn geurkaarsen?", "Op kleding, meubels en kaarsen hoort geen CE-markering.", "Nee."),
    "knows none": ("Moet ik op Amazon.com.be ook die CEP-opslag betalen?", "Voor levering op Amazon.nl en Amazon.com.be kent de tariefkaart geen CEP-opslag.", "Nee."),
    "hoeft niet": ("Hoef ik mij aan te melden voor het lage tarief?", "Het lage tarief gaat automatisch in: je hoeft je niet aan te melden.", "Nee."),
    "not needed": ("Heb ik AWS nodig om op Amazon te verkopen?", "AWS is bedoeld voor ontwikkelaars; om op Amazon te verkopen heb je AWS niet nodig.", "Nee."),
    "needed": ("Heb ik een Duits btw-nummer nodig voor FBA in Duitsland?", "Wie FBA in Duitsland gebruikt, heeft daar een Duits btw-nummer nodig.", "Ja."),
    "counts not": ("Telt een afgewezen claim mee in de ODR?", "Een toegekende claim telt mee in je ODR; een afgewezen claim telt niet mee in je ODR.", "Nee."),
    "counts": ("Telt een terugboeking mee in mijn ODR?", "Een terugboeking telt mee in je ODR, net als een A-tot-Z-claim.", "Ja."),
    "gets not": ("Krijg ik punten terug als ik de aanbieding verwijder?", "Los het op via Accountstatus; de aanbieding verwijderen geeft je geen punten terug.", "Nee."),
    "exists no more": ("Bestaat Small and Light nog?", "FBA Small and Light bestaat niet meer: het programma stopte in 2023.", "Nee."),
    "claim": ("Klopt het dat negatief breed ook bestaat?", "Op Amazon bestaan negatief exact en negatief woordgroep; negatief breed bestaat niet.", "Nee."),
    "is forbidden": ("Is een recensie kopen verboden?", "Een recensie kopen is verboden.", "Ja."),
    "situation first": ("Mijn account is dicht, mag ik een nieuw account openen?", "Open na een blokkade geen nieuw account.", "Nee."),
    "mag dat after it": ("Ik wil mijn dooslabel hergebruiken, mag dat?", "Je mag een dooslabel niet hergebruiken.", "Nee."),
    "aside after a semicolon": ("Mag mijn partner het inpakken van mijn bestellingen doen?", "Een partner mag het inpakken van je bestellingen doen; jij blijft verantwoordelijk.", "Ja."),
    "other side is another thing": ("Heeft een gewoon FBM-aanbod het Prime-logo?", "Een gewoon FBM-aanbod heeft geen Prime-logo; met SFP kan dat wel.", "Nee."),
    "rather": ("Telt de vrijstelling vanaf het openen van mijn account?", "De vrijstelling telt vanaf je eerste aanlevering, niet vanaf het openen van je account.", "Nee."),
    "command with the verb asked": ("Mag ik het label over de naad plakken?", "Plak het label niet op een naad of hoek.", "Nee."),
    "named country": ("Geldt de bedenktijd in België?", "De bedenktijd geldt in Nederland en België.", "Ja."),
    "bracketed": ("Is er een minimumbedrag voor boeken?", "Media (boeken en muziek) hebben geen minimumbedrag.", "Nee."),
    "must when": ("Is een verzekering verplicht?", "Een verzekering is verplicht zodra je meer dan een kleine omzet haalt.", "Alleen onder voorwaarden."),
    "as long as": ("Mag mijn leverancier namens mij verzenden?", "Een leverancier mag namens jou verzenden als hij alleen jouw naam op de doos zet.", "Alleen onder voorwaarden."),
}  # fmt: skip

UNDECIDED = {
    "another number": ("Mag ik twee accounts hebben?", "Je mag één account hebben."),
    "never without": ("Mag ik om een recensie vragen?", "Vraag nooit om een recensie zonder de knop te gebruiken."),
    "another's act": ("Kan ik mijn bestelling nog annuleren?", "Vraag de klant nooit om zelf te annuleren."),
    "never during": ("Mag ik een titel wijzigen?", "Wijzig nooit een titel tijdens een actie."),
    "two sides": ("Mag ik een recensie vragen?", "Een neutrale recensie mag, maar een beloning is verboden."),
    "unsure": ("Mag ik dat in Nederland verkopen?", "Verkopen mag in Nederland, maar dat is niet bevestigd."),
    "question denies": ("Mag ik dat niet verkopen?", "Je mag geen wapens verkopen."),
    "no modal": ("Hoe verkoop ik alcohol?", "Je mag geen alcohol verkopen."),
    "can alone": ("Kan ik een zending wijzigen?", "Je kan een zending aanmaken."),
    "zonder in the question": ("Mag ik zonder EAN verkopen?", "Je mag producten met een EAN verkopen."),
    "open question": ("Hoe mag ik recensies vragen?", "Je mag geen recensies vragen."),
    "either or": ("Mag ik een recensie vragen of mag ik dat niet doen en moet ik wachten?", "Je mag een recensie vragen."),
    "does it harm": ("Ik leg een kaartje met een cadeau in de doos, kan dat kwaad?", "Een kaartje met een cadeau in de doos is verboden."),
    "is it more": ("Is FBA duurder dan FBM?", "FBM is duurder dan FBA."),
    "other side shares the words": (
        "Mag ik om een recensie vragen aan klanten?",
        "Om een recensie vragen mag; aan klanten om een recensie vragen tegen betaling mag niet.",
    ),
    "another country": ("Mag ik alcohol verkopen in België?", "Je mag in Duitsland alcohol verkopen."),
    "abroad only": ("Mag ik alcohol verkopen?", "In Frankrijk mag je geen alcohol verkopen."),
    "number left out": ("Mag ik 3 rekeningen hebben?", "Je mag rekeningen hebben."),
    "condition that is asked": (
        "Moet ik met artikel 23 de invoer-btw betalen?",
        "Je moet invoer-btw betalen, tenzij je een vergunning artikel 23 hebt.",
    ),
    "only with something else": (
        "Mag ik goedkeuring vragen met Individueel?",
        "Goedkeuring vragen mag alleen met Professioneel, niet met een proefaccount.",
    ),
    "amazon may": ("Mag ik mijn voorraad verplaatsen?", "Amazon mag je voorraad verplaatsen."),
    "seller may": ("Mag Amazon mijn prijs wijzigen?", "Je mag je prijs wijzigen."),
    "another act": ("Kan ik een zending wijzigen?", "Je kunt geen zending annuleren."),
    "command about another act": ("Heeft elke doos een eigen label nodig?", "Plak het label niet op een naad of hoek van de doos."),
    "denied in the condition": (
        "Kan ik te veel betaalde commissie terugvragen?",
        "Klopt de categorie niet, dan kun je te veel betaalde commissie terugvragen bij Amazon.",
    ),
    "denied in a relative clause": (
        "Kan mijn titel uit de zoekresultaten verdwijnen?",
        "Een titel die niet aan de regels voldoet, kan uit de zoekresultaten verdwijnen.",
    ),
    "denied in what follows": ("Is een saai bericht een slecht teken?", "Een saai bericht is een teken dat het idee niet goed is."),
    "quoted": (
        "Mogen merken hun voorraad mengen?",
        "Blogs die zeggen dat merken hun voorraad mogen mengen, spreken de aankondiging tegen.",
    ),
    "nothing found": ("Is er een eis voor de pallet?", "Voor de pallet is geen eis gevonden."),
    "not by itself": ("Krijg ik met Brand Registry een vrijstelling?", "Brand Registry geeft niet vanzelf een vrijstelling."),
    "whether": ("Geldt de uitzondering voor bloembakken?", "Controleer of de uitzondering geldt voor bloembakken."),
    "has says too little": ("Is dit boek iets voor verkopers op bol?", "Dit boek is geschreven voor verkopers op bol."),
    "some of them": ("Mag ik bundels maken met een ander merk?", "Bundels maken met een ander merk is beperkt toegestaan."),
    "not needed is no ban": ("Kan ik reclame maken voor mijn merk?", "Voor reclame heb je geen merk nodig, dus je kunt die maken."),
    "allowed and something else denied": (
        "Mag ik de barcode van de fabriek gebruiken?",
        "Je mag de barcode van de fabriek gebruiken en plakt geen stickers.",
    ),
    "denied and so something else": ("Is de btw een echte kostenpost?", "De btw is niet aftrekbaar en dus een echte kostenpost."),
    "a question itself": ("Heb ik genoeg mensen voor de verandering?", "Hebben we genoeg mensen voor de verandering?"),
    "empty": ("", ""),
}


@pytest.mark.parametrize(("question", "sentence", "expected"), DECIDED.values(), ids=DECIDED)
def test_verdict_says_what_the_sentence_decides(question: str, sentence: str, expected: str) -> None:
    assert verdict(question, sentence, 1.0) == expected


@pytest.mark.parametrize(("question", "sentence"), UNDECIDED.values(), ids=UNDECIDED)
def test_verdict_keeps_silent_where_the_sentence_does_not_decide(question: str, sentence: str) -> None:
    assert verdict(question, sentence, 1.0) == ""


def test_verdict_keeps_silent_when_too_little_of_the_question_is_covered() -> None:
    question, sentence = "Mag ik een beoordeling kopen bij een bureau?", "Je mag geen recensie kopen."
    assert verdict(question, sentence, LEAST_COVERAGE) == ""  # the sentence does not hold enough of it by its own words
    question = "Mag ik een beoordeling kopen?"
    assert verdict(question, sentence, LEAST_COVERAGE) == "Nee."
    assert verdict(question, sentence, LEAST_COVERAGE - 0.11) == ""


def test_less_will_do_for_a_fact_that_is_likelier_than_all_others_together() -> None:
    question, sentence = "Mag ik een beoordeling kopen?", "Je mag geen recensie kopen."
    assert verdict(question, sentence, 0.0, SURE) == "Nee."
    assert verdict(question, sentence, 0.0, SURE - 0.01) == ""
    assert verdict("Mag ik een oordeel krijgen van een bureau?", sentence, 0.0, SURE) == ""


@pytest.mark.parametrize(
    ("likelier", "expected"),
    [
        ((), "Nee."),
        (("Meerdere producten samen in een doos mag, zolang de datum gelijk is.",), ""),
        (("Verschillende producten mag je nooit samen in een doos doen.",), "Nee."),
        (("Een doos weegt hooguit 23 kg.",), "Nee."),
    ],
)
def test_a_likelier_sentence_that_points_the_other_way_silences(likelier: tuple[str, ...], expected: str) -> None:
    question, sentence = "Mogen producten samen in een doos?", "Je mag producten niet samen in een doos doen."
    assert verdict(question, sentence, 1.0, likelier=likelier) == expected


@given(st.text(), st.text(), st.floats(0, 1))
def test_verdict_takes_any_text(question: str, sentence: str, coverage: float) -> None:
    assert verdict(question, sentence, coverage) in ("", "Ja.", "Nee.", "Alleen onder voorwaarden.")
