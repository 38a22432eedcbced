"""What mail is about: cues by topic, in German and English, a module for each kind of mail and language.

A list is written from how people and companies write in general, never from the wording of one sender or of the
test mail. In a list, `stem*` is a beginning, `*stem` an ending, `one ... two` stand in this order close to each other;
`cue!` says the topic alone, the others say it together with others. More languages are more modules in `LEXICON`.
"""

from __future__ import annotations

from collections.abc import Mapping

from mailhelper_core.process.reading.lexicon import (
    finance_de,
    finance_en,
    invitation_de,
    invitation_en,
    letters_de,
    letters_en,
    newsletter_de,
    newsletter_en,
    notification_de,
    notification_en,
    other_de,
    other_en,
    security_de,
    security_en,
    shopping_de,
    shopping_en,
    social_de,
    social_en,
)

# Kind of mail -> topic -> cues, one mapping for each language. "letters" are of people, alone or in conversation.
LEXICON: Mapping[str, tuple[Mapping[str, str], ...]] = {
    "letters": (letters_de.CUES, letters_en.CUES),
    "newsletter": (newsletter_de.CUES, newsletter_en.CUES),
    "notification": (notification_de.CUES, notification_en.CUES),
    "finance": (finance_de.CUES, finance_en.CUES),
    "shopping": (shopping_de.CUES, shopping_en.CUES),
    "invitation": (invitation_de.CUES, invitation_en.CUES),
    "social": (social_de.CUES, social_en.CUES),
    "security": (security_de.CUES, security_en.CUES),
    "other": (other_de.CUES, other_en.CUES),
}
