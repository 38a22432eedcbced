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
# "(...)" is where the owner has to say something: a template knows no answers.
_BODIES: Mapping[str, Mapping[str, str]] = {
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
_AS_IN_DOMAINS = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue", "ß": "ss"})


def sentence(language: str, tone: str, mail_type: str) -> str:
    """Answer the body of a draft, without salutation and closing."""
    if tone == "decline":
        return _DECLINE[language]
    if tone == "brief":
        return _BRIEF[language]
    return _BODIES[language].get(mail_type, _BODIES[language]["other"])


def salutation(pattern: str, person: Address, language: str, tone: str) -> str:
    """Answer a salutation with the name of a person in place of {first}, {last} and {name}."""
    words = person.name.replace('"', "").split()
    if "," in person.name and len(words) > 1:
        words = [*words[1:], words[0].rstrip(",")]
    values = {"{first}": words[0] if words else "", "{last}": words[-1] if words else "", "{name}": " ".join(words)}
    if (not words or _is_organisation(words, person)) and any(mark in pattern for mark in values):
        return _NAMELESS[language]["formal" if tone in ("formal", "decline") else "friendly"]
    for mark, value in values.items():
        pattern = pattern.replace(mark, value)
    return pattern


def ungreeted(text: str) -> str:
    """Answer what a model wrote without its own salutation: a draft has one already."""
    found = _SALUTES.match(text)
    return text[found.end() :] if found else text


def _is_organisation(words: Sequence[str], person: Address) -> bool:
    """Say whether the domain bears the whole name, and what stands before the @ no part of it: nobody's first name."""
    parts = [part for part in map(_letters, words) if part]
    labels, local = map(_letters, person.domain.split(".")), _letters(person.addr_spec.rpartition("@")[0])
    name = "".join(parts)
    is_in_domain = any(label == name or (len(parts) > 1 and label.startswith(name)) for label in labels)
    return is_in_domain and not any(part in local for part in parts)


def _letters(text: str) -> str:
    return "".join(filter(str.isalnum, text.lower().translate(_AS_IN_DOMAINS)))
