"""Dutch words as the index sees them: normal forms, stems, compound parts, character n-grams and spelling.

Both sides of a search go through here, documents when they are indexed and questions when they are asked. A ``Vocabulary``
is counted over the knowledge base; compound parts and spelling repair only ever propose words that stand in it.
"""

import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from functools import cache, lru_cache
from pathlib import Path

import Stemmer
from rapidfuzz import process
from rapidfuzz.distance import OSA

CORRECT_WORDS = Path(__file__).with_name("model") / "correct_words.txt"

# Function words that say nothing about the subject. Question words stay out too: the shape of a question is read elsewhere.
STOP_WORDS = frozenset(
    """de het een en of in op te ten ter van voor met door bij aan uit over tot om naar als dan dat die dit deze is zijn was
    waren ben bent wordt worden werd heb hebt heeft hebben had ik je jij jou jouw u uw we wij ons onze ze zij hij hem haar mijn
    er daar hier waar wat wie welke welk hoe wanneer waarom ook nog al maar toch wel niet geen zo dus want nu even eigenlijk
    gewoon echt precies ga gaat gaan kan kun kunt kunnen moet moeten mag mogen wil wilt willen zal zou zouden doe doet doen
    the a an of to in on for is are was do does did i my me you your it this that how what when why which can if at by be
    aub alstublieft alsjeblieft hallo hoi hey graag dank iets iemand mij m'n z'n zich zelf zelfs ander andere anders allemaal
    toe omdat zodat terwijl sinds""".split()
)

# Spoken, Flemish and typed-in-a-hurry forms that stand for one standard word.
COLLOQUIAL_FORMS: Mapping[str, str] = {
    "trug": "terug", "kwyt": "kwijt", "effe": "even", "effekes": "even", "ffies": "even", "ff": "even", "me": "mijn", "mn": "mijn",
    "m'n": "mijn", "mij'n": "mijn", "zn": "zijn", "da": "dat", "wa": "wat", "ni": "niet", "nie": "niet", "nii": "niet",
    "dees": "deze", "ge": "je", "gij": "je", "gulle": "jullie", "uwen": "uw", "mijnen": "mijn", "nen": "een", "ne": "een", "kheb": "ik heb",
    "khad": "ik had", "kwil": "ik wil", "kzou": "ik zou", "kga": "ik ga", "tis": "het is", "t": "het", "'t": "het", "n": "een",
    "'n": "een", "nr": "nummer", "max": "maximaal", "min": "minimaal", "pm": "per maand", "p/m": "per maand",
    "p.m": "per maand", "vd": "van de", "ipv": "in plaats van", "ivm": "in verband met", "mbt": "over", "tov": "ten opzichte van",
    "bijv": "bijvoorbeeld", "bv": "bijvoorbeeld", "evt": "eventueel", "wss": "waarschijnlijk", "gwn": "gewoon", "idd": "inderdaad",
    "ong": "ongeveer", "incl": "inclusief", "excl": "exclusief", "sturen": "verzenden", "bol.com": "bol", "bolcom": "bol",
    "aub": "alsjeblieft", "asap": "snel", "btwnummer": "btw-nummer", "reviews": "recensies", "review": "recensie",
    "seffens": "straks", "goesting": "zin", "solden": "uitverkoop", "content": "content", "mijne": "mijn",
}  # fmt: skip

_MONTHS = {
    "januari": 1, "februari": 2, "maart": 3, "april": 4, "mei": 5, "juni": 6, "juli": 7, "augustus": 8, "september": 9,
    "oktober": 10, "november": 11, "december": 12, "jan": 1, "feb": 2, "mrt": 3, "apr": 4, "jun": 6, "jul": 7, "aug": 8,
    "sep": 9, "sept": 9, "okt": 10, "nov": 11, "dec": 12,
}  # fmt: skip
_MONTH_BY_NUMBER = {number: name for name, number in reversed(_MONTHS.items())}
_MONTH_NAMES = "|".join(sorted(_MONTHS, key=len, reverse=True))
_NUMBER = r"\d{1,3}(?:\.\d{3})+(?:,\d+)?|\d+(?:[.,]\d+)?"
# "€ 39,00", "39 euro", "eur 39", "39€"
_AMOUNT = re.compile(
    rf"(?:(?P<sign>[€£$])|\b(?:eur|euro)\b)\s*(?P<a>{_NUMBER})"
    rf"|(?P<b>{_NUMBER})\s*(?:(?P<sign2>[€£])|euro'?s?\b|eur\b|(?P<pond>pond\b))"
)
_PERCENTAGE = re.compile(rf"(?P<n>{_NUMBER})\s*(?:%|procent\b|percent\b|pct\b)")
_LONG_DATE = re.compile(rf"\b(?P<day>\d{{1,2}})\s+(?P<month>{_MONTH_NAMES})\b\.?(?:\s+(?P<year>(?:19|20)\d\d))?")
_SHORT_DATE = re.compile(r"\b(?P<day>\d{1,2})[-/](?P<month>\d{1,2})[-/](?P<year>(?:19|20)\d\d)\b")
_PLAIN_NUMBER = re.compile(rf"(?<![\w.,])({_NUMBER})(?![\w])")
# A word: letters and digits, joined by - ' . & or +; "a+", "dd+7", "a-tot-z" and "amazon.nl" stay whole.
_WORD = re.compile(r"[^\W_]+(?:[-'’.&+][^\W_]+)*\+?")
_STEMMER = Stemmer.Stemmer("dutch")  # Kraaij-Pohlmann since snowball 3.0
# Kraaij-Pohlmann leaves these families apart although sellers use them as one word.
_STEM_REPAIRS: Mapping[str, str] = {
    "verkocht": "verkoop", "verkochte": "verkoop", "verkoper": "verkoop", "verkopers": "verkoop", "accounts": "account",
    "betaald": "betaal", "uitbetaald": "uitbetaal", "uitbetaling": "uitbetaal", "uitbetalingen": "uitbetaal",
    "gestuurd": "stuur", "verstuurd": "verstuur", "verzend": "verzend", "verzendt": "verzend", "verzenden": "verzend",
    "verzonden": "verzend", "verzending": "verzend", "verzendingen": "verzend", "dagen": "dag", "begonnen": "begin",
    "geblokkeerd": "blokkeer", "blokkeren": "blokkeer", "blokkade": "blokkeer", "kwijtgeraakt": "kwijt", "kosten": "kost",
    "kost": "kost", "aanvraag": "aanvraag", "aangevraagd": "aanvraag", "retouren": "retour", "reviews": "review",
    "teruggestuurd": "terugstuur", "weggehaald": "weghaal", "ingetrokken": "intrek", "geschorst": "schors", "schorsing": "schors",
}  # fmt: skip


def fold(text: str) -> str:
    """Lower case, one form per character, no accents, plain quotes and spaces."""
    text = unicodedata.normalize("NFKD", unicodedata.normalize("NFKD", text).lower())
    text = "".join(char for char in text if not unicodedata.combining(char))
    return text.replace("’", "'").replace("‘", "'").replace("\u00a0", " ").replace("–", "-").replace("—", "-")


def normalise_numbers(text: str) -> str:
    """Amounts, percentages and dates in one form: ``€ 39,00`` and ``39 euro`` become ``39euro``, ``15 %`` becomes ``15pct``.

    The input is folded text. A date is written out and followed by one word for its month and day: ``1-2-2026`` and
    ``1 feb 2026`` become ``1 februari 2026 d02d01``, ``1 februari`` becomes ``1 februari d02d01``.
    """

    def written_out(match: re.Match[str]) -> str:
        day, month = int(match.group("day")), int(match.group("month"))
        possible = 1 <= day <= 31 and 1 <= month <= 12
        return f"{day} {_MONTH_BY_NUMBER[month]} {match.group('year')}" if possible else match.group()

    def date(match: re.Match[str]) -> str:
        day, month = int(match.group("day")), _MONTHS[match.group("month")]
        if not 1 <= day <= 31:
            return match.group()
        parts = (str(day), _MONTH_BY_NUMBER[month], match.group("year"), f"d{month:02d}d{day:02d}")
        return " ".join(part for part in parts if part)

    def amount(match: re.Match[str]) -> str:
        sign = match.group("sign") or match.group("sign2") or ("£" if match.group("pond") else "€")
        name = {"€": "euro", "£": "pond", "$": "dollar"}[sign]
        return f" {_plain(match.group('a') or match.group('b'))}{name} "

    text = _LONG_DATE.sub(date, _SHORT_DATE.sub(written_out, text))
    text = _AMOUNT.sub(amount, text)
    text = _PERCENTAGE.sub(lambda match: f" {_plain(match.group('n'))}pct ", text)
    return _PLAIN_NUMBER.sub(lambda match: _plain(match.group(1)), text)


def _plain(number: str) -> str:
    """A Dutch number without thousands points and trailing zeros, with ``p`` for the decimal comma: ``1.250,50`` -> ``1250p5``."""
    if re.fullmatch(r"\d{1,3}(?:\.\d{3})+(?:,\d+)?", number):
        number = number.replace(".", "")
    whole, _, decimals = number.replace(",", ".").partition(".")
    decimals = decimals.rstrip("0")
    return f"{whole}p{decimals}" if decimals else whole


def words(text: str) -> list[str]:
    """The folded words of a text with numbers in one form; colloquial forms stand as the standard word."""
    result: list[str] = []
    for word in _WORD.findall(normalise_numbers(fold(text))):
        standard = COLLOQUIAL_FORMS.get(word)
        result.extend(standard.split() if standard else [word])
    return result


@lru_cache(maxsize=100_000)
def stem(word: str) -> str:
    """The Kraaij-Pohlmann stem of a folded word, with the families it leaves apart put together."""
    return _STEM_REPAIRS.get(word) or _STEMMER.stemWord(word)


@cache
def correct_words() -> frozenset[str]:
    """Folded words that are near one of ours and yet spelled right, so that no repair is due; made by ``training/correct_words.py``."""
    lines = CORRECT_WORDS.read_text("utf-8").splitlines()
    return frozenset(line for line in lines if not line.startswith("#"))


class Vocabulary:
    """The words of the knowledge base with how often each occurs."""

    def __init__(self, counts: Mapping[str, int]) -> None:
        self.counts = dict(counts)
        self._written, self._sounding = self._group_by_length()
        self._parts_cache: dict[str, tuple[str, ...]] = {}
        self._repair_cache: dict[str, str | None] = {}

    @classmethod
    def count(cls, texts: Iterable[str]) -> "Vocabulary":
        """The vocabulary of some texts."""
        counter: Counter[str] = Counter()
        for text in texts:
            counter.update(words(text))
        return cls(counter)

    def __contains__(self, word: str) -> bool:
        return word in self.counts

    def _group_by_length(self) -> tuple[dict[int, dict[str, str]], dict[int, dict[str, str]]]:
        """The words a repair may propose, by length: as they are written and, of those with ij or ch, as they sound."""
        written: dict[int, dict[str, str]] = {}
        sounding: dict[int, dict[str, str]] = {}
        for word, count in self.counts.items():
            if count >= 2 and len(word) >= 4 and word.isalpha():
                written.setdefault(len(word), {})[word] = word
                sound = _sound(word)
                if sound != word:
                    sounding.setdefault(len(sound), {})[word] = sound
        return written, sounding

    def compound_parts(self, word: str) -> tuple[str, ...]:
        """The known words a compound is made of, e.g. ``opslagkosten`` -> ``(opslag, kosten)``; empty when it is none.

        Both parts are words of at least four letters that occur twice or more; a linking ``s`` or ``en`` may stand between.
        Among several splits the one whose rarer part is most frequent wins.
        """
        parts = self._parts_cache.get(word)
        if parts is None:
            if len(self._parts_cache) > 200_000:
                self._parts_cache.clear()
            parts = self._parts_cache[word] = self._split_compound(word, depth=2)
        return parts

    def _split_compound(self, word: str, depth: int) -> tuple[str, ...]:
        if "-" in word or "." in word:
            return tuple(part for part in re.split(r"[-.]", word) if len(part) > 1)
        if len(word) < 8 or not word.isalpha():
            return ()
        best: tuple[int, tuple[str, ...]] = (0, ())
        for cut in range(4, len(word) - 3):
            right = word[cut:]
            if self.counts.get(right, 0) < 2 and not (depth > 1 and len(right) >= 8):
                continue
            left = self._known_left(word[:cut])
            if left is None:
                continue
            right_parts = (right,) if self.counts.get(right, 0) >= 2 else self._split_compound(right, depth - 1)
            if right_parts:
                rarest = min(self.counts[left], *(self.counts[part] for part in right_parts))
                best = max(best, (rarest, (left, *right_parts)))
        return best[1]

    def _known_left(self, left: str) -> str | None:
        for candidate in (left, left.removesuffix("s"), left.removesuffix("en"), left.removesuffix("e"), left.removesuffix("n")):
            if len(candidate) >= 4 and self.counts.get(candidate, 0) >= 2:
                return candidate
        return None

    def repair(self, word: str) -> str | None:
        """The known word a misspelled one most likely stands for, or None when it is known, correct, short, or nothing is near.

        Distance is optimal string alignment, with y for ij or g for ch as one edit: one edit up to seven letters, two from
        eight. Two edits bring in no letter that the known word lacks, and at most one in a word of ten letters. A correct
        Dutch or English word, a compound of known words and an inflection of a known stem are not misspelled.
        """
        if word in self._repair_cache:
            return self._repair_cache.get(word)
        if len(self._repair_cache) > 50_000:
            self._repair_cache.clear()
        repaired = self._repair_cache[word] = None if word in correct_words() else self.nearest(word)
        return repaired

    def nearest(self, word: str) -> str | None:
        """What ``repair`` makes of a word when nobody knows it to be correct."""
        if len(word) < 4 or not word.isalpha() or word in self.counts or word in STOP_WORDS or len(word) > 40:
            return None
        if self.compound_parts(word) or self.knows_inflection(word):
            return None
        allowed, sound = 1 if len(word) < 8 else 2, _sound(word)
        near = [(known, edits) for known, edits in _near(word, self._written, allowed) if _is_slip(word, known, edits)]
        near += [
            (known, edits + 1) for known, edits in _near(sound, self._sounding, allowed - 1) if _is_slip(sound, _sound(known), edits + 1)
        ]
        if not near:
            return None
        # Nearest first; among equals the same first letter, then the more frequent word.
        return min(near, key=lambda hit: (hit[1], hit[0][0] != word[0], -self.counts[hit[0]]))[0]

    def knows_inflection(self, word: str) -> bool:
        """Whether a regular form of the same word is known."""
        forms = {word + suffix for suffix in ("e", "en", "s", "n", "t")}
        forms |= {word.removesuffix(suffix) for suffix in ("e", "en", "s", "n", "t", "de", "te", "den", "ten", "je", "jes")} - {word}
        return any(form in self.counts for form in forms)


def _sound(word: str) -> str:
    """A word with y for ij and g for ch, as many write them."""
    return word.replace("ij", "y").replace("ch", "g")


def _near(word: str, by_length: Mapping[int, Mapping[str, str]], allowed: int) -> list[tuple[str, int]]:
    """The known words at most so many edits away, with their distance."""
    candidates: dict[str, str] = {}
    for length in range(len(word) - allowed, len(word) + allowed + 1):
        candidates |= by_length.get(length, {})
    return [(known, edits) for _, edits, known in process.extract(word, candidates, scorer=OSA.distance, score_cutoff=allowed, limit=None)]


def _is_slip(typed: str, known: str, edits: int) -> bool:
    """Whether a near word differs as a slip of the fingers does, and not as another word does (vaas and vaak)."""
    if len(typed) == len(known) == 4:
        return sorted(typed) == sorted(known)
    foreign = len(set(typed) - set(known))
    return edits < 2 or foreign <= (1 if len(typed) >= 10 else 0)


def tokens(text: str, vocabulary: Vocabulary) -> list[str]:
    """Stems of the words, followed by the stems of compound parts, in reading order; stop words are dropped.

    ``39euro`` and ``15pct`` also give their bare number, so that "39" finds them.
    """
    result: list[str] = []
    for word in words(text):
        if word in STOP_WORDS:
            continue
        result.append(stem(word))
        bare = re.fullmatch(r"(\d+(?:p\d+)?)(?:euro|pct|pond|dollar)", word)
        if bare:
            result.append(bare.group(1))
        for part in vocabulary.compound_parts(word):
            if part not in STOP_WORDS:
                result.append(stem(part))
    return result


def ngrams(text: str, size: int = 4) -> list[str]:
    """Character n-grams of each content word, with ``#`` at its edges; the safety net for typing errors."""
    result: list[str] = []
    for word in words(text):
        if word in STOP_WORDS:
            continue
        edged = f"#{word}#"
        result.extend(edged[i : i + size] for i in range(max(1, len(edged) - size + 1)))
    return result


def content_words(text: str) -> Sequence[str]:
    """The words of a text that carry its subject."""
    return [word for word in words(text) if word not in STOP_WORDS]
