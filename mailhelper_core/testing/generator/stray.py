"""What else lands in a mailbox: absence notes, bounces, scans from the office printer."""

from __future__ import annotations

from email.utils import format_datetime

from mailhelper_core.testing.generator.draft import Attachment, Draft
from mailhelper_core.testing.generator.facts import Occasion
from mailhelper_core.testing.generator.mail import Truth
from mailhelper_core.testing.generator.mailer import PERSONAL, ROBOTS, token
from mailhelper_core.testing.generator.payload import pdf
from mailhelper_core.testing.generator.studio import Studio
from mailhelper_core.testing.generator.world import stranger


def absence(studio: Studio) -> list[Draft]:
    """An automatic answer of a contact's mailbox to a mail that is not here any more."""
    contact, moment, mailer = studio.contact(), studio.moment(), studio.rng.choice(PERSONAL)
    teller = studio.teller(Occasion(contact.language, contact.name, contact.name, contact.domain, moment))
    return [
        Draft(
            sender=(contact.name, contact.address),
            to=(("", studio.owner.address),),
            subject=teller.subject("absence"),
            paragraphs=teller.paragraphs("absence"),
            sent_at=moment,
            mailer=mailer,
            shape="plain",
            message_id=studio.message_id(mailer, contact.domain),
            references=(studio.message_id(PERSONAL[0], studio.owner.domain),),
            fields=(("Auto-Submitted", "auto-replied"), ("X-Auto-Response-Suppress", "All")),
            truth=Truth("other", False, 1, 1, contact.language, "absence"),
            trust=studio.trust(),
            flags=studio.flags(studio.age_days(moment), importance=1, urgency=1),
        )
    ]


def scan(studio: Studio) -> list[Draft]:
    """The office printer sends what was scanned."""
    language, moment, mailer = studio.language(), studio.moment(), ROBOTS[3]
    domain = "fairbridge.test"
    teller = studio.teller(Occasion(language, "Printer", "Printer", domain, moment))
    number = studio.rng.randint(100, 999)
    return [
        Draft(
            sender=("", f"printer{studio.rng.randint(1, 4)}@{domain}"),
            to=(("", studio.owner.address),),
            subject=teller.subject("scan"),
            paragraphs=teller.paragraphs("scan"),
            sent_at=moment,
            mailer=mailer,
            shape="plain",
            message_id=studio.message_id(mailer, domain),
            attachments=(Attachment(f"SCAN_{number}.pdf", "application/pdf", pdf(f"scan {number}")),),
            truth=Truth("other", False, 1, 1, language, "scan"),
            trust=studio.trust(shaky=0.5),
            flags=studio.flags(studio.age_days(moment), importance=1, urgency=1),
        )
    ]


def bounce(studio: Studio) -> list[Draft]:
    """A delivery status notification (RFC 3464) in the words of common mail servers, which speak English."""
    moment, mailer = studio.moment(), ROBOTS[3]
    nobody = stranger(studio.rng, studio.language()).address
    domain = nobody.partition("@")[2]
    report = (
        f"Reporting-MTA: dns; mx.{domain}\r\nArrival-Date: {format_datetime(moment)}\r\n\r\n"
        f"Final-Recipient: rfc822; {nobody}\r\nAction: failed\r\nStatus: 5.1.1\r\n"
        f"Diagnostic-Code: smtp; 550 5.1.1 <{nobody}> User unknown\r\n"
    )
    return [
        Draft(
            sender=("Mail Delivery System", f"MAILER-DAEMON@mx.{domain}"),
            to=(("", studio.owner.address),),
            subject=studio.rng.choice(
                ("Undelivered Mail Returned to Sender", "Mail delivery failed", "Delivery Status")
            ),
            paragraphs=(
                f"This is the mail system at host mx.{domain}.",
                "I'm sorry to have to inform you that your message could not be delivered to one or more recipients.",
                f"<{nobody}>: host mx.{domain} said: 550 5.1.1 User unknown (in reply to RCPT TO command)",
            ),
            sent_at=moment,
            mailer=mailer,
            shape="plain",
            message_id=f"<{token(studio.rng, 20)}@mx.{domain}>",
            report=report.encode(),
            fields=(("Auto-Submitted", "auto-replied"),),
            truth=Truth("other", False, 2, 2, "en", "bounce"),
            trust=studio.trust(shaky=0.5),
            flags=studio.flags(studio.age_days(moment), importance=1, urgency=1),
        )
    ]
