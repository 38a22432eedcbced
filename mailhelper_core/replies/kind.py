"""What kind of mail is to be answered, and in which language; pure."""

from __future__ import annotations

import re

from mailhelper_core.mime.quote import split_reply
from mailhelper_core.model.ai.reply import MailType
from mailhelper_core.model.mail.message import MessageDetail
from mailhelper_core.model.mail.words import fold
from mailhelper_core.replies.compose import addressee

# What a mail says first about itself counts; later paragraphs repeat it.
_LOOKED_AT = 3_000
# In front of the @, where more may follow, and as a label of the domain.
_NO_REPLY = r"no[._-]?reply|do[._-]?not[._-]?reply|(?:bitte[._-]?)?nicht[._-]?antworten|keine[._-]?antwort"
_NOBODY = re.compile(rf"(?:^|[._+-])(?:{_NO_REPLY}|(?:mailer-daemon|postmaster|bounces?)(?=[._+=-]|$))", re.I)
_NOBODYS_DOMAIN = re.compile(rf"(?:^|\.)(?:{_NO_REPLY}|bounces?)\.", re.I)
# In the order in which they decide. The words are folded: no capitals, no accents.
_CUES: tuple[tuple[MailType, re.Pattern[str]], ...] = (
    (
        "complaint",
        re.compile(
            # Who writes complains, not somebody that they tell of.
            r"\b(?:complaints?|(?:i|we)(?: [a-z']+){0,3} complain|beschwerden?|(?:ich|wir) beschweren?"
            r"|beschweren? (?:ich|wir)|(?:mich|uns)(?: \w+){0,3} beschweren|reklam\w*|unacceptable|unzumutbar"
            r"|disappointed|enttauscht|mangelhaft|refund|erstattung|damaged|beschadigt|defekt|broken|still waiting"
            r"|warte immer noch)\b"
        ),
    ),
    (
        "confirmation",
        re.compile(r"\b(?:confirm(?:ed|ation)|bestatig\w*|zusage|wir freuen uns auf|see you (?:on|at)|passt mir)\b"),
    ),
    (
        "request",
        re.compile(
            r"\b(?:please|could you|would you|can you|bitte|konnten sie|konnen sie|konntest du|kannst du|let me know"
            r"|ich brauche|i need|we need|wir brauchen|send me|schick)\b"
        ),
    ),
)


def _set(words: str) -> frozenset[str]:
    return frozenset(words.split())


_WORD = re.compile(r"\w+")
# Of a text in one of the languages about a quarter of the words are these, of one in another a few by chance.
_LEAST_SHARE = 0.12
_GERMAN = _set(
    "der die das und ist nicht ich sie wir ein eine mit fur auf bitte danke hallo liebe sehr geehrte"
    " dir dich mir mich uns unser zum zur vom wie kann kannst konnen konnten habe haben hat viele grusse"
)
_ENGLISH = _set(
    "the and is not i you we an with for please thanks hello dear of to it this"
    " are can could would have be at my your our see let know was will from best regards"
)


def mail_type(message: MessageDetail) -> MailType:
    """Answer the kind of a mail; `newsletter` is everything that nobody waits for an answer to."""
    if is_unasked(message):
        return "newsletter"
    own = split_reply(message.text).own[:_LOOKED_AT]
    text = fold(f"{message.subject}\n{own}")
    found = next((kind for kind, cue in _CUES if kind == "complaint" and cue.search(text)), None)
    if found:
        return found
    if "?" in own:
        return "question"
    return next((kind for kind, cue in _CUES if cue.search(text)), "information" if own else "other")


def is_unasked(message: MessageDetail) -> bool:
    """Say whether nobody waits for an answer: bulk, programs, the owner's own mail; lists that can be answered ask."""
    facts, sender = message.facts, addressee(message)
    is_discussion = facts.list_post.lower().lstrip("< ").startswith("mailto:")  # `NO` where nobody may post (RFC 2369)
    if (facts.is_bulk and not is_discussion) or facts.is_auto or is_own(message):
        return True
    return not sender.addr_spec or bool(
        _NOBODY.search(sender.addr_spec.rpartition("@")[0]) or _NOBODYS_DOMAIN.search(sender.domain)
    )


def is_own(message: MessageDetail) -> bool:
    """Say whether the owner wrote it."""
    return message.from_.addr_spec.lower() in {address.lower() for address in message.account_addresses}


def language_of(message: MessageDetail) -> str:
    """Answer the language of a reply: `de` or `en`, by what is known of the mail, else by its small words."""
    if message.language in ("de", "en"):
        return message.language
    _, german, english = _common(message)
    return "de" if german > english else "en"


def is_foreign(message: MessageDetail) -> bool:
    """Say whether the language that a reply gets is none that the mail shows: French has few words of either."""
    if message.language in ("de", "en"):
        return False
    count, german, english = _common(message)
    return max(german, english) < max(1, _LEAST_SHARE * count)


def _common(message: MessageDetail) -> tuple[int, int, int]:
    """Answer how many words a mail has, and how many of them are common in German and in English."""
    words = _WORD.findall(fold(f"{message.subject} {message.text[:_LOOKED_AT]}"))
    return len(words), sum(word in _GERMAN for word in words), sum(word in _ENGLISH for word in words)
