"""Sums that sellers ask for, worked out with the whole knowledge base; the outcomes were worked by hand from its articles.

When a rate in the knowledge base changes, the outcomes that rest on it are worked anew by hand.
"""

import re
from datetime import date

import pytest

from assistant.articles import Corpus
from assistant.calculation import Calculator
from assistant.splitters import split

TODAY = date(2026, 11, 22)

# What a seller types, what must stand in the sum, and the marketplace of the seller when it is not Amazon.nl.
QUESTIONS = [
    ("Wat betaal ik aan commissie over een broek van € 34,95? (kleding)", ["€ 5,24"], "NL"),
    ("verwijzingskosten jurk 14,50 kleding", ["€ 0,73"], "NL"),
    ("Ik verkoop sokken voor precies 15 euro, hoeveel commissie gaat eraf?", ["€ 0,75"], "NL"),
    ("hoeveel verwijzingskosten over een woonartikel van 19,99?", ["€ 1,60"], "NL"),
    ("Een vaas in de categorie wonen kost bij mij € 24,50. Wat is de commissie?", ["€ 3,68"], "NL"),
    ("meubel van 1.250 euro, wat pakt amazon?", ["€ 135,00"], "NL"),
    ("Hoeveel commissie over een horloge van 625 euro?", ["€ 56,25"], "NL"),
    ("referral fee voor een sieraad van € 1.100,00", ["€ 92,50"], "NL"),
    ("Ik wil een computer verkopen van 849 euro, wat zijn de verwijzingskosten?", ["€ 59,43"], "NL"),
    ("accessoire voor de computer, prijs € 130, hoeveel commissie?", ["€ 17,40"], "NL"),
    ("Auto-accessoire (categorie auto en motor) van 120 euro: verwijzingskosten?", ["€ 13,80"], "NL"),
    ("handtas 89 euro commissie", ["€ 13,35"], "NL"),
    ("shampoo van 9.95 euro in beauty, hoeveel commissie betaal ik?", ["€ 0,80"], "NL"),
    ("supplementen 12,50: wat houdt amazon in aan verwijzingskosten?", ["€ 1,88"], "NL"),
    ("diervoeding 42 euro per zak, verwijzingskosten?", ["€ 6,30"], "NL"),
    ("Pot honing (levensmiddelen) van € 3,50, wat is de commissie?", ["€ 0,18"], "NL"),
    ("pennen, kantoorartikelen, prijs € 1,20. Verwijzingskosten?", ["€ 0,30"], "NL"),
    ("fles wijn van 12,95, hoeveel procent commissie en hoeveel euro is dat?", ["€ 1,30"], "NL"),
    ("muziekinstrument van driehonderdtwintig euro, commissie?", ["€ 38,40"], "NL"),
    ("gereedschap van € 79,- hoeveel verwijzingskosten", ["€ 10,27"], "NL"),
    ("speelgoed 24,99 plus 4,95 verzendkosten, hoeveel verwijzingskosten betaal ik?", ["€ 4,49"], "NL"),
    ("T-shirt van 17,50 en 3,50 verzendkosten die de klant betaalt, welke commissie?", ["€ 3,15"], "NL"),
    ("Ik zet mijn shirt van 19,95 naar 20,50 euro, hoeveel meer commissie kost dat?", ["€ 1,08"], "NL"),
    ("wat scheelt het aan commissie als ik mijn vaas (wonen) van 21 naar 19,99 zet?", ["€ 1,55"], "NL"),
    ("25 puzzels van 12 euro verkocht, hoeveel verwijzingskosten in totaal?", ["€ 45,00"], "NL"),
    ("koptelefoon 59,95 in een categorie van 7%: hoeveel commissie?", ["€ 4,20"], "NL"),
    ("hoesje voor een Kindle van 20 euro, commissie?", ["€ 9,00"], "NL"),
    ("Mijn artikel kost 100 euro excl. btw, categorie van 15%. Wat betaal ik aan verwijzingskosten?", ["€ 18,15"], "NL"),
    ("handmade ring van 40 euro, wat is de commissie bij Handmade?", ["€ 4,80"], "NL"),
    ("matras 399 euro verwijzingskosten", ["€ 59,85"], "NL"),
    ("spelcomputer van 499 euro, wat gaat er naar Amazon aan commissie?", ["€ 39,92"], "NL"),
    ("set banden 280 euro, commissie amazon", ["€ 19,60"], "NL"),
    ("Een klant krijgt zijn geld terug, ik had 12 euro verwijzingskosten betaald. Wat houdt Amazon in?", ["€ 2,40", "€ 9,60"], "NL"),
    ("ik betaal een meubel van 600 euro terug aan de klant, hoeveel houdt amazon aan administratiekosten?", ["€ 5,00"], "NL"),
    ("artikel van 30 euro op amazon.fr met 15% verwijzingskosten, hoeveel is de toeslag digitale diensten?", ["€ 0,14"], "NL"),
    ("Toeslag digitale diensten over 8 euro verwijzingskosten in Spanje?", ["€ 0,24"], "NL"),
    ("Puzzel van € 24,95 via FBA, klein pakket van 800 gram op Amazon.nl: wat ben ik in totaal kwijt aan commissie en FBA?", ["€ 7,83"], "NL"),
    ("T-shirt 17,95 in een standaardenvelop van 200 gram via FBA in Nederland, totale kosten verwijzing + fulfilment?", ["€ 3,99"], "NL"),
    ("Ik zit op Individueel en verkoop een puzzel van 12 euro, wat gaat er in totaal af aan Amazon-kosten?", ["€ 2,79"], "NL"),
    ("Wat kost FBA voor 200 stuks klein pakket van 350 gram in Nederland?", ["€ 712,00"], "NL"),
    ("standaardpakket 2,5 kg in Duitsland zonder CEP, wat betaal ik met brandstoftoeslag?", ["€ 4,62"], "NL"),
    ("100 stuks klein pakket van 350 gram, fulfilmentkosten?", ["€ 373,00"], "BE"),
    ("Hoeveel kosten 30 stuks via EFN naar Nederland, klein pakket van 1,2 kg?", ["€ 288,90"], "NL"),
    ("wat kost fba voor een doos van 30x20x10 cm van 600 gram op amazon.nl? hij kost 35 euro in de winkel", ["€ 4,57"], "NL"),
    ("FBA standaard overmaat licht van 3,76 kg op Amazon.nl, wat kost dat?", ["€ 7,78"], "NL"),
    ("schoenen van 900 gram in middelgroot pakket 2, fba-kosten in België?", ["€ 4,79"], "NL"),
    ("40 verkopen in Frankrijk, klein pakket 850 gram, wat kost de fulfilment?", ["€ 235,20"], "NL"),
    ("mijn fulfilment is 5,30, wat wordt dat met de brandstoftoeslag?", ["€ 5,38"], "NL"),
    ("Hoe zwaar telt een doos van 60 x 40 x 40 cm als volumegewicht?", ["19,2 kg"], "NL"),
    ("volumegewicht van 33 bij 24,5 bij 11 cm", ["1,78 kg"], "NL"),
    ("Doos van 400x300x200 mm, weegt 3 kg. Met welk gewicht rekent FBA?", ["4,8 kg"], "NL"),
    ("Mijn FBA-doos weegt 26 kg, hoeveel te zwaar is dat?", ["3 kg"], "NL"),
    ("doos van 70 cm lang naar amazon sturen, hoeveel cm is dat te lang?", ["6,5 cm"], "NL"),
    ("Ik verstuur 250 powerbanks met lithium accu via FBA, hoeveel toeslag kost dat?", ["€ 25,00"], "NL"),
    ("650 stuks per maand in Duitsland zonder CEP, wat kost de opslag per maand?", ["€ 169,00"], "NL"),
    ("Standaardpakket met 18 dagen dekking in Duitsland, 300 stuks verkocht: hoeveel lage-voorraadtoeslag?", ["€ 105,00"], "NL"),
    ("Wat scheelt EFN en lokaal voor een klein pakket van 400 gram naar Nederland?", ["€ 3,70"], "NL"),
    ("opslag van 4 m3 in november in Duitsland", ["€ 208,80"], "NL"),
    ("0,8 kuub opslag bij FBA in juni, wat kost dat ongeveer?", ["€ 22,03"], "NL"),
    ("500 doosjes van 20x15x10 cm opslaan in december in Duitsland, wat betaal ik?", ["€ 78,30"], "NL"),
    ("overmaat, 2 m3, februari, Duitsland: opslagkosten?", ["€ 43,56"], "NL"),
    ("Hoeveel opslag betaal ik in Duitsland voor 3 m³ van oktober tot en met december?", ["€ 469,80"], "NL"),
    ("1,5 m3 voorraad die 280 dagen oud is in Duitsland, hoeveel toeslag per maand?", ["€ 187,74"], "NL"),
    ("300 stuks liggen al 400 dagen bij FBA in Duitsland, wat is minimaal de toeslag?", ["€ 60,00"], "NL"),
    ("opslag in engeland 20 kubieke voet november", ["£ 30,20"], "NL"),
    ("tachtig stuks van 450 gram laten terugsturen door FBA, wat kost dat?", ["€ 63,20"], "NL"),
    ("12 overmaatse stuks van 4 kg terugsturen uit Duitsland, kosten?", ["€ 102,60"], "NL"),
    ("Wat kost één stuk van 3 kg terugsturen (standaardformaat)?", ["€ 4,06"], "NL"),
    ("Ik verkoop 30 artikelen per maand, is Individueel goedkoper dan Professioneel?", ["€ 29,70"], "NL"),
    ("55 verkopen per maand op Individueel, wat betaal ik dan?", ["€ 54,45"], "NL"),
    ("Wat kost Professioneel me per jaar?", ["€ 468,00"], "NL"),
    ("Professioneel incl btw voor een half jaar, hoeveel is dat?", ["€ 283,14"], "NL"),
    ("Wat kosten twaalf verkochte stuks per maand met het plan Individueel?", ["€ 11,88"], "NL"),
    ("Hoeveel btw zit er in 49,95?", ["€ 8,67"], "NL"),
    ("59 euro incl btw in Duitsland, hoeveel is dat zonder btw?", ["€ 49,58"], "NL"),
    ("120 euro exclusief btw, wat is dat met Franse btw erbij?", ["€ 144,00"], "NL"),
    ("olijfolie van 8,72 inclusief 9% btw, hoeveel is dat exclusief?", ["€ 8,00"], "NL"),
    ("hoeveel is 80 euro excl btw inclusief 21% btw?", ["€ 96,80"], "NL"),
    ("Ik heb 6.200 euro aan Duitsland en 1.900 euro aan Frankrijk verkocht. Hoeveel mag ik nog tot de OSS-drempel?", ["€ 8.100,00", "€ 1.900"], "NL"),
    ("Al € 7.350 verkocht aan Belgische consumenten dit jaar, hoeveel ruimte heb ik nog tot de btw-drempel?", ["€ 2.650,00"], "NL"),
    ("Mijn omzet is nu 12.400 euro, hoeveel kan ik nog verkopen binnen de KOR?", ["€ 7.600,00"], "NL"),
    ("50 euro Amazon-kosten terwijl ik in de KOR zit, wat betaal ik echt?", ["€ 60,50"], "NL"),
    ("Hoeveel btw komt er op € 320 aan Amazon-kosten?", ["€ 67,20"], "NL"),
    ("Ik haalde deze maand 2.900 op .nl en 1.300 euro op .de, moet ik een verzekering hebben?", ["€ 4.200,00"], "NL"),
    ("Mijn winst is 30.000 euro in 2026, hoeveel is de mkb-winstvrijstelling?", ["€ 3.810,00"], "NL"),
    ("Pakket uit China met 5 soorten producten, hoeveel douanerecht?", ["€ 15,00"], "NL"),
    ("250 euro aan advertenties en 1.000 euro omzet uit die ads, wat is mijn acos?", ["25%"], "NL"),
    ("Wat is mijn ROAS als ik 180 euro uitgaf aan advertenties en 900 euro omzet had?", ["5 ROAS"], "NL"),
    ("Advertentiekosten 450 euro bij een totale omzet van 7.500 euro, wat is mijn TACoS?", ["6%"], "NL"),
    ("acos van 30%, welke roas is dat?", ["3,33"], "NL"),
    ("Mijn ROAS is 6, hoeveel procent acos is dat?", ["16,7%"], "NL"),
    ("Ik hou 9 euro over op een product van 30 euro, wat is mijn break-even acos?", ["30%"], "NL"),
    ("Prijs 40 euro, conversie 8%, doel-ACoS 20%: wat mag een klik hoogstens kosten?", ["€ 0,64"], "NL"),
    ("Eén op de 12 bezoekers koopt mijn product van 36 euro en ik wil 25% acos. Maximaal bod?", ["€ 0,75"], "NL"),
    ("bod van 0,80 euro en 40% extra voor bovenaan, wat bied ik dan?", ["€ 1,12"], "NL"),
    ("dagbudget van 15 euro, wat ben ik per maand maximaal kwijt?", ["€ 450,00"], "NL"),
    ("Ik heb 600 euro per maand voor ads, welk dagbudget zet ik in?", ["€ 20,00"], "NL"),
    ("36 bestelde stuks op 480 sessies, wat is mijn conversie?", ["7,5%"], "NL"),
    ("2.000 sessies, conversie 6%, prijs € 19,95: welke omzet?", ["€ 2.394,00"], "NL"),
    ("2 klachten op 160 bestellingen, wat is mijn ODR?", ["1,25%", "te hoog"], "NL"),
    ("5 van de 220 bestellingen te laat verzonden, is dat erg?", ["2,27%", "binnen"], "NL"),
    ("Ik annuleerde 7 van de 210 orders, haal ik de norm?", ["3,33%", "te hoog"], "NL"),
    ("188 van 200 zendingen hadden geldige tracking, genoeg?", ["94%", "te laag"], "NL"),
    ("hoeveel bestellingen heb ik minstens nodig om met 2 defecten onder de 1% ODR te blijven?", ["200"], "NL"),
    ("45 van de 52 pakketten op tijd bezorgd in Duitsland, haal ik OTDR?", ["86,5%", "te laag"], "NL"),
    ("Hoeveel punten accountscore krijg ik voor 500 bestellingen?", ["10 punten"], "NL"),
    ("Hoeveel van mijn 600 Prime-bestellingen mag ik zelf annuleren met SFP?", ["3"], "NL"),
    ("297 van 300 Prime-bestellingen met geldige tracking, haal ik de SFP-norm?", ["99%"], "NL"),
    ("18 retouren op 240 verkochte stuks, wat is mijn retourpercentage?", ["7,5%"], "NL"),
    ("300 crèmes (beauty) verkocht in Duitsland, 30 terug: hoeveel boven de retourdrempel?", ["10%", "16,95"], "NL"),
    ("4 van de 60 facturen waren te laat in Duitsland, wat is mijn IDR?", ["6,67%", "te hoog"], "NL"),
    ("Verkoopprijs 29,95, inkoop 8 euro, FBA 4,50 en 15% commissie. Wat hou ik over?", ["€ 7,76"], "NL"),
    ("6 euro winst op een verkoopprijs van 25 euro, welke marge is dat?", ["24%"], "NL"),
    ("ik koop in voor 12 euro en hou 9 euro winst over, ROI?", ["75%"], "NL"),
    ("Inkoop 7 euro, welke verkoopprijs bij de factor 3?", ["€ 21,00"], "NL"),
    ("640 stuks voorraad en 16 verkopen per dag, hoeveel dagen dekking?", ["40"], "NL"),
    ("Bestelpunt bij 6 stuks per dag, levertijd 20 dagen plus 10 dagen transport en 14 dagen veiligheidsvoorraad?", ["264"], "NL"),
    ("240 stuks verkocht in 90 dagen met gemiddeld 80 op voorraad: sell-through?", ["3"], "NL"),
    ("Ik verkoop 4 stuks per dag, hoeveel voorraad leg ik bij Amazon?", ["120", "240"], "NL"),
    ("Potje met 60 dagporties, hoe lang moet het houdbaar zijn bij aankomst?", ["150"], "NL"),
    ("Gemiddeld 26 m3 opgeslagen en 2 m3 per week verzonden, wat is mijn storage utilisation ratio?", ["13"], "NL"),
    ("Coupon in Duitsland, 6.000 euro couponomzet, wat kost die?", ["€ 49,00"], "NL"),
    ("Wat kost een coupon in Italië bij 1.500 euro omzet?", ["€ 9,50"], "NL"),
    ("couponbudget 250 euro, bij hoeveel euro stopt hij?", ["€ 200,00"], "NL"),
    ("normaal verkoop ik 60 stuks met 8 euro marge, ik geef 3 euro korting en de actiekosten zijn 40 euro: hoeveel extra stuks?", ["44"], "NL"),
    ("Mijn gewone prijs is 35 euro, welke prijs moet ik minstens hebben voor een Prime-exclusieve korting op Prime Day?", ["€ 28,00"], "NL"),
    ("Laagste prijs van de afgelopen 30 dagen was 40 euro, wat mag mijn Prime Day-prijs hoogstens zijn?", ["€ 38,00"], "NL"),
    ("4 producten met elk 25 stuks in Vine, wat kost dat?", ["€ 680,00"], "NL"),
    ("TikTok Shop in Duitsland: hoeveel commissie over 50 euro?", ["€ 4,50"], "NL"),
    ("4-pack voor 30 euro en los 8 euro per stuk, mag dat?", ["€ 7,50"], "NL"),
    ("kleding van 18 euro: hoeveel scheelt de verlaging van de verwijzingskosten?", ["€ 0,90"], "NL"),
    ("800 pakketten naar Duitsland verstuurd, hoeveel verpakking geef ik op bij LUCID?", ["76 kg", "4 kg"], "NL"),
    ("Mijn titel is 92 tekens, hoeveel moet eraf?", ["17"], "NL"),
    ("mijn zoektermen zijn 270 bytes, hoeveel te veel?", ["21"], "NL"),
    ("bezorgd op 3 maart, wanneer komt mijn geld vrij?", ["11 maart"], "NL"),
    ("Amazon meldde op 12 mei dat mijn FBA-voorraad kwijt is, tot wanneer kan ik claimen?", ["11 juli"], "NL"),
    ("klant kreeg zijn pakket op 28 november, tot wanneer mag hij herroepen?", ["12 december"], "NL"),
    ("A-tot-Z-claim toegekend op 5 januari 2026, tot wanneer kan ik bezwaar maken?", ["4 februari 2026"], "NL"),
    ("Black Friday is 27 november 2026, wanneer moet mijn FBA-voorraad uiterlijk binnen zijn?", ["16 oktober 2026"], "NL"),
    ("klant is op 1 april terugbetaald maar de retour klopt niet, wanneer kan ik een claim indienen?", ["16 mei", "15 juli"], "NL"),
    ("product geleverd op 10 juni, wanneer kan ik de recensie aanvragen?", ["15 juni", "10 juli"], "NL"),
    ("klant herriep op 20 juli, wanneer moet ik uiterlijk terugbetalen?", ["3 augustus"], "NL"),
    ("Duitse klant kreeg zijn product op 15 mei 2025, tot wanneer heeft hij wettelijke garantie?", ["15 mei 2027"], "NL"),
    ("retourverzoek uit Duitsland op 9 september voor een artikel van 60 euro dat ik zelf verstuur, tot wanneer moet ik een oplossing bieden?", ["12 september"], "NL"),
    ("Mijn voorraad kwam 1 februari 2026 aan in het magazijn, wanneer begint de toeslag voor verouderde voorraad?", ["29 september 2026"], "NL"),
    ("A-tot-Z-claim gekregen op 6 mei, tot wanneer heb ik om te reageren?", ["8 mei"], "NL"),
    ("Mijn horloge kost 400 euro. Ik verkoop het op Amazon.nl. Wat betaal ik aan verwijzingskosten?", ["€ 45,00"], "NL"),
]  # fmt: skip
# Questions of which one number is not there, and a word for that number.
NEEDED = [
    ("op 3 maart verkocht, wanneer krijg ik uitbetaald?", "bezorg"),
    ("Hoeveel commissie betaal ik over een trui?", "prijs"),
    ("wat is mijn acos bij 300 euro advertentiekosten?", "omzet"),
    ("Hoeveel kost opslag van 200 doosjes in december in Duitsland?", "m³|maten|afmeting|volume"),
    ("Wat is het volumegewicht van een doos van 40 x 30 cm?", "hoogte|derde|drie"),
    ("wat is mijn odr met 3 klachten?", "bestellingen"),
    ("100 stuks laten terugsturen door FBA, wat kost dat?", "gewicht|weegt"),
]  # fmt: skip
# Questions that no rule can answer with a sum.
SILENT = [
    "Ik verkoop iets voor 40 euro, wat hou ik over?",
    "Hoeveel commissie over een product van 40 dollar?",
    "Wat kost FBA voor een klein pakket op Amazon.com in Amerika, 100 stuks van 300 gram?",
    "Hoeveel btw moet ik betalen over 1.000 euro omzet?",
    "Mijn acos is 40%, is dat te hoog?",
    "Ik verkoop al 3 jaar op Amazon en heb 2 medewerkers, hoe hoog is mijn accountscore?",
]  # fmt: skip


@pytest.fixture(scope="session")
def calculator(real_corpus: Corpus) -> Calculator:
    return Calculator(lambda: [chunk for document in real_corpus.documents for chunk in split(document)])


@pytest.mark.parametrize(("question", "outcomes", "marketplace"), QUESTIONS, ids=[case[0] for case in QUESTIONS])
def test_a_sum_comes_out_as_worked_by_hand(question: str, outcomes: list[str], marketplace: str, calculator: Calculator) -> None:
    worked = calculator.work_out([question], [], marketplace=marketplace, today=TODAY)
    assert worked is not None
    assert worked.is_sum
    missing = [outcome for outcome in outcomes if not re.search(rf"(?<![\d.,]){re.escape(outcome)}(?!\d|[.,]\d)", worked.text)]
    assert missing == [], worked.text
    assert worked.chunks


@pytest.mark.parametrize(("question", "what"), NEEDED, ids=[case[0] for case in NEEDED])
def test_one_missing_number_is_asked_for(question: str, what: str, calculator: Calculator) -> None:
    worked = calculator.work_out([question], [], today=TODAY)
    assert worked is not None
    assert not worked.is_sum
    assert re.search(what, worked.text)


@pytest.mark.parametrize("question", SILENT)
def test_nothing_is_worked_out_without_a_rule(question: str, calculator: Calculator) -> None:
    assert calculator.work_out([question], [], today=TODAY) is None
