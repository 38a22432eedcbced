"""The language of a text, German or English, from its most common words; anything else is left open; pure."""

from __future__ import annotations

from collections.abc import Sequence

from mailhelper_core.model.mail.words import words
from mailhelper_core.model.mind.opinion import Opinion
from mailhelper_core.process.heuristics.evidence import logistic

# Words looked at: the first lines tell.
LOOKED_AT = 200
# Fewer common words than this say nothing.
LEAST_HITS = 3
# In running text a quarter or more of the words are common ones; in a table or another language few are.
LEAST_SHARE = 0.12
# What we say is right three times in four at least.
LEAST_CONFIDENCE = 0.75
# How much each common word of one language above the other's adds to the log-odds.
WEIGHT_OF_WORD = 0.9

# Words that stand in one of the languages alone: "in", "war", "die", "also", "man" would mislead.
_GERMAN = """
    der und das den dem ein eine einen einem einer nicht ist sind wir ich sie ihr ihre ihren ihnen du dir dich mit auf
    für von vom zu zum zur bei nach aus über unter auch noch nur wenn dass oder aber wie haben habe hatte wird werden
    wurde kann können bitte sich uns unser unsere mein meine dein deine kein keine mehr sehr schon heute jetzt hier
    diese dieser dieses als bis im am sein seine vielen dank grüße hallo wurden möchten gerne danke dein deinen hat
"""
_ENGLISH = """
    the and of to for is are you your we our it this that these those with from have has had be been not but if or by
    at which will would can could should please thanks thank here there what when where who how about more than their
    they them he she his her my me any all new do does did just out up into its were because don hello let get know
"""
# Neighbours that share words with both; their own common words stop us from guessing.
_NEIGHBOURS = """
    les une est pour vous nous dans avec sur pas que qui votre notre el los las una por para con su está usted nuestro
    il di che non per sono della delle gli het een niet voor zijn naar aan wij ons och att som är för inte det na nie
    jest się oraz dla o que não uma com você de la le du en y e i et
"""
COMMON: dict[str, frozenset[str]] = {"de": frozenset(words(_GERMAN)), "en": frozenset(words(_ENGLISH))}
OTHERS = frozenset(words(_NEIGHBOURS)) - COMMON["de"] - COMMON["en"]


def judge_language(found: Sequence[str]) -> Opinion | None:
    """Answer "de" or "en" for folded words, None when neither is evident."""
    seen = found[:LOOKED_AT]
    hits = {language: sum(map(common.__contains__, seen)) for language, common in COMMON.items()}
    best, other = sorted(hits, key=lambda language: (-hits[language], language))
    strangers = sum(map(OTHERS.__contains__, seen))
    if hits[best] < max(LEAST_HITS, LEAST_SHARE * len(seen)) or strangers >= hits[best]:
        return None
    confidence = logistic(WEIGHT_OF_WORD * (hits[best] - hits[other] - strangers))
    if confidence < LEAST_CONFIDENCE:
        return None
    return Opinion("language", best, confidence, (f"{hits[best]} common words of {len(seen)}",))
