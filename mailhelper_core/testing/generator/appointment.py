"""Invitations with a calendar object (RFC 5545, 6047), their updates and cancellations."""

from __future__ import annotations

from datetime import timedelta

from mailhelper_core.testing.generator.draft import Attachment, Draft
from mailhelper_core.testing.generator.facts import Occasion
from mailhelper_core.testing.generator.mail import Level, Truth
from mailhelper_core.testing.generator.mailer import PERSONAL, ROBOTS, token
from mailhelper_core.testing.generator.payload import ics
from mailhelper_core.testing.generator.studio import Studio

_METHODS = {"meeting": "REQUEST", "cancelled": "CANCEL"}


def appointment(studio: Studio, kind: str) -> list[Draft]:
    """A contact invites the owner, or calls it off."""
    rng, contact, moment = studio.rng, studio.contact(), studio.moment()
    days = rng.choice((1, 2, 3, 5, 8, 13, 20))
    start = (moment + timedelta(days=days)).replace(hour=rng.randint(8, 17), minute=rng.choice((0, 15, 30)), second=0)
    urgency: Level = 3 if days == 1 else 2 if days <= 5 else 1
    occasion = Occasion(contact.language, contact.name, contact.name, contact.domain, moment, urgency, start=start)
    teller = studio.teller(occasion, "work")
    subject, paragraphs = teller.subject(kind), teller.paragraphs(kind)
    mailer = rng.choice((PERSONAL[2], PERSONAL[1], ROBOTS[0]))
    people = contact.address, studio.owner.address
    method, uid = _METHODS[kind], f"{token(rng, 26)}@{contact.domain}"
    data = ics(method, uid, teller.fill("{meeting}"), teller.fill("{place}"), start, people)
    with_file = studio.chance(0.5)
    return [
        Draft(
            sender=(contact.name, contact.address),
            to=((studio.owner.name, studio.owner.address),),
            subject=subject,
            paragraphs=paragraphs,
            sent_at=moment,
            mailer=mailer,
            shape=rng.choice(("plain", "alternative")),
            message_id=studio.message_id(mailer, contact.domain),
            calendar=(method, data),
            attachments=(Attachment("invite.ics", "application/ics", data),) if with_file else (),
            truth=Truth("invitation", False, urgency, contact.weight, contact.language, kind, tags=frozenset({"work"})),
            trust=studio.trust(),
            flags=studio.flags(studio.age_days(moment), importance=contact.weight, urgency=urgency),
        )
    ]
