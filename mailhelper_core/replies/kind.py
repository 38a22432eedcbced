"""What kind of mail is to be answered, and in which language; pure."""

from __future__ import annotations

import re

from mailhelper_core.mime.quote import split_reply
from mailhelper_core.model.ai.reply import MailType
from mailhelper_core.model.mail.message import MessageDetail
from mailhelper_core.model.mail.words import fold

# What a mail says first about itself counts; later paragraphs repeat it.
_LOOKED_AT = 3_000
_NOBODY = re.compile(
    r"(?:^|[._-])(?:no[._-]?reply|do[._-]?not[._-]?reply|noreply|mailer-daemon|postmaster|bounces?)", re.I
)
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


_GERMAN = _set("der die das und ist nicht ich sie wir ein eine mit fur auf bitte danke hallo liebe sehr geehrte")
_ENGLISH = _set("the and is not i you we a an with for on please thanks hello dear of to it this")


def mail_type(message: MessageDetail) -> MailType:
    """Answer the kind of a mail; `newsletter` is everything that nobody waits for an answer to."""
    facts = message.facts
    sender = (message.reply_to[0] if message.reply_to else message.from_).addr_spec
    if facts.is_bulk or facts.is_auto or not sender or _NOBODY.search(sender.partition("@")[0]):
        return "newsletter"
    own = split_reply(message.text).own[:_LOOKED_AT]
    text = fold(f"{message.subject}\n{own}")
    found = next((kind for kind, cue in _CUES if kind == "complaint" and cue.search(text)), None)
    if found:
        return found
    if "?" in own:
        return "question"
    return next((kind for kind, cue in _CUES if cue.search(text)), "information" if own else "other")


def language_of(message: MessageDetail) -> str:
    """Answer the language of a reply: `de` or `en`, by what is known of the mail, else by its small words."""
    if message.language in ("de", "en"):
        return message.language
    words = fold(f"{message.subject} {message.text[:_LOOKED_AT]}").split()
    german, english = sum(word in _GERMAN for word in words), sum(word in _ENGLISH for word in words)
    return "de" if german > english else "en"
