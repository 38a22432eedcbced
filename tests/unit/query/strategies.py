"""Random criteria and messages that speak of the same few words, so that tests often hold and often fail."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta

from hypothesis import Phase, given, seed, settings
from hypothesis import strategies as st

from mailhelper_core.model.mail.keyword import ANSWERED, FLAGGED, SEEN
from mailhelper_core.model.mail.message import Address, Attachment, MailFacts, MessageDetail, MessageTag, Place
from mailhelper_core.model.mind.opinion import OWNER, Opinion, foremost
from mailhelper_core.model.rules.criteria import COMPARISONS, FIELDS, AllOf, AnyOf, Criteria, Field, Is, Not

NOW = datetime(2026, 5, 20, 12, tzinfo=UTC)

WORDS = ("invoice", "Größe", "grosse", "reminder", "the", "bank", "12.50", "É", "e")
DOMAINS = ("bank.example", "mail.bank.example", "xbank.example", "ünï.example")
TAGS = ("done", "Bills", "work/now", "receipts")
MAILBOXES = ((1, "INBOX", "inbox"), (2, "Archive", "archive"), (3, "Work/Größe", ""))
KEYWORDS = (SEEN, FLAGGED, ANSWERED, "$Junk", "todo")
HEADERS = ("X-Spam-Status", "X-Mailer")
NAMES = {"header": (*HEADERS, HEADERS[0].lower()), "opinion": ("mood", "risk", "missing")}
DAYS = ("2026-05-19", "2026-05", "2025", "today", "yesterday", "2026-05-20")
OWN = frozenset(("ada@bank.example",))

phrases = st.lists(st.sampled_from(WORDS), min_size=1, max_size=3).map(" ".join)
texts = st.lists(st.sampled_from((*WORDS, "-", "\n")), max_size=8).map(" ".join)

PATTERNS = ("(?i)invoice", "^the", "gr[oö]", r"\d+\.\d", "x{2}$")
WHOLE = (
    "",
    "the",
    "INVOICE",
    "Größe",
    "grosse",
    "the bank",
    "ada",
    "ada@bank.example",
    "ADA@bank.EXAMPLE",
    "12.50",
    "-",
)

_VALUES: dict[str, tuple[str, ...]] = {
    "domain": DOMAINS,
    "attachment": ("application/pdf", "image/png", "IMAGE/"),
    "message_id": ("1@x.example", "<1@X.example>", "2@x.example"),
    "in": ("inbox", "INBOX", "archive", "Work/Größe", "work/grosse", "trash"),
    "keyword": ("$junk", "todo", "\\Seen", "none", "a b"),
    "tag": (*TAGS, "BILLS", "other"),
    "suggested": ("Receipts", "receipts@0.85", "RECEIPTS@0.95", "Größe@1", "other"),
    "category": ("finance", "Finance", "people", "größe"),
    "language": ("de", "en", "DE"),
    "account": ("1", "2", "home", "Work"),
    "thread": ("1", "2", "9"),
    "id": ("1", "2", "9"),
    "dmarc": ("pass", "fail", "none"),
    "spf": ("pass", "softfail"),
    "dkim": ("pass", "fail"),
    "parse_status": ("ok", "repaired"),
    "in_reply_to": ("2@x.example", "<2@X.example>", "1@x.example"),
    "precedence": ("bulk", "BULK", "list"),
    "auto_submitted": ("no", "auto-replied"),
    "calendar": ("request", "REQUEST", "reply"),
    "problem": ("above-size-cap", "Größe", "other"),
    "mailer": ("the bank 12.50", "Größe"),
    "opinion": ("Größe", "the bank", "no", "0.75", "otherwise"),
    "list": ("the reminder <list.bank.example>", "THE reminder <list.bank.example>", "the"),
    "filename": ("Invoice 12.pdf", "grosse.PNG", "Größe.png", ""),
}
DECIMALS = ("0", "0.5", "0.75", ".75", "-2.5", "7", "+7.25")

_TYPED: dict[str, tuple[str, ...]] = {
    "size": ("0", "1k", "1024", "2.5k", "1M"),
    "date": DAYS,
    "age": ("1h", "30d", "6w", "3m", "1y"),
}


def values(field: Field, operator: str) -> tuple[str, ...]:
    """Answer values that a field takes behind an operator."""
    if operator == "~":
        return PATTERNS
    if field.type == "decimal" or (field.type == "words" and operator in COMPARISONS):
        return DECIMALS
    if field.type == "words":
        return (
            (*WORDS[:5], *DOMAINS[:3], "the bank", "me") if operator == ":" else (*WHOLE, *_VALUES.get(field.name, ()))
        )
    if field.type == "level":
        return tuple(map(str, range(field.bounds[0], field.bounds[1] + 1)))
    if field.type == "number":
        return ("yes", "no") if operator == ":" else ("0", "0.5", ".9", "1")
    if field.type == "flag":
        return field.values
    return _TYPED[field.type] if field.type in _TYPED else _VALUES[field.name]


def every_test() -> Iterator[Is]:
    """Yield tests of every built-in field with every operator."""
    for field in FIELDS.values():
        name = NAMES[field.name][-1 if field.name == "header" else 0] if field.name in NAMES else ""
        for operator in field.operators:
            for value in values(field, operator):
                yield Is(field.name, operator, value, name)
                if operator == ":" and field.type in ("words", "exact") and len(value) > 2:
                    yield Is(field.name, ":", value[:-1], name, prefix=True)
        if field.type in ("words", "exact", "level", "number", "decimal"):
            yield Is(field.name, ":", "", name, prefix=True)


@st.composite
def one_test(draw: st.DrawFn) -> Is:
    """Draw one valid test of a built-in field."""
    field = FIELDS[draw(st.sampled_from(sorted(FIELDS)))]
    operator = draw(st.sampled_from(field.operators))
    name = draw(st.sampled_from(NAMES[field.name])) if field.name in NAMES else ""
    can_prefix = operator == ":" and field.type in ("words", "exact", "level", "number", "decimal")
    if can_prefix and draw(st.integers(0, 5)) == 0:
        return Is(field.name, operator, "", name, prefix=True)
    known = st.sampled_from(values(field, operator))
    value = draw(st.one_of(known, phrases) if field.type == "words" and operator == ":" else known)
    prefix = can_prefix and field.type in ("words", "exact") and draw(st.integers(0, 3)) == 0
    if prefix and len(value) > 2:
        value = value[:-1]
    return Is(field.name, operator, value, name, prefix=prefix)


def criteria(leaves: st.SearchStrategy[Is] | None = None) -> st.SearchStrategy[Criteria]:
    """Answer random trees of such tests."""
    return st.recursive(
        one_test() if leaves is None else leaves,
        lambda part: st.one_of(
            st.lists(part, max_size=3).map(lambda parts: AllOf(tuple(parts))),
            st.lists(part, max_size=3).map(lambda parts: AnyOf(tuple(parts))),
            part.map(Not),
        ),
        max_leaves=6,
    )


addresses = st.builds(
    Address,
    st.one_of(st.just(""), phrases),
    st.tuples(st.sampled_from(("ada", "bob", "the.bank")), st.sampled_from(DOMAINS)).map("@".join) | st.just(""),
)
places = st.lists(
    st.builds(
        lambda mailbox, keywords: Place(mailbox[0], mailbox[1], mailbox[2], frozenset(keywords), 7),
        st.sampled_from(MAILBOXES),
        st.sets(st.sampled_from(KEYWORDS)),
    ),
    max_size=3,
    unique_by=lambda place: place.mailbox_id,
).map(tuple)
moments = st.sampled_from((0, 1, 13, 24, 24 * 31, 24 * 300, 24 * 500)).map(lambda hours: NOW - timedelta(hours=hours))
facts = st.builds(
    MailFacts,
    list_id=st.sampled_from(("", "the reminder <list.bank.example>", "größe.bank.example", "the'%s")),
    list_unsubscribe=st.sampled_from(("", "<mailto:x@bank.example>")),
    precedence=st.sampled_from(("", "bulk")),
    auto_submitted=st.sampled_from(("", "no", "auto-replied")),
    spf=st.sampled_from(("", "pass", "softfail")),
    dkim=st.sampled_from(("", "pass")),
    dmarc=st.sampled_from(("", "pass", "fail")),
    calendar_method=st.sampled_from(("", "REQUEST")),
    mailer=st.sampled_from(("", "The Bank 12.50", "Größe")),
    importance=st.sampled_from((0, 1, 5)),
    spam_flag=st.none() | st.booleans(),
    spam_score=st.sampled_from((None, 0.0, -2.5, 7.25)),
    reply_to_differs=st.booleans(),
)
# What classifiers say of two questions: words, numbers, what only looks like one, yes and no.
_SAID = ("Größe", "the bank", "yes", "no", "0.75", "-2.5", "7", "1-2", "1.2.3", "٣", ".75", "7e1", "12.5000000001")
opinions = st.lists(
    st.builds(
        Opinion,
        st.sampled_from(("mood", "risk")),
        st.sampled_from(_SAID),
        st.sampled_from((0.0, 0.25, 0.5, 0.75, 1.0)),
        said_by=st.sampled_from(("someone", OWNER)),
    ),
    max_size=2,
    unique_by=lambda one: one.kind,
).map(lambda said: foremost(replace(one, confidence=1.0) if one.said_by == OWNER else one for one in said))
attachments = st.lists(
    st.builds(
        Attachment,
        st.just("2"),
        st.sampled_from(("Invoice 12.pdf", "Größe.png", "")),
        st.sampled_from(("application/pdf", "image/png")),
        st.sampled_from((10, 1024)),
    ),
    max_size=2,
).map(tuple)


@st.composite
def messages(draw: st.DrawFn) -> MessageDetail:
    """Draw one message."""
    attached = draw(attachments)
    return MessageDetail(
        id=draw(st.integers(1, 3)),
        account_id=draw(st.integers(1, 2)),
        thread_id=draw(st.integers(1, 3)),
        subject=draw(texts),
        from_=draw(addresses),
        to=tuple(draw(st.lists(addresses, max_size=2))),
        cc=tuple(draw(st.lists(addresses, max_size=1))),
        bcc=tuple(draw(st.lists(addresses, max_size=1))),
        sent_at=draw(st.none() | moments),
        received_at=draw(moments),
        size=draw(st.sampled_from((0, 1023, 1024, 2560, 2**21))),
        snippet="",
        parse_status=draw(st.sampled_from(("ok", "repaired"))),
        has_attachments=bool(attached),
        attachments=attached,
        places=draw(places),
        tags=tuple(MessageTag(name) for name in sorted(draw(st.sets(st.sampled_from(TAGS))))),
        suggestions=draw(st.sampled_from(((), (("Receipts", 0.9),), (("Größe", 1.0), ("Receipts", 0.5))))),
        spam=draw(st.none() | st.sampled_from((0.0, 0.5, 0.9, 1.0))),
        category=draw(st.sampled_from((None, "finance", "people", "Größe"))),
        urgency=draw(st.none() | st.integers(1, 3)),
        importance=draw(st.none() | st.integers(1, 3)),
        language=draw(st.sampled_from((None, "de", "en"))),
        message_id=draw(st.sampled_from(("", "1@x.example"))),
        headers=tuple((name, draw(texts)) for name in draw(st.lists(st.sampled_from(HEADERS), max_size=3))),
        text=draw(texts),
        facts=draw(facts),
        reply_to=tuple(draw(st.lists(addresses, max_size=1))),
        sender=draw(st.none() | addresses),
        in_reply_to=draw(st.sampled_from(("", "2@x.example"))),
        problems=draw(st.sampled_from(((), ("above-size-cap",), ("Größe", "above-size-cap")))),
        opinions=draw(opinions),
        account_addresses=draw(st.sampled_from((frozenset(), OWN))),
    )


def corpus(size: int) -> list[MessageDetail]:
    """Answer so many messages, the same ones every time."""
    found: list[MessageDetail] = []

    @seed(size)
    @settings(max_examples=size, database=None, deadline=None, phases=[Phase.generate])
    @given(messages())
    def collect(message: MessageDetail) -> None:
        found.append(message)

    collect()
    return found[-size:]
