"""Named facts about one message: the vocabulary in which the judges weigh and give their reasons; pure."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from datetime import timedelta
from functools import lru_cache

from mailhelper_core.model.mail.message import Address, Attachment, MailFacts, MessageDetail
from mailhelper_core.model.mail.words import words
from mailhelper_core.process.heuristics.history import history_facts
from mailhelper_core.process.reading.cues import KNOWN_DOMAINS
from mailhelper_core.process.reading.reading import Reading

# A group of friends or colleagues; a distribution list has more.
FEW_RECIPIENTS = 5
MANY_RECIPIENTS = 15
# A mail that says this little and has a link wants the click.
FEW_WORDS = 40
# A mail that brings a code brings little else.
CODE_WORDS = 150
# Longer display names are sentences.
NAME_CHARACTERS = 100
# Where a letter greets.
GREETING_CHARACTERS = 200
# A letter points to one or two pages, a newsletter to many.
MANY_LINKS = 5
# Different cues of one group from which on the text is about it.
SEVERAL_CUES = 2
# A Date this far from the day of receipt was not set by a mail program.
ABSURD_DATE = timedelta(days=4)
# Letters a subject needs before its capitals mean anything, and the share of capitals that is shouting.
SHOUTED_LETTERS = 10
SHOUTED_SHARE = 0.8
# Letters of a name that do not stand in an address by chance.
SPELLED_LETTERS = 4
# Digits in front of the @ from which on a program made up the address.
MANY_DIGITS = 4
# SpamAssassin's own default threshold.
SPAM_SCORE = 5.0
# The hours of a day and the morning after, of a week, and of a fortnight.
SOON_HOURS, WEEK_HOURS, FORTNIGHT_HOURS = 26.0, 24.0 * 7, 24.0 * 14

_FAILED = frozenset({"fail", "hardfail", "permerror"})
_REPLY = re.compile(r"\s*(?:re|aw|antw|sv|antwort)\s*(?:\[\d+\])?:", re.IGNORECASE)
_FORWARD = re.compile(r"\s*(?:fwd?|wg|wtr)\s*:", re.IGNORECASE)
_BILL_FILE = re.compile(
    r"invoice|rechnung|receipt|quittung|beleg|statement|kontoauszug|gutschrift|payslip", re.IGNORECASE
)
# This and the next begin with a set of characters and look back behind it: what begins with looking back, or with one
# of several things, is tried at every character.
# Four to eight digits or capitals with digits, but no year.
_CODE = re.compile(
    r"[A-Z\d](?<![\w.,/#-].)(?!(?<=1)9\d\d\b|(?<=2)0\d\d\b)"
    r"(?:(?<=\d)(?:\d{3,7}|\d\d[ -]\d{3})|(?:(?<=\d)|(?=[A-Z]{0,6}\d))[A-Z\d]{5,7})(?![\w,/-]|\.\d)"
)
_CURRENCIES = ("€", "EUR", "CHF", "USD", "GBP", "$", "£")
# Between a sum and its sign stands a blank, often one that does not break the line.
_MONEY = re.compile(
    r"[\d€$£ECUG](?:(?<=\d)[.,]\d\d[ \u00a0\u202f]?(?:€|EUR|CHF|USD|GBP|\$|£)"
    r"|(?:(?<=[€$£])|(?<=E)UR|(?<=C)HF|(?<=U)SD|(?<=G)BP)[ \u00a0\u202f]?\d)"
)
# "Ada Lovelace", "Dr. J. Doe", "Müller, Jan": two to four words that begin with capitals.
_PERSON = re.compile(r"(?:[^\W\d_a-z][\w'’.-]*[ ,]+){1,3}[^\W\d_a-z][\w'’.-]*$")
_MASS_MAILER = re.compile(
    r"mailchimp|sendgrid|sendinblue|brevo|mailjet|hubspot|cleverreach|newsletter|mailing|campaign|rapidmail|bulk",
    re.IGNORECASE,
)
_MASS_HEADERS = frozenset({"feedback-id", "x-campaign", "x-campaignid", "list-unsubscribe-post", "x-csa-complaints"})
_GAPPY = re.compile(r"\b(?:\w[ ._*-]){5,50}\w\b")
_TAIL = re.compile(r"\s{5}\S+$")


def facts_of(reading: Reading) -> frozenset[str]:
    """Answer every fact that holds, by name: plain ones, and cues as "zone: group" ("subject: finance")."""
    found = {name for name, holds in _TESTS if holds(reading)}
    found.update(_cue_facts(reading))
    found.update(_recipient_facts(reading.message))
    found.update(_time_facts(reading.hours_left))
    found.update(history_facts(reading.message))
    if group := next(filter(None, map(KNOWN_DOMAINS.get, reading.message.from_.domain.split("."))), ""):
        found.add(f"known domain: {group}")
    return frozenset(found)


def _cue_facts(reading: Reading) -> Iterator[str]:
    for zone, groups in reading.zones.items():
        for group, count in groups.items():
            yield f"{zone}: {group}"
            if count >= SEVERAL_CUES:
                yield f"{zone}: much {group}"


def _recipient_facts(message: MessageDetail) -> Iterator[str]:
    own = {address.lower() for address in message.account_addresses}
    to, copied = _specs(message.to), _specs(message.cc + message.bcc)
    count = len(to | copied)
    if not to:
        yield "no recipient shown"
    if own:
        yield "to me" if to & own else "copied to me" if copied & own else "not addressed to me"
    if count == 1:
        yield "one recipient"
    elif 1 < count <= FEW_RECIPIENTS:
        yield "few recipients"
    elif count >= MANY_RECIPIENTS:
        yield "many recipients"
    checks = (message.facts.spf, message.facts.dkim, message.facts.dmarc)
    # Anybody can write the owner's address into a mail; what failed a check was not sent from it.
    if message.from_.addr_spec.lower() in own and not any("fail" in check for check in checks):
        yield "from me"


def _specs(addresses: tuple[Address, ...]) -> set[str]:
    return {address.addr_spec.lower() for address in addresses if "@" in address.addr_spec}


def _time_facts(hours_left: float | None) -> Iterator[str]:
    if hours_left is None:
        return
    if hours_left <= SOON_HOURS:
        yield "deadline within a day"
    elif hours_left <= WEEK_HOURS:
        yield "deadline within a week"
    elif hours_left <= FORTNIGHT_HOURS:
        yield "deadline within two weeks"
    else:
        yield "deadline far ahead"


def _is_person(sender: Address) -> bool:
    name = sender.name[:NAME_CHARACTERS].strip("'\" ")
    return bool(_PERSON.match(name)) and not name.isupper()


def _spells(sender: Address, where: str) -> bool:
    """Say whether a word of the display name stands in a part of the address (s.doyle@, @beacon-mobile.example)."""
    lowered = where.lower()
    return any([word in lowered for word in _spelled(sender.name)])


# The same few people write with the same few programs: both are asked about twice a mail.
@lru_cache(maxsize=1_024)
def _spelled(name: str) -> tuple[str, ...]:
    return tuple([word for word in words(name) if len(word) >= SPELLED_LETTERS])


@lru_cache(maxsize=1_024)
def _is_mass_mailer(mailer: str) -> bool:
    return _MASS_MAILER.search(mailer) is not None


def _local_part(sender: Address) -> str:
    return sender.addr_spec.rpartition("@")[0]


def _is_reply(message: MessageDetail) -> bool:
    return bool(message.in_reply_to or message.references)


def _greets_an_address(reading: Reading) -> bool:
    greeting = reading.text[:GREETING_CHARACTERS]
    return any(to.addr_spec and to.addr_spec in greeting for to in reading.message.to[:FEW_RECIPIENTS])


def _is_shouted(subject: str) -> bool:
    letters = [letter for letter in subject if letter.isalpha()]
    return len(letters) >= SHOUTED_LETTERS and sum(map(str.isupper, letters)) > SHOUTED_SHARE * len(letters)


def _has_absurd_date(message: MessageDetail) -> bool:
    return message.sent_at is None or abs(message.received_at - message.sent_at) > ABSURD_DATE


def _names_other_address(sender: Address) -> bool:
    named = sender.name.rpartition("@")[2].strip("'\" >)").lower() if "@" in sender.name else ""
    return "." in named and named != sender.domain


def _digits(text: str) -> int:
    return sum(map(str.isdigit, text))


def _is_calendar(attachment: Attachment) -> bool:
    return attachment.media_type == "text/calendar" or attachment.filename.lower().endswith(".ics")


def _is_authenticated(facts: MailFacts) -> bool:
    return facts.dmarc == "pass" or facts.dkim == facts.spf == "pass"


_TESTS: tuple[tuple[str, Callable[[Reading], object]], ...] = (
    # lists, bulk and programs
    ("mailing list", lambda r: r.message.facts.is_list),
    ("unsubscribe header", lambda r: r.message.facts.list_unsubscribe),
    ("bulk precedence", lambda r: r.message.facts.precedence in ("bulk", "junk", "list")),
    ("sent by a program", lambda r: r.message.facts.is_auto),
    ("mass mailer", lambda r: _is_mass_mailer(r.message.facts.mailer) or r.header_names & _MASS_HEADERS),
    ("written in a mail program", lambda r: r.message.facts.mailer and not _is_mass_mailer(r.message.facts.mailer)),
    ("delivery report", lambda r: "multipart/report" in r.top_type or not r.message.from_.addr_spec),
    # threads
    ("reply", lambda r: _is_reply(r.message)),
    ("reply subject", lambda r: _REPLY.match(r.subject)),
    ("answers nothing", lambda r: _REPLY.match(r.subject) and not _is_reply(r.message)),
    ("forwarded", lambda r: _FORWARD.match(r.subject)),
    # the sender
    ("personal sender name", lambda r: _is_person(r.message.from_)),
    ("address spells the sender's name", lambda r: _spells(r.message.from_, _local_part(r.message.from_))),
    ("domain spells the sender's name", lambda r: _spells(r.message.from_, r.message.from_.domain)),
    ("sender names another address", lambda r: _names_other_address(r.message.from_)),
    ("digits in the sender's address", lambda r: _digits(_local_part(r.message.from_)) >= MANY_DIGITS),
    # meetings and files
    ("calendar request", lambda r: r.message.facts.calendar_method == "REQUEST"),
    ("calendar answer", lambda r: r.message.facts.calendar_method in ("REPLY", "CANCEL", "COUNTER", "REFRESH")),
    ("calendar file", lambda r: any(map(_is_calendar, r.message.attachments))),
    ("bill attached", lambda r: any(_BILL_FILE.search(a.filename) for a in r.message.attachments)),
    ("file attached", lambda r: any(not a.inline for a in r.message.attachments)),
    # what the text looks like
    ("question", lambda r: "?" in r.text or "?" in r.subject),
    ("code in the text", lambda r: len(r.words) < CODE_WORDS and _CODE.search(r.text)),
    ("amount of money", lambda r: any(sign in r.text for sign in _CURRENCIES) and _MONEY.search(r.text)),
    ("little text with a link", lambda r: len(r.words) < FEW_WORDS and r.links),
    ("link", lambda r: r.links),
    ("many links", lambda r: r.links > MANY_LINKS),
    ("no text", lambda r: not r.words),
    ("marked important", lambda r: 0 < r.message.facts.importance <= 2),
    ("marked unimportant", lambda r: r.message.facts.importance >= 4),
    ("flagged by the owner", lambda r: r.message.is_flagged),
    # trust
    ("server says spam", lambda r: r.message.facts.spam_flag is True),
    ("server says no spam", lambda r: r.message.facts.spam_flag is False),
    ("high spam score", lambda r: (r.message.facts.spam_score or 0) >= SPAM_SCORE),
    ("raised spam score", lambda r: SPAM_SCORE > (r.message.facts.spam_score or 0) >= SPAM_SCORE / 2),
    ("spf failed", lambda r: r.message.facts.spf in _FAILED),
    ("dkim failed", lambda r: r.message.facts.dkim in _FAILED),
    ("dmarc failed", lambda r: r.message.facts.dmarc in _FAILED),
    ("sender authenticated", lambda r: _is_authenticated(r.message.facts)),
    ("reply goes elsewhere", lambda r: r.message.facts.reply_to_differs),
    ("shouted subject", lambda r: _is_shouted(r.subject)),
    ("greets an address", _greets_an_address),
    ("exclamations", lambda r: r.subject.count("!") >= 2 or r.text.count("!!") >= 1),
    ("money in the subject", lambda r: any(sign in r.subject for sign in "$€£%")),
    ("gappy subject", lambda r: _GAPPY.search(r.subject) or _TAIL.search(r.subject)),
    ("absurd date", lambda r: _has_absurd_date(r.message)),
    ("no Message-ID", lambda r: not r.message.message_id),
    ("html only", lambda r: r.top_type.startswith("text/html")),
)  # fmt: skip
