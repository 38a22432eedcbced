"""Scenes with people: single mails, exchanges with the owner, discussions on mailing lists, private invitations."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timezone

from mailhelper_core.testing.generator.compose import arrival, plain_text
from mailhelper_core.testing.generator.draft import Attachment, Draft, Quote
from mailhelper_core.testing.generator.facts import Occasion, long_date
from mailhelper_core.testing.generator.mail import Level, Truth
from mailhelper_core.testing.generator.mailer import PERSONAL, Mailer
from mailhelper_core.testing.generator.payload import csv, pdf, png
from mailhelper_core.testing.generator.studio import ZONES, Studio
from mailhelper_core.testing.generator.world import MailingList, Person, stranger

# Kind of mail -> how urgent such a mail can be.
_URGENCY: dict[str, tuple[Level, ...]] = {
    "note": (1,),
    "ask": (1, 2, 2),
    "request": (2, 3, 3),
    "document": (1, 2),
    "arrange": (2, 2, 1),
    "party": (1, 2),
}
_REPLY_PREFIX = {"en": "Re: ", "de": "AW: "}
_ATTRIBUTION = {
    "en": "On {date} at {time}, {name} wrote:",
    "de": "Am {date} um {time} schrieb {name}:",
}
_MAX_QUOTED = 14


@dataclass(frozen=True, slots=True)
class Writer:
    """A person with the program they write in and the zone they live in."""

    person: Person
    mailer: Mailer
    zone: timezone


def letter(studio: Studio) -> list[Draft]:
    """One mail of a contact, sometimes of somebody new."""
    person = studio.contact() if studio.chance(0.85) else stranger(studio.rng, studio.language())
    kind = studio.rng.choice(("note", "ask", "request", "document", "arrange"))
    return [_first(studio, _writer(person), kind, studio.moment(), category="people")]


def party(studio: Studio) -> list[Draft]:
    """A private invitation in words, without a calendar object."""
    return [_first(studio, _writer(studio.contact()), "party", studio.moment(), category="invitation")]


def exchange(studio: Studio) -> list[Draft]:
    """A contact and the owner, back and forth; the owner's mails lie in Sent."""
    contact, owner = _writer(studio.contact()), Writer(studio.owner, PERSONAL[0], ZONES[0])
    kind = studio.rng.choice(("ask", "request", "document", "note"))
    writers = [contact, owner] if studio.chance(0.75) else [owner, contact]
    first = _first(studio, writers[0], kind, studio.moment(), category="people", to=writers[1].person)
    drafts = [first]
    for turn in range(1, studio.rng.choice((2, 2, 3, 3, 4, 5, 6))):
        moment = studio.later(drafts[-1].sent_at, hours=9)
        if moment >= studio.end:
            break
        drafts.append(_reply(studio, writers[turn % 2], drafts[-1], moment, to=writers[(turn + 1) % 2].person))
    return _finish_exchange(studio, drafts)


def discussion(studio: Studio) -> list[Draft]:
    """A thread on a mailing list."""
    forum = studio.rng.choice(studio.world.lists)
    audience = Person(forum.name, forum.address, forum.language)
    members = studio.rng.sample(forum.members, 4)
    opener = _writer(members[0])
    draft = _first(studio, opener, "post", studio.moment(), category="conversation", to=audience, topic=forum.topic)
    drafts = [draft]
    for _ in range(studio.rng.choice((0, 1, 2, 2, 3, 5))):
        parent = studio.rng.choice(drafts)
        moment = studio.later(drafts[-1].sent_at, hours=20)
        if moment >= studio.end:
            break
        writer = _writer(studio.rng.choice(members))
        drafts.append(_reply(studio, writer, parent, moment, to=audience, topic=forum.topic))
    number = next(studio.threads) if len(drafts) > 1 else None
    return [_through_list(studio, _numbered(draft, number), forum) for draft in drafts]


def _writer(person: Person) -> Writer:
    # A person keeps program and home: they follow from the address.
    key = sum(person.address.encode())
    return Writer(person, PERSONAL[key % len(PERSONAL)], ZONES[key % len(ZONES)])


def _first(
    studio: Studio,
    writer: Writer,
    kind: str,
    moment: datetime,
    *,
    category: str,
    to: Person | None = None,
    topic: str | None = None,
) -> Draft:
    person, recipient = writer.person, to or studio.owner
    moment = moment.astimezone(writer.zone)
    urgency = studio.rng.choice(_URGENCY.get(kind, (1,)))
    chosen = topic or studio.rng.choice(person.topics)
    occasion = Occasion(person.language, person.name, person.name, person.domain, moment, urgency, recipient.name)
    teller = studio.teller(occasion, chosen)
    weight = recipient.weight if person is studio.owner else person.weight
    return Draft(
        sender=(person.name, person.address),
        to=((recipient.name, recipient.address),),
        cc=_copies(studio, person),
        subject=teller.subject(kind),
        paragraphs=teller.paragraphs(kind),
        sent_at=moment,
        mailer=writer.mailer,
        shape=studio.rng.choice(writer.mailer.shapes),
        message_id=studio.message_id(writer.mailer, person.domain),
        attachments=_files(studio) if kind == "document" else (),
        fields=(("Importance", "high"), ("X-Priority", "1")) if urgency == 3 and studio.chance(0.3) else (),
        truth=Truth(category, False, urgency, weight, person.language, kind, tags=frozenset({chosen})),
        trust=studio.trust(),
        flags=studio.flags(studio.age_days(moment), importance=weight, urgency=urgency),
    )


def _reply(
    studio: Studio, writer: Writer, parent: Draft, moment: datetime, *, to: Person, topic: str | None = None
) -> Draft:
    person = writer.person
    language = parent.truth.language
    chosen = topic or min(parent.truth.tags)
    urgency: Level = 2 if studio.chance(0.2) else 1
    moment = moment.astimezone(writer.zone)
    occasion = Occasion(language, person.name, person.name, person.domain, moment, urgency, parent.sender[0])
    teller = studio.teller(occasion, chosen)
    prefix = _REPLY_PREFIX[language] if studio.chance(0.6) else "Re: "
    weight = to.weight if person is studio.owner else person.weight
    return Draft(
        sender=(person.name, person.address),
        to=((to.name, to.address),),
        subject=parent.subject if parent.references else prefix + parent.subject,
        paragraphs=teller.paragraphs("reply"),
        sent_at=moment,
        mailer=writer.mailer,
        shape=studio.rng.choice(writer.mailer.shapes),
        message_id=studio.message_id(writer.mailer, person.domain),
        quote=_quote(parent, language) if studio.chance(0.85) else None,
        references=(*parent.references, parent.message_id),
        truth=Truth("conversation", False, urgency, weight, language, "reply", tags=frozenset({chosen})),
        trust=studio.trust(),
        flags=studio.flags(studio.age_days(moment), importance=weight, urgency=urgency),
    )


def _quote(parent: Draft, language: str) -> Quote:
    date, time = long_date(parent.sent_at, language), f"{parent.sent_at:%H:%M}"
    attribution = _ATTRIBUTION[language].format(date=date, time=time, name=parent.sender[0])
    return Quote(attribution, tuple(plain_text(parent).rstrip().split("\r\n")[:_MAX_QUOTED]))


def _finish_exchange(studio: Studio, drafts: list[Draft]) -> list[Draft]:
    """Number the thread, file the owner's mails as sent, mark what was answered; one mail may come late."""
    number = next(studio.threads) if len(drafts) > 1 else None
    finished = []
    for at, draft in enumerate(drafts):
        draft = _numbered(draft, number)
        if draft.sender[1] == studio.owner.address:
            draft = replace(draft, relayed=False, delay_seconds=0, mailbox="Sent", flags=frozenset({"\\Seen"}), cc=())
        elif at + 1 < len(drafts):
            draft = replace(draft, flags=draft.flags | {"\\Seen", "\\Answered"})
        finished.append(draft)
    return _with_late_arrival(studio, finished)


def _with_late_arrival(studio: Studio, drafts: list[Draft]) -> list[Draft]:
    """Let one mail of some threads arrive after the next one: servers queue, and clients must still thread it."""
    if len(drafts) < 4 or studio.chance(0.6):
        return drafts
    at = next((at for at in range(1, len(drafts) - 1) if drafts[at].relayed), None)
    if at is None:
        return drafts
    seconds = int((arrival(drafts[at + 1]) - drafts[at].sent_at).total_seconds()) + 900
    return [*drafts[:at], replace(drafts[at], delay_seconds=seconds), *drafts[at + 1 :]]


def _numbered(draft: Draft, number: int | None) -> Draft:
    return replace(draft, truth=replace(draft.truth, thread=number))


def _through_list(studio: Studio, draft: Draft, forum: MailingList) -> Draft:
    name, _, domain = forum.address.partition("@")
    fields = (
        ("Sender", f"{name}-bounces@{domain}"),
        ("List-Id", f"{forum.name} <{name}.{domain}>"),
        ("List-Post", f"<mailto:{forum.address}>"),
        ("List-Unsubscribe", f"<mailto:{name}-leave@{domain}>"),
        ("Precedence", "list"),
    )
    subject = draft.subject
    if len(forum.name) % 2 == 0 and f"[{forum.name}]" not in subject:  # about half of all lists tag subjects
        subject = f"Re: [{forum.name}] {subject[4:]}" if draft.references else f"[{forum.name}] {subject}"
    truth = replace(draft.truth, importance=1, tags=draft.truth.tags | {"list"})
    flags = studio.flags(studio.age_days(draft.sent_at), importance=1, urgency=1)
    return replace(draft, subject=subject, fields=(*draft.fields, *fields), truth=truth, flags=flags)


def _copies(studio: Studio, person: Person) -> tuple[tuple[str, str], ...]:
    if person is studio.owner or not studio.chance(0.2):
        return ()
    others = [contact for contact in studio.world.contacts if contact is not person]
    return tuple((other.name, other.address) for other in studio.rng.sample(others, studio.rng.choice((1, 1, 2))))


def _files(studio: Studio) -> tuple[Attachment, ...]:
    number = studio.rng.randint(1, 99)
    choices = (
        Attachment(f"draft-v{number}.pdf", "application/pdf", pdf(f"Draft {number}")),
        Attachment(f"Übersicht {number}.pdf", "application/pdf", pdf(f"Page {number}")),
        Attachment(f"table_{number}.csv", "text/csv", csv(number)),
        Attachment(f"IMG_{number:04d}.png", "image/png", png(number, 90, 200 - number)),
    )
    return tuple(studio.rng.sample(choices, studio.rng.choice((1, 1, 1, 2))))
