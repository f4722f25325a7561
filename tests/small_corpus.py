"""A knowledge base of three articles and one file of figures, small enough to read in full; it passes every check."""

from pathlib import Path

TOPICS = """\
start: {title: Beginnen, summary: Account en verkoopplan}
fba: {title: FBA, summary: Verzonden door Amazon}
begrippen: {title: Begrippen, summary: Woordenlijst}
"""

FIGURES = """\
title: Verkoopplannen
checked_on: 2026-11-22
review_by: 2027-01-15
sources:
  - name: Amazon.nl, prijspagina
    url: https://sell.amazon.nl/prijsstelling
    accessed_on: 2026-11-22
figures:
  professioneel-nl: {value: 39, unit: euro, per: maand, country: NL, valid_from: 2025, source: 1, note: excl. btw}
  individueel-nl: {value: 0.99, unit: euro, per: verkocht artikel, country: NL, valid_from: 2025, source: 1, note: excl. btw}
"""

PLANS = """\
---
title: Een verkoopplan kiezen
topic: start
summary: Wat de twee verkoopplannen kosten en hoe je wisselt.
marketplaces: [NL, BE]
checked_on: 2026-11-22
review_by: 2027-01-15
sources:
  - name: Amazon.nl, prijspagina
    url: https://sell.amazon.nl/prijsstelling
    accessed_on: 2026-11-22
  - name: Seller Central Nederland, verkoopplan wijzigen
    url: https://sellercentral.amazon.nl/help/hub
    accessed_on: 2026-11-22
synonyms:
  verkoopplan: [abonnement, selling plan, pakket]
sections:
  Wat kost een verkoopplan op Amazon.nl?:
    sources: [1]
    marketplaces: [NL]
    questions:
      - wat kost het plan professioneel per maand
      - hoeveel betaal ik voor een abonnement op amazon.nl
      - Wat kost een verkoopplan op Amazon.nl per maand?
      - prijs individueel plan per verkocht artikel
      - is verkopen zonder maandbedrag mogelijk
      - Vanaf hoeveel verkopen is professioneel voordeliger?
      - moet ik dat maandbedrag ook betalen als ik niks verkoop
      - what does the professional selling plan cost
      - 39 euro per maand klopt dat
      - kost individueel echt 0,99 per stuk
      - Ik begin net, welk plan is het goedkoopst?
      - tarief verkoopplannen nederland
  Hoe wissel je van verkoopplan?:
    sources: [2]
    questions:
      - hoe wissel ik van verkoopplan
      - Waar verander ik mijn abonnement?
      - van individueel naar professioneel overstappen
      - kan ik terug naar individueel
      - hoe zeg ik professioneel op
      - downgraden selling plan
      - stappen om van plan te veranderen
      - wanneer gaat een ander plan in
      - abonnement wijzigen seller central
      - Waar staat de knop om te upgraden?
      - upgrade naar professioneel hoe dan
      - mag ik elke maand wisselen van pakket
---

## Wat kost een verkoopplan op Amazon.nl?

Het plan Professioneel kost op Amazon.nl {{verkoopplannen.professioneel-nl}} per maand, exclusief btw (prijspagina, november 2026). \
Het plan Individueel kost op Amazon.nl {{verkoopplannen.individueel-nl}} per verkocht artikel en heeft geen maandbedrag. \
Voor FBA-opslag betaal je apart, zie [Opslag bij FBA](../fba/opslag.md).

De tabel toont wat elk verkoopplan op Amazon.nl kost, exclusief btw.

| Plan | Vast bedrag | Per verkocht artikel |
|---|---|---|
| Individueel | geen | {{verkoopplannen.individueel-nl}} |
| Professioneel | {{verkoopplannen.professioneel-nl}} per maand | niets |

**PAS OP:** het maandbedrag van Professioneel loopt door in maanden waarin je niets verkoopt.

## Hoe wissel je van verkoopplan?

Je wisselt van verkoopplan in Seller Central, onder Accountgegevens. Een wissel naar Professioneel gaat meteen in.

1. Open in Seller Central het menu Instellingen en kies Accountgegevens.
2. Kies bij Mijn services voor Beheren.
3. Kies het andere verkoopplan en bevestig de wissel.

**TIP:** zet een herinnering in je agenda om elk kwartaal te kijken welk verkoopplan het voordeligst is.
"""

STORAGE = """\
---
title: Opslag bij FBA
topic: fba
summary: Wat opslag bij FBA kost en wanneer.
marketplaces: [DE]
checked_on: 2026-11-22
review_by: 2027-01-15
sources:
  - name: Amazon-tariefkaart Europa, uitgave 1 juli 2026
    url: https://m.media-amazon.com/tariefkaart.pdf
    accessed_on: 2026-11-22
synonyms:
  opslagkosten: [storage fee, stallingskosten]
sections:
  Wat kost opslag bij FBA in december?:
    questions:
      - wat kost opslag bij fba in december
      - opslagkosten december per kuub
      - Hoeveel rekent Amazon in de feestmaanden voor opslag?
      - storage fee germany december
      - is opslag duurder in het najaar
      - wat betaal ik in oktober voor een kubieke meter
      - waarom is mijn opslagrekening in november hoger
      - wanneer wordt opslag weer goedkoper
      - opslag standaardformaat tarief duitsland
      - Ik heb 5 kuub liggen, wat kost dat in december?
      - stallingskosten magazijn laatste kwartaal
      - fba opslag per m3
---

## Wat kost opslag bij FBA in december?

Opslag bij FBA kost in Duitsland van oktober tot en met december € 52,20 per m³ per maand voor standaardformaat (tariefkaart 1 juli 2026, \
exclusief btw). Van januari tot en met september kost opslag bij FBA in Duitsland € 27,54 per m³ per maand voor standaardformaat. \
Opslag wordt berekend over het gemiddelde volume per dag. Vanaf januari geldt in Duitsland weer het lage tarief.
"""

TERMS = """\
---
title: Begrippen rond verzending
topic: begrippen
summary: Afkortingen die je bij verzending tegenkomt.
marketplaces: [EU]
checked_on: 2026-11-22
review_by: 2027-11-22
sources:
  - name: Seller Central Europa, begrippen
    url: https://sellercentral.amazon.nl/help/hub
    accessed_on: 2026-11-22
sections:
  Welke afkortingen horen bij verzending?:
    questions:
      - wat betekent fba
      - waar staat fbm voor
      - wat is fulfilment by amazon
      - betekenis fnsku
      - wat zijn de afkortingen bij verzending
      - leg fba en fbm uit
      - verschil tussen fba en fbm in één zin
      - wat is een fnsku
      - what does fba stand for
      - begrippen verzending amazon
      - wie verzendt er bij fbm
      - wie bewaart mijn voorraad bij fba
---

## Welke afkortingen horen bij verzending?

De afkortingen FBA, FBM en FNSKU horen bij de verzending van bestellingen op Amazon en staan hier kort uitgelegd voor alle winkels in de EU.

- **FBA** (Fulfilment by Amazon): Amazon bewaart, verpakt en verzendt je voorraad.
- **FBM** (Fulfilment by Merchant): je bewaart en verzendt je voorraad zelf.
- **FNSKU**: het nummer op de sticker waarmee Amazon je voorraad herkent.
"""

FILES = {
    "topics.yaml": TOPICS,
    "tarieven/verkoopplannen.yaml": FIGURES,
    "start/verkoopplan-kiezen.md": PLANS,
    "fba/opslag.md": STORAGE,
    "begrippen/verzending.md": TERMS,
}


def write_corpus(folder: Path) -> Path:
    """Write the knowledge base into a folder, and give the folder back."""
    for name, text in FILES.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, "utf-8")
    return folder
