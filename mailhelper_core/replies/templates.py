"""Sentences for drafts without a provider: by language, tone and kind of mail; pure."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from mailhelper_core.model.mail.message import Address

SALUTATIONS: Mapping[str, Mapping[str, str]] = {
    "de": {
        "formal": "Guten Tag {name},",
        "friendly": "Hallo {first},",
        "brief": "Hallo {first},",
        "decline": "Guten Tag {name},",
    },
    "en": {"formal": "Dear {name},", "friendly": "Hi {first},", "brief": "Hi {first},", "decline": "Dear {name},"},
}
CLOSINGS: Mapping[str, Mapping[str, str]] = {
    "de": {
        "formal": "Mit freundlichen Grüßen",
        "friendly": "Viele Grüße",
        "brief": "Grüße",
        "decline": "Mit freundlichen Grüßen",
    },
    "en": {"formal": "Kind regards", "friendly": "Best wishes", "brief": "Best", "decline": "Kind regards"},
}
# "(...)" is where the owner has to say something: a template knows no answers. "du" is how German addresses friends.
_BODIES: Mapping[str, Mapping[str, str]] = {
    "du": {
        "complaint": "es tut mir leid, dass du Anlass zur Klage hast. Ich gehe der Sache nach: (...)",
        "question": "danke für deine Frage. (...)",
        "request": "danke für deine Nachricht. Ich kümmere mich darum: (...)",
        "confirmation": "danke für die Bestätigung. (...)",
        "information": "danke für die Information. (...)",
        "other": "danke für deine Nachricht. (...)",
    },
    "de": {
        "complaint": "es tut mir leid, dass Sie Anlass zur Klage haben. Ich gehe der Sache nach: (...)",
        "question": "danke für Ihre Frage. (...)",
        "request": "danke für Ihre Nachricht. Ich kümmere mich darum: (...)",
        "confirmation": "danke für die Bestätigung. (...)",
        "information": "danke für die Information. (...)",
        "other": "danke für Ihre Nachricht. (...)",
    },
    "en": {
        "complaint": "I am sorry that you had reason to complain. I am looking into it: (...)",
        "question": "Thank you for your question. (...)",
        "request": "Thank you for your message. I will take care of it: (...)",
        "confirmation": "Thank you for confirming. (...)",
        "information": "Thank you for letting me know. (...)",
        "other": "Thank you for your message. (...)",
    },
}
_BRIEF = {"de": "danke, (...)", "en": "Thanks, (...)"}
_DECLINE = {
    "du": "danke für deine Nachricht. Leider kann ich dem nicht nachkommen: (...)",
    "de": "danke für Ihre Nachricht. Leider kann ich dem nicht nachkommen: (...)",
    "en": "Thank you for your message. I am afraid I have to decline: (...)",
}
# How one who is not known by name is addressed.
_NAMELESS = {
    "de": {"formal": "Sehr geehrte Damen und Herren,", "friendly": "Hallo,"},
    "en": {"formal": "Dear Sir or Madam,", "friendly": "Hello,"},
}
# How a model begins though the program adds the salutation: a short line without a sentence in it.
_SALUTES = re.compile(
    r"(?:hi|hello|hey|dear|good (?:morning|afternoon|evening)|hallo|liebe[rs]?|guten (?:tag|morgen|abend)|moin|servus"
    r"|sehr geehrte[rs]?)\b(?: [\w.'’-]{1,40}){0,5}(?<!\.)[ ]{0,5}[,!]?[ ]{0,5}\n\s*(?=\S)",
    re.IGNORECASE,
)
# The same in any language.
_BEGINS = re.compile(r"[^\W\d_][^\n.?:;]{1,60}[,!،，][ ]{0,5}\n\s*(?=\S)")
# What a salutation may say of a name.
_MARKS = ("{first}", "{last}", "{name}")
_AS_IN_DOMAINS = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue", "ß": "ss"})


def sentence(language: str, tone: str, mail_type: str, *, is_familiar: bool = False) -> str:
    """Answer the body of a draft, without salutation and closing, as familiar as its salutation is."""
    if tone == "brief":
        return _BRIEF[language]
    spoken = "du" if language == "de" and is_familiar else language
    return _DECLINE[spoken] if tone == "decline" else _BODIES[spoken].get(mail_type, _BODIES[spoken]["other"])


def is_familiar(pattern: str, person: Address, tone: str) -> bool:
    """Say whether a salutation addresses a person as a friend: by the first name alone, else as the tone has it."""
    if any(mark in pattern for mark in _MARKS):
        is_by_first_name = "{first}" in pattern and not any(mark in pattern for mark in ("{last}", "{name}"))
        return is_by_first_name and _is_known(_name_of(person), person)
    return tone in ("friendly", "brief") and "geehrt" not in pattern


def salutation(pattern: str, person: Address, language: str, tone: str) -> str:
    """Answer a salutation with the name of a person in place of {first}, {last} and {name}."""
    words = _name_of(person)
    values = (words[0] if words else "", words[-1] if words else "", " ".join(words))
    if not _is_known(words, person) and any(mark in pattern for mark in _MARKS):
        return _NAMELESS[language]["formal" if tone in ("formal", "decline") else "friendly"]
    for mark, value in zip(_MARKS, values, strict=True):
        pattern = pattern.replace(mark, value)
    return pattern


def ungreeted(text: str) -> str:
    """Answer what a model wrote without its own salutation: a draft has one already."""
    found = _SALUTES.match(text)
    return text[found.end() :] if found else text


def is_greeting_of_another(text: str) -> bool:
    """Say whether a model's text begins with a salutation of a language that no template has."""
    return bool(_BEGINS.match(text)) and not _SALUTES.match(text)


def _name_of(person: Address) -> list[str]:
    words = person.name.replace('"', "").split()
    return [*words[1:], words[0].rstrip(",")] if "," in person.name and len(words) > 1 else words


def _is_known(words: Sequence[str], person: Address) -> bool:
    return bool(words) and not _is_organisation(words, person)


def _is_organisation(words: Sequence[str], person: Address) -> bool:
    """Say whether the domain bears the whole name, and what stands before the @ no part of it: nobody's first name."""
    parts = [part for part in map(_letters, words) if part]
    labels, local = map(_letters, person.domain.split(".")), _letters(person.addr_spec.rpartition("@")[0])
    name = "".join(parts)
    is_in_domain = any(label == name or (len(parts) > 1 and label.startswith(name)) for label in labels)
    return is_in_domain and not any(part in local for part in parts)


def _letters(text: str) -> str:
    return "".join(filter(str.isalnum, text.lower().translate(_AS_IN_DOMAINS)))
