"""The weight that FBA reckons with: that of a box by its volume against its own."""

from assistant.calculation.by_gram import may_be_paid_by_gram
from assistant.calculation.formatting import half_up, number
from assistant.calculation.measures import sides_text, volume_weight
from assistant.calculation.reading import Question
from assistant.calculation.rules import Outcome
from assistant.calculation.sources import Sources


def shipping_weight(question: Question, sources: Sources) -> Outcome | None:
    """The volume weight of a box, against its own weight when the question gives it (fba/formaatklassen)."""
    rule = sources.find(r"gedeeld door 5\.000(?:;| is)|deel de uitkomst door 5\.000")
    by_weight = may_be_paid_by_gram(question, sources)
    if rule is None or not question.sides or (by_weight and not question.says("volumegewicht|dimensional")):
        return None
    value, own = half_up(volume_weight(question.sides)), question.only("kg")
    text = f"{sides_text(question.sides)} / 5.000 = {number(value)} kg volumegewicht"
    highest = sources.find(r"hoogste van stukgewicht en volumegewicht|kies het hoogste gewicht")
    # Where only the weight per piece counts, nothing is concluded.
    if own is None or highest is None or by_weight or question.says(r"envelop|kleding|schoen|lage.?prijs|speciale"):
        return Outcome(text, (rule.fact,))
    compared = "meer dan" if value > own.value else "minder dan" if value < own.value else "evenveel als"
    chosen = f"{compared} het stukgewicht van {number(own.value)} kg; het verzendgewicht is {number(max(own.value, value))} kg"
    return Outcome(f"{text}, {chosen}", (rule.fact, highest.fact))
