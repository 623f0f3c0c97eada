"""The decision on a client's file: granted or refused, and how far from the threshold."""

from dashboard import markup
from dashboard.answers import Decision
from dashboard.scale import scale
from dashboard.words import Words
from scoring.explaining.language import apart


def show(words: Words, decision: Decision) -> None:
    """Put it on the page."""
    threshold, probability = apart(words.language.probability, decision.threshold, decision.probability)
    sentence = words("verdict.because", probability=probability, threshold=threshold)
    markup.show("verdict", words, decision=decision, sentence=sentence, picture=scale(words, decision))
