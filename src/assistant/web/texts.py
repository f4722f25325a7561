"""The Dutch words of the web app that Python code puts on a page; the templates carry their own prose.

One place, so that wording can be read and changed without reading code. Nothing here computes more than a plural.
"""

from datetime import date, datetime

BRAND = "Verkoopassistent"
WHAT_IT_IS = "Antwoorden over verkopen op Amazon, met de bron erbij"
NOTICE = (
    "Je praat met een automatische assistent. Hij antwoordt uit de kennisbank en noemt zijn bronnen, maar kan zich vergissen: "
    "controleer bedragen en regels via de bron voordat je ernaar handelt."
)

FIRST_QUESTIONS = (
    ("Beginnen", "Welk verkoopplan past bij mij, Individueel of Professioneel?"),
    ("Kosten", "Wanneer krijg ik het geld van mijn verkopen uitbetaald?"),
    ("FBA", "Wat kost opslag bij FBA per kubieke meter?"),
    ("Listings", "Welke productcode heb ik nodig om een product aan te bieden?"),
    ("Zichtbaarheid", "Hoe krijg ik de koopknop?"),
    ("Prestaties", "Hoe hoog mag mijn percentage orders met defecten zijn?"),
)

MARKETPLACES = {
    "NL": "Nederland",
    "BE": "België",
    "DE": "Duitsland",
    "FR": "Frankrijk",
    "IT": "Italië",
    "ES": "Spanje",
    "PL": "Polen",
    "SE": "Zweden",
    "IE": "Ierland",
    "UK": "Verenigd Koninkrijk",
    "US": "Verenigde Staten",
    "EU": "Alle EU-winkels",
}

REASONS = {
    "onjuist": "Onjuist",
    "verouderd": "Verouderd",
    "onvolledig": "Onvolledig",
    "onduidelijk": "Onduidelijk",
    "anders": "Iets anders",
}

ALL_TOPICS = "Alle onderwerpen"
OWN_DOCUMENTS = "Eigen documenten"
QUESTION_LABEL = "Je vraag"
QUESTION_PLACEHOLDER = "Typ hier je vraag"
SEND = "Verstuur"
STOP = "Stop"
NEW_CONVERSATION = "Nieuw gesprek"
SEARCH_CONVERSATIONS = "Zoek in je gesprekken"
TOPIC_LABEL = "Onderwerp"
MARKETPLACE_LABEL = "Winkel"
CANCEL_EDIT = "Niet aanpassen"

LOADING = "De kennisbank wordt geladen…"
SEARCHING = "Ik zoek het op in de kennisbank…"
ANSWERING = "Het antwoord wordt geschreven."
STOPPED = "Gestopt."
FEEDBACK_SAVED = "Bedankt, je oordeel is bewaard."
RENAMED = "De naam is aangepast."
RESTORED = "Het gesprek is terug."
NOT_SAVED = "Dit antwoord kon niet worden bewaard en staat straks niet meer in je gesprekken."
EDITING = "Je past een eerdere vraag aan. Die vraag en alles erna maken plaats voor je nieuwe vraag."
UNEXPECTED = "Er ging iets mis aan onze kant. Probeer het nog eens; blijft het misgaan, meld het dan bij je beheerder."
NOT_FOUND = "Deze pagina bestaat niet."
METHOD_NOT_ALLOWED = "Deze manier van aanroepen kan hier niet; kijk op /docs hoe het wel kan."
TOO_LARGE = "De aanvraag is te groot; stuur hooguit 1 MB."
STARTING_TOO_LONG = "De kennisbank wordt nog geladen; probeer het over een minuut opnieuw."

MAINTENANCE = "Kwaliteit & beheer"
LOADING_FAILED = "De kennisbank kan niet worden geladen"
WORKING = "Bezig…"
ALREADY_WORKING = "Er wordt al aan de index gewerkt; wacht tot dat klaar is."
FILES_LABEL = "Documenten om toe te voegen"
ADD_DOCUMENTS = "Voeg toe"
REMOVE_LABEL = "Eigen document"
REMOVE_DOCUMENT = "Verwijder dit document"
BUNDLED_MODEL = "het meegeleverde zoekmodel"
REBUILD = "Bouw de index opnieuw op"
REMOVED = "Het document is verwijderd."
WAS_NOT_THERE = "Dat document was er niet meer."
REBUILD_DONE = "De index is opnieuw opgebouwd."
NOTHING_CHOSEN = "Kies eerst een of meer bestanden."
NO_DOCUMENT_CHOSEN = "Kies eerst een document."

# What Gradio itself may show. Its Dutch texts are used whatever the browser prefers; these replace the stiff ones.
GRADIO_TEXTS = {
    "upload_text.click_to_upload": "Klik om bestanden te kiezen",
    "upload_text.drop_file": "Sleep bestanden hierheen",
    "common.or": "of",
    "common.error": "Er ging iets mis",
    "errors.runtime_error": "Er ging iets mis",
    "blocks.lost_connection": "De verbinding is weg. Ik probeer opnieuw verbinding te maken…",
    "blocks.waiting_for_inputs": "Wacht tot het bestand binnen is en probeer het dan nog eens.",
    "blocks.long_requests_queue": "Het is druk. Je vraag staat in de rij.",
}

_MONTHS = (
    "januari", "februari", "maart", "april", "mei", "juni",
    "juli", "augustus", "september", "oktober", "november", "december",
)  # fmt: skip


def dutch_date(value: date) -> str:
    """``22 november 2026``."""
    return f"{value.day} {_MONTHS[value.month - 1]} {value.year}"


def dutch_moment(value: datetime) -> str:
    """``22 november 2026, 14:05`` in the time zone of the server."""
    local = value.astimezone()
    return f"{dutch_date(local)}, {local:%H:%M}"


def dutch_number(value: int) -> str:
    """``12.345``."""
    return f"{value:,}".replace(",", ".")


def counted(count: int, one: str, many: str) -> str:
    """``1 bron``, ``3 bronnen``."""
    return f"{dutch_number(count)} {one if count == 1 else many}"


def engine_name(engine: str) -> str:
    """What answers are made with, as a reader would say it."""
    return "eigen zinnen uit de bron" if engine == "extractive" else engine


def marketplace_names(codes: tuple[str, ...]) -> str:
    """``Nederland en België``, as it stands in a sentence."""
    names = [MARKETPLACES.get(code, code).replace("Alle EU", "alle EU") for code in codes]
    return f"{', '.join(names[:-1])} en {names[-1]}" if len(names) > 1 else "".join(names)


def answer_ready(sources: int) -> str:
    """What a screen reader hears when an answer is complete."""
    return f"Het antwoord is klaar, met {counted(sources, 'bron', 'bronnen')}." if sources else "Het antwoord is klaar."
