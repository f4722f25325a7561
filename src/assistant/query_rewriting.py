"""Makes a question ready to be searched: standalone, spelled right, with the names sellers use for the same thing.

First step of the path of a question. No language model is involved: a follow-up is recognised by its form and completed
with the subject of the turn it leans on.
"""

import re
from collections.abc import Sequence

from assistant.articles import MARKETPLACES
from assistant.documents import Record
from assistant.errors import QuestionError
from assistant.tokenization import COLLOQUIAL_FORMS, STOP_WORDS, Vocabulary, fold, ngrams, stem, tokens, words

MAXIMUM_QUESTION_CHARACTERS = 20_000
# A question longer than this is searched by its first and last part: what people ask stands at either end.
SEARCHED_WORDS = 120

# How people name a marketplace: words on the left mean the code on the right.
MARKETPLACE_NAMES: dict[str, str] = {
    "nederland": "NL", "nederlandse": "NL", "nl": "NL", "amazon.nl": "NL",
    "belgie": "BE", "belgische": "BE", "vlaanderen": "BE", "belg": "BE", "amazon.com.be": "BE", "be": "BE", "zuiderburen": "BE",
    "duitsland": "DE", "duitse": "DE", "amazon.de": "DE", "germany": "DE", "oosterburen": "DE",
    "frankrijk": "FR", "franse": "FR", "amazon.fr": "FR", "france": "FR",
    "italie": "IT", "italiaanse": "IT", "amazon.it": "IT", "italy": "IT",
    "spanje": "ES", "spaanse": "ES", "amazon.es": "ES", "spain": "ES",
    "polen": "PL", "poolse": "PL", "amazon.pl": "PL", "poland": "PL",
    "zweden": "SE", "zweedse": "SE", "amazon.se": "SE", "sweden": "SE",
    "ierland": "IE", "ierse": "IE", "amazon.ie": "IE", "ireland": "IE",
    "engeland": "UK", "vk": "UK", "uk": "UK", "verenigd koninkrijk": "UK", "groot-brittannie": "UK", "britse": "UK",
    "amazon.co.uk": "UK", "engelse winkel": "UK",
    "amerika": "US", "amerikaanse": "US", "vs": "US", "usa": "US", "amazon.com": "US", "verenigde staten": "US",
}  # fmt: skip
MARKETPLACE_LABELS: dict[str, str] = {
    "NL": "Nederland", "BE": "België", "DE": "Duitsland", "FR": "Frankrijk", "IT": "Italië", "ES": "Spanje", "PL": "Polen",
    "SE": "Zweden", "IE": "Ierland", "UK": "het Verenigd Koninkrijk", "US": "de VS", "EU": "de EU",
}  # fmt: skip
assert set(MARKETPLACE_LABELS) == set(MARKETPLACES)

# English words in questions, and what they are called here; names of programmes stay as they are.
ENGLISH_WORDS: dict[str, str] = {
    "storage": "opslag", "fee": "kosten", "fees": "kosten", "cost": "kosten", "costs": "kosten", "price": "prijs",
    "shipping": "verzending", "ship": "verzenden", "shipment": "zending", "return": "retour", "returns": "retouren",
    "refund": "terugbetaling", "refunds": "terugbetaling", "seller": "verkoper", "sellers": "verkopers", "sell": "verkopen",
    "selling": "verkopen", "inventory": "voorraad", "stock": "voorraad", "warehouse": "magazijn", "title": "titel",
    "titles": "titel", "images": "afbeeldingen", "picture": "afbeelding", "pictures": "afbeeldingen", "brand": "merk",
    "trademark": "merkinschrijving", "invoice": "factuur", "invoices": "facturen", "vat": "btw", "tax": "belasting",
    "payout": "uitbetaling", "paid": "uitbetaald", "money": "geld", "payment": "betaling", "suspended": "geblokkeerd",
    "suspension": "blokkade", "blocked": "geblokkeerd", "appeal": "bezwaar", "customer": "klant", "customers": "klanten",
    "late": "laat", "delivery": "bezorging", "weight": "gewicht", "size": "formaat", "dimensions": "afmetingen",
    "label": "label", "labels": "labels", "box": "doos", "boxes": "dozen", "month": "maand", "monthly": "maandelijks",
    "year": "jaar", "days": "dagen", "category": "categorie", "approval": "goedkeuring", "documents": "documenten",
    "open": "openen", "register": "registreren", "reviews": "recensies", "rating": "beoordeling", "ad": "advertentie",
    "ads": "advertenties", "advertising": "adverteren", "bid": "bod", "keywords": "zoekwoorden", "keyword": "zoekwoord",
    "discount": "korting", "threshold": "drempel", "limit": "limiet", "maximum": "maximum", "characters": "tekens",
    "insurance": "verzekering", "packaging": "verpakking", "battery": "batterij", "customs": "douane", "import": "invoer",
    "lost": "kwijt", "damaged": "beschadigd", "reimbursement": "vergoeding", "leadership": "leiderschap",
    "principles": "principes", "principle": "principe", "founder": "oprichter", "founded": "opgericht", "netherlands": "nederland",
    "dutch": "nederlandse", "belgium": "belgie", "withdraw": "terughalen", "remove": "verwijderen", "counterfeit": "namaak",
    "cheaper": "goedkoper", "profit": "winst", "margin": "marge", "growth": "groei", "market": "markt", "share": "aandeel",
}  # fmt: skip


# Sentences addressed to the assistant as a machine; what it is asked stands in the others.
_COMMAND_BLOCK = re.compile(r"\[\s*/?(?:systeem|system|admin|beheerder|instructies?)\b[^\]]*\].*?\[[^\]]*\]", re.IGNORECASE)
_COMMAND = re.compile(
    r"\b(?:negeer|vergeet|ignore|disregard|forget|overschrijf|override)\b.*\b(?:instructies?|regels|opdrachten|bronnen|alles|instructions?|rules|"
    r"prompt|previous|above|hierboven|eerder\w*|voorgaande)\b"
    r"|\b(?:vanaf nu|from now on|doe alsof|act as|pretend|you are now|je bent nu|speel de rol|talk like|praat als|antwoord als)\b"
    r"|^(?:sluit|eindig|begin|open|start)\s+(?:je|elk|ieder|dit|het|uw)\s+antwoord\b|\b(?:end|start|begin) your (?:answer|reply)\b"
    r"|\b(?:antwoord|zeg|schrijf|respond|reply|answer)\b.{0,20}\b(?:alleen|uitsluitend|enkel|only)\b"
    r"|\b(?:systeemprompt|system prompt|jailbreak|ontwikkelaarsmodus|developer mode|dan-modus)\b",
    re.IGNORECASE,
)
_MARKS = re.compile(r"[!?]{2,}")
_PLACE_WORD = re.compile(r"[^\W\d_]+(?:-[^\W\d_]+)*")
_LOOSE_WORD = re.compile(r"'?[^\W\d_]+(?:['’][^\W\d_]+)?")


class Query(Record):
    """A question in the forms that the retrievers need."""

    text: str
    repairs: tuple[tuple[str, str], ...] = ()
    tokens: tuple[str, ...] = ()
    expansions: tuple[str, ...] = ()
    ngrams: tuple[str, ...] = ()
    unknown: tuple[str, ...] = ()
    named_marketplaces: tuple[str, ...] = ()
    marketplace: str = "NL"


class SynonymIndex:
    """Finds which groups of equal names a question mentions, and gives their other names."""

    def __init__(self, groups: Sequence[Sequence[str]]) -> None:
        self._phrases: dict[str, list[tuple[tuple[str, ...], int]]] = {}
        self._names: list[list[tuple[str, ...]]] = []
        for number, group in enumerate(groups):
            names = [name for name in (_phrase(text) for text in group) if name]
            self._names.append(names)
            for name in names:
                self._phrases.setdefault(name[0], []).append((name, number))

    def other_names(self, stems: Sequence[str]) -> list[str]:
        """The stems of every other name of what the question mentions, in a fixed order."""
        found: dict[str, None] = {}
        for place, first in enumerate(stems):
            for name, group in self._phrases.get(first, ()):
                if tuple(stems[place : place + len(name)]) == name:
                    for other in self._names[group]:
                        if other != name:
                            found.update(dict.fromkeys(other))
        return [token for token in found if token not in stems]


def _phrase(text: str) -> tuple[str, ...]:
    return tuple(stem(word) for word in words(text) if word not in STOP_WORDS)


def check_question(question: str) -> str:
    """The question without control characters and outer space.

    Raises:
        QuestionError: nothing to answer is left, or it is longer than ``MAXIMUM_QUESTION_CHARACTERS``.
    """
    if len(question) > MAXIMUM_QUESTION_CHARACTERS:
        raise QuestionError(
            f"Je vraag is {len(question)} tekens lang; maak hem korter dan {MAXIMUM_QUESTION_CHARACTERS} tekens".replace(",", ".")
        )
    cleaned = "".join(char if char.isprintable() else " " for char in question)
    cleaned = re.sub(r"\s+", " ", cleaned).strip()
    if not any(char.isalnum() for char in cleaned):
        raise QuestionError("Ik lees geen vraag. Typ een vraag in woorden, bijvoorbeeld: 'Wat kost opslag bij FBA?'")
    return cleaned


def without_commands(question: str) -> str:
    """The question without sentences that tell the assistant how to behave; unchanged when nothing else would be left."""
    sentences = re.split(r"(?<=[.!?\]])\s+", _COMMAND_BLOCK.sub(" ", question).strip())
    kept = " ".join(sentence for sentence in sentences if not _COMMAND.search(sentence))
    return kept if len(words(kept)) > 2 else question


# Where somebody lives or sells from; a question is about that only when the knowledge base speaks of the place.
TOWNS = frozenset(
    "amsterdam rotterdam utrecht eindhoven groningen tilburg almere breda nijmegen apeldoorn haarlem arnhem amersfoort zaandam "
    "hertogenbosch hoofddorp maastricht leiden dordrecht zoetermeer zwolle deventer delft alkmaar heerlen venlo leeuwarden hilversum "
    "roosendaal purmerend schiedam helmond vlaardingen almelo gouda lelystad hengelo assen emmen enschede middelburg vlissingen "
    "terneuzen veenendaal zeist doetinchem katwijk waalwijk tiel weert roermond sittard noord-holland zuid-holland noord-brabant "
    "gelderland overijssel drenthe friesland zeeland flevoland limburg brabant twente antwerpen gent brugge leuven brussel mechelen "
    "aalst hasselt kortrijk oostende genk roeselare turnhout charleroi vlaanderen wallonie berlijn berlin munchen keulen koln hamburg "
    "frankfurt dusseldorf stuttgart dortmund leipzig bremen beieren parijs lyon marseille rijsel londen london manchester birmingham "
    "madrid barcelona valencia sevilla milaan turijn napels warschau stockholm dublin praag "
    "aalsmeer alblasserdam appingedam baarn barendrecht barneveld bergeijk berkelland bernheze beuningen beverwijk bilthoven bladel "
    "bleiswijk bloemendaal bodegraven borculo borger borne boskoop boxmeer boxtel brielle brummen bunnik bunschoten bussum castricum "
    "coevorden cuijk culemborg dalfsen denekamp diemen dinxperlo dokkum driebergen dronten druten edam eersel "
    "eibergen elburg ermelo etten-leur franeker geldermalsen geldrop gemert gennep gilze goirle gorinchem gorredijk groesbeek "
    "haaksbergen haarlemmermeer hardenberg harderwijk hardinxveld harlingen hattem heemskerk heemstede heerde heerenveen heerhugowaard "
    "heesch heeze heiloo hellendoorn hellevoetsluis hendrik-ido-ambacht heusden hillegom hoogeveen hoogezand ijmuiden "
    "ijsselstein joure kaatsheuvel kerkrade landgraaf langedijk leerdam leidschendam leusden leiderdorp lichtenvoorde lisse "
    "lochem maarssen maassluis medemblik meppel middelharnis mijdrecht moerdijk monnickendam naaldwijk naarden nieuwegein "
    "nieuwkoop nijkerk nijverdal noordwijk numansdorp nunspeet nuenen oisterwijk oldenzaal ommen oosterhout oostzaan oud-beijerland "
    "ouderkerk papendrecht pijnacker raalte reeuwijk renkum rhenen ridderkerk rijssen rijswijk rosmalen schagen scherpenzeel "
    "schijndel sliedrecht sneek someren spijkenisse stadskanaal staphorst steenbergen steenwijk stiens tubbergen uden uitgeest "
    "uithoorn urk valkenswaard veendam veghel veldhoven velp vianen vlijmen volendam voorburg voorhout vriezenveen vught "
    "waddinxveen wageningen warmond wassenaar werkendam wijchen winschoten winsum winterswijk wormerveer woudenberg "
    "zaltbommel zandvoort zeewolde zevenaar zevenbergen zoeterwoude zuidhorn zutphen zwaag zwijndrecht betuwe veluwe achterhoek "
    "aarschot aartselaar alken ardooie assenede beernem beersel berlare beveren bilzen blankenberge bocholt bornem borsbeek "
    "brasschaat bredene buggenhout deinze denderleeuw dendermonde destelbergen diepenbeek diest diksmuide dilbeek edegem eeklo "
    "evergem grimbergen haacht haaltert halle hamont harelbeke heist herent herentals heusden-zolder hoboken hoeselt hoogstraten "
    "houthalen hoeilaart ichtegem ieper ingelmunster izegem jabbeke kalmthout kasterlee keerbergen knokke koksijde kontich kortenberg "
    "kruibeke kuurne laakdal lanaken lebbeke leopoldsburg lochristi lokeren lommel londerzeel maaseik maasmechelen "
    "machelen maldegem melle merchtem merelbeke merksem middelkerke mortsel nazareth neerpelt nevele niel nieuwpoort nijlen ninove "
    "olen oostkamp opwijk oudenaarde oudenburg oud-turnhout overijse overpelt poperinge puurs ranst ravels rotselaar rumst "
    "sint-niklaas sint-truiden stabroek steenokkerzeel stekene temse ternat tervuren tessenderlo tielt tienen tongeren torhout "
    "tremelo veurne vilvoorde waregem wervik westerlo wetteren wevelgem willebroek wingene wommelgem wuustwezel zaventem zedelgem zele "
    "zelzate zemst zottegem zwevegem kempen waasland hageland ronse aalter rozenburg eupen texel makkum bolsward wolvega amstelveen scheveningen "
    "zierikzee schoonhoven deurne dilsen eernegem ekeren duisburg dresden".split()
)


def analyse(question: str, vocabulary: Vocabulary, synonyms: SynonymIndex, marketplace: str = "NL") -> Query:
    """The question as the retrievers need it; unknown words are repaired against the vocabulary where one is near."""
    searched = without_towns(_with_single_marks(_searched_part(question)), vocabulary)
    repairs = tuple(find_repairs(searched, vocabulary))
    text = standard_forms(apply_repairs(searched, repairs))
    stems = tokens(text, vocabulary)
    plain = [stem(word) for word in words(text) if word not in STOP_WORDS]
    expansions = synonyms.other_names(plain)
    expansions += [token for word in words(text) if word in ENGLISH_WORDS for token in tokens(ENGLISH_WORDS[word], vocabulary)]
    return Query(
        text=text,
        repairs=repairs,
        tokens=tuple(dict.fromkeys(stems)),
        expansions=tuple(token for token in dict.fromkeys(expansions) if token not in stems),
        ngrams=tuple(dict.fromkeys(ngrams(text))),
        unknown=tuple(unknown_words(text, vocabulary)),
        named_marketplaces=tuple(named_marketplaces(text)),
        marketplace=marketplace,
    )


def _searched_part(question: str) -> str:
    parts = question.split()
    if len(parts) <= SEARCHED_WORDS:
        return question
    return " ".join([*parts[: SEARCHED_WORDS // 2], *parts[-SEARCHED_WORDS // 2 :]])


def _with_single_marks(text: str) -> str:
    """The text with ``?!?!`` as one question mark and ``!!`` as one ``!``: a row of marks says nothing, and would count as words."""
    return _MARKS.sub(lambda found: "?" if "?" in found.group() else "!", text)


def without_towns(text: str, vocabulary: Vocabulary) -> str:
    """The text without the towns and provinces that the knowledge base never names; the text itself when nothing is left."""
    kept = _PLACE_WORD.sub(
        lambda found: "" if fold(found.group()) in TOWNS and fold(found.group()) not in vocabulary else found.group(), text
    )
    return kept if words(kept) else text


def find_repairs(text: str, vocabulary: Vocabulary) -> list[tuple[str, str]]:
    """Pairs of a misspelled word as typed (folded) and the known word it stands for."""
    found: dict[str, str] = {}
    for word in words(text):
        if word in ENGLISH_WORDS or word in MARKETPLACE_NAMES:
            continue
        repaired = vocabulary.repair(word)
        if repaired is not None:
            found[word] = repaired
    return list(found.items())


def apply_repairs(text: str, repairs: Sequence[tuple[str, str]]) -> str:
    """The text with each misspelled word replaced; case and accents of the rest stay."""
    for wrong, right in repairs:
        pattern = re.compile(r"[^\W_]+", re.IGNORECASE)
        text = pattern.sub(lambda match, wrong=wrong, right=right: right if fold(match.group()) == wrong else match.group(), text)  # type: ignore[misc]
    return text


def standard_forms(text: str) -> str:
    """The text with each spoken, Flemish or hurried form replaced by the standard word."""
    return _LOOSE_WORD.sub(lambda match: COLLOQUIAL_FORMS.get(fold(match.group()), match.group()), text)


def unknown_words(text: str, vocabulary: Vocabulary) -> list[str]:
    """Content words that the knowledge base has never used in any form; they hint at a subject it does not hold."""
    found = []
    for word in words(text):
        if word in STOP_WORDS or word in vocabulary or word in ENGLISH_WORDS or len(word) < 3:
            continue
        if word[0].isdigit() or vocabulary.compound_parts(word) or vocabulary.knows_inflection(word):
            continue
        found.append(word)
    return found


def named_marketplaces(text: str) -> list[str]:
    """The codes of the marketplaces that a text names, in order of mention."""
    folded = words(text)
    found: dict[str, None] = {}
    for place, word in enumerate(folded):
        pair = f"{word} {folded[place + 1]}" if place + 1 < len(folded) else ""
        code = MARKETPLACE_NAMES.get(pair) or MARKETPLACE_NAMES.get(word)
        if code and not (word in ("be", "vs") and not re.search(rf"\b{word.upper()}\b", text)):
            found[code] = None
    return list(found)
