"""Why an opinion was formed and what a rule saw, in the reader's language; what nobody planned stays as it is.

The engine gives reasons as short English texts. Most are a closed vocabulary, some hold words of the message: these
are set into the translated sentence as they are, and the template escapes them.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from types import MappingProxyType

from flask_babel import gettext, lazy_gettext
from flask_babel.speaklater import LazyString

from mailhelper_web.words.facts import FACTS, KNOWN_SENDER, TOPICS, WITH_CUE, ZONES
from mailhelper_web.words.names import FLAGS

LEARNER = "learned"

# What the owner did, by which it is known what they think.
SIGNALS: Mapping[str, LazyString] = MappingProxyType(
    {
        "ui": lazy_gettext("you said so"),
        "junk": lazy_gettext("you called it spam"),
        "not_junk": lazy_gettext("you took it out of the spam"),
        "star": lazy_gettext("you flagged it"),
        "reply": lazy_gettext("you answered it"),
        "delete_unread": lazy_gettext("you threw it away unread"),
    }
)

Pattern = tuple[re.Pattern[str], LazyString]

_CUE = re.compile(r'(?P<zone>[a-z]+): (?P<much>much )?(?P<topic>[a-z-]+)(?: \("(?P<cue>.+)"\))?')
_KNOWN_DOMAIN = re.compile(r"known domain: (?P<topic>[a-z-]+)")
_SIGNAL = re.compile(r"signal (?P<signal>\w+)")
_DEADLINE = re.compile(r"deadline in (?P<hours>-?\d{1,6}) h")
# From here on people count days.
_TWO_DAYS_HOURS = 48
_PATTERNS: tuple[Pattern, ...] = (
    (re.compile(r"(?P<hits>\d+) common words of (?P<seen>\d+)"), lazy_gettext("%(hits)s of %(seen)s words fit")),
)
# Only the learner means this by it; a plugin that writes `links to a shop` is not taken at half of its words.
_LEARNER: tuple[Pattern, ...] = (
    (re.compile(r'subject has "(?P<word>.*)"'), lazy_gettext("subject has “%(word)s”")),
    (re.compile(r'text has "(?P<word>.*)"'), lazy_gettext("text has “%(word)s”")),
    (re.compile(r"links to (?P<site>.*)"), lazy_gettext("links to %(site)s")),
    (re.compile(r'a link has "(?P<word>.*)"'), lazy_gettext("a link has “%(word)s”")),
    (re.compile(r"sender is (?P<address>.*)"), lazy_gettext("sender is %(address)s")),
    (re.compile(r"sender's domain is (?P<domain>.*)"), lazy_gettext("sender's domain is %(domain)s")),
    (re.compile(r'sender calls itself "(?P<name>.*)"'), lazy_gettext("sender calls itself “%(name)s”")),
    (re.compile(r"header has (?P<field>.*)"), lazy_gettext("header has %(field)s")),
    (re.compile(r"came through (?P<server>.*)"), lazy_gettext("came through %(server)s")),
    (re.compile(r"came from network (?P<network>.*)"), lazy_gettext("came from network %(network)s")),
    (re.compile(r"Message-ID made at (?P<server>.*)"), lazy_gettext("Message-ID made at %(server)s")),
    (re.compile(r"brings a file of type (?P<type>.*)"), lazy_gettext("brings a file of type %(type)s")),
    # A word of a header field, whatever the field: the last one tried.
    (re.compile(r"(?P<field>[^\s:]+): (?P<word>\S+)"), lazy_gettext("header %(field)s has “%(word)s”")),
)

# Fields of queries of which a test shows the message's own text; it may read `yes` as well.
QUOTED_FIELDS = frozenset({
    "any", "subject", "from", "to", "cc", "bcc", "recipient", "reply_to", "sender", "body", "domain", "filename",
    "attachment", "list", "header", "message_id", "in_reply_to", "in", "keyword", "tag", "suggested", "category",
    "language", "account", "spf", "dkim", "dmarc", "mailer", "precedence", "auto_submitted", "calendar",
    "parse_status", "problem",
})  # fmt: skip
# Fields of which a test shows the mailbox, and the keywords of the message in it.
PLACE_FIELDS = frozenset({"in", "is", "keyword"})
_FIELD = re.compile(r"(?P<field>[A-Za-z_][\w-]*)[:=~<>]")
# As the engine writes a test and what it saw: blanks stand within quotes alone, where quotes are doubled.
_STEP = re.compile(r'(?P<condition>[^\s"]*(?:"(?:[^"]|"")*"\*?)?) saw (?P<saw>.*)', re.DOTALL)
_SAW: Mapping[str, LazyString] = MappingProxyType(
    {
        "yes": lazy_gettext("yes"),
        "no": lazy_gettext("no"),
        "nothing": lazy_gettext("nothing"),
        "no answer": lazy_gettext("no answer"),
    }
)


def reason_words(reason: str, said_by: str = "") -> str:
    """Answer a reason for an opinion in the reader's language; the own words of plugins and models as they are."""
    known = known_words(reason, said_by)
    return reason if known is None else known


def known_words(reason: str, said_by: str = "") -> str | None:
    """Answer the words of a reason that the engine itself gives, None for any other."""
    if reason in FACTS:
        return str(FACTS[reason])
    for read in _READERS:
        if found := read(reason):
            return found
    return _by_pattern(reason, (*_PATTERNS, *(_LEARNER if said_by == LEARNER else ())))


def step_words(step: str) -> str:
    """Answer what a test of a rule saw: the test in the language of queries, an arrow, and what it saw."""
    found = _STEP.fullmatch(step)
    return f"{found['condition']} → {saw_words(found['saw'], found['condition'])}" if found else step


def saw_words(saw: str, condition: str) -> str:
    """Answer what a test of a query saw; text of the message as it is."""
    found = _FIELD.match(condition)
    field = found["field"].lower() if found else ""
    if field in PLACE_FIELDS and saw not in _SAW:
        return " ".join(f"· {FLAGS[word]}" if word in FLAGS else word for word in saw.split(" "))
    is_quoted = not field or field in QUOTED_FIELDS
    return saw if is_quoted and saw != "no answer" else str(_SAW.get(saw, saw))


def _cue(reason: str) -> str:
    found = _CUE.fullmatch(reason)
    if found is None or found["zone"] not in ZONES or found["topic"] not in TOPICS:
        return ""
    once, repeatedly = ZONES[found["zone"]]
    told = str(repeatedly if found["much"] else once) % {"topic": TOPICS[found["topic"]]}
    return str(WITH_CUE) % {"reason": told, "cue": found["cue"]} if found["cue"] else told


def _known_domain(reason: str) -> str:
    found = _KNOWN_DOMAIN.fullmatch(reason)
    return str(KNOWN_SENDER) % {"topic": TOPICS[found["topic"]]} if found and found["topic"] in TOPICS else ""


def _signal(reason: str) -> str:
    found = _SIGNAL.fullmatch(reason)
    return str(SIGNALS[found["signal"]]) if found and found["signal"] in SIGNALS else ""


def _deadline(reason: str) -> str:
    found = _DEADLINE.fullmatch(reason)
    if found is None:
        return ""
    hours = int(found["hours"])
    if hours < _TWO_DAYS_HOURS:
        return str(gettext("deadline in %(hours)s h", hours=hours))
    return str(gettext("deadline in %(days)s days", days=round(hours / 24)))


def _by_pattern(reason: str, patterns: Iterable[Pattern]) -> str | None:
    for pattern, words in patterns:
        if found := pattern.fullmatch(reason):
            return str(words) % found.groupdict()
    return None


_READERS: tuple[Callable[[str], str], ...] = (_cue, _known_domain, _deadline, _signal)
