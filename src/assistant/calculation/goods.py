"""Which category an everyday thing belongs to, for sellers who name the thing and not the category.

Only things about which there is no doubt; the sum says which category it took. Rates never come from here.
"""

from typing import Final

# A word of the category's name in the tables, and things that are plainly in it.
GOODS: Final = {
    "kleding": "trui broek jurk rok jas blouse overhemd shirt t-shirt tshirt sok ondergoed legging spijkerbroek jeans vest hoodie sweater "
               "pyjama bh muts sjaal want",
    "schoenen": "sneaker laars laarzen pump sandaal slipper pantoffel",
    "handtassen": "schoudertas rugtas",
    "meubels": "kast stoel tafel eettafel bureau nachtkastje kledingkast boekenkast bankstel",
    "keuken": "pan koekenpan servies bestek mok snijplank",
    "wonen": "vaas kaars sierkussen",
    "beauty": "shampoo lippenstift mascara parfum deodorant tandpasta zonnebrand bodylotion gezichtscreme handcreme dagcreme",
    "babyproducten": "luier speen fopspeen",
    "supplementen": "magnesium multivitamine creatine visolie",
    "levensmiddelen": "honing chocolade koffiebonen jam olijfolie",
    "drank": "whisky gin rum jenever likeur",
    "diervoeding": "hondenvoer kattenvoer hondenbrokken kattenbrokken",
    "dierbenodigdheden": "halsband hondenriem kattenbak",
    "consumentenelektronica": "televisie tv smartphone laptop",
    "gereedschap": "boormachine hamer schroevendraaier zaag",
    "muziekinstrumenten": "gitaar viool drumstel trompet",
    "sieraden": "ketting armband oorbel ring",
    "speelgoed": "puzzel knuffel bordspel gezelschapsspel blokken",
    "sport": "yogamat halter voetbal tent",
    "auto": "dakdrager autostoelhoes ruitenwisser automat",
    "tuin": "tuinslang plantenbak snoeischaar",
    "linnengoed": "dekbedovertrek hoeslaken badlaken handdoek",
    "kantoorartikelen": "pen potlood notitieboek ordner nietmachine",
}  # fmt: skip

# Names of categories that FBA charges by the gram, as the knowledge base lists them, and things that are plainly in them.
PAID_BY_GRAM: Final = {
    "kleding": f"{GOODS['kleding']} regenjas winterjas zomerjas spijkerjas bodywarmer trainingspak badpak bikini zwembroek joggingbroek "
               "overall panty handschoen",
    "schoenen": f"{GOODS['schoenen']} schoen sportschoen wandelschoen gymschoen klomp",
    "handtassen": "handtas schoudertas",
    "rugzakken": "rugzak rugtas",
    "huishoudtextiel": f"{GOODS['linnengoed']} badhanddoek theedoek laken dekbed deken plaid gordijn kussensloop tafelkleed sloop",
    "kleden": "vloerkleed tapijt kleed",
    "matrassen": "matras topper",
    "levensmiddelen": f"{GOODS['levensmiddelen']} thee koffie snoep koek koekje noten chips pasta rijst meel kruiden specerijen olie saus suiker cacao muesli drop reep",
    "huisdiervoer": f"{GOODS['diervoeding']} diervoer vogelvoer hondensnack kattensnack",
    "dierbenodigdheden": f"{GOODS['dierbenodigdheden']} krabpaal hondenmand kattenmand",
    "printeraccessoires": "printerinkt inktpatroon inktcartridge cartridge toner",
    "kinderwagens": "kinderwagen buggy",
}  # fmt: skip
# Ends of words for things that may be in one of them: a "laptoptas" is no handbag for certain.
MAYBE_BY_GRAM: Final = "tas tassen riem kussen kleed voer snack textiel mand".split()
