"""Spam, with the traces that real spam has: some caught by a filter, some failing every check, some well made."""

from __future__ import annotations

from random import Random

from mailhelper_core.testing.generator.draft import Attachment, Draft, Trust, Verdict
from mailhelper_core.testing.generator.facts import Occasion
from mailhelper_core.testing.generator.mail import Truth
from mailhelper_core.testing.generator.mailer import PERSONAL, ROBOTS, token
from mailhelper_core.testing.generator.payload import pdf
from mailhelper_core.testing.generator.studio import Studio
from mailhelper_core.testing.generator.world import company_names, slug, stranger

SPAM_KINDS = ("prize", "inheritance", "bank", "fee", "seo", "crypto", "loan", "bill")
# What each kind pretends to be: a company of that trade, or a person (None).
_MASKS = {"prize": "shop", "bank": "bank", "fee": "carrier", "crypto": "press"}
_LOCALS = ("info", "service", "support", "noreply", "office", "team", "news")


def junk(studio: Studio, kind: str, templates: str) -> list[Draft]:
    """One spam mail of the kind."""
    rng, language, moment = studio.rng, studio.language(), studio.moment()
    crook = stranger(rng, language)
    name, address = _sender(rng, kind, language, templates, crook.name, crook.address)
    domain = address.partition("@")[2]
    teller = studio.teller(Occasion(language, name, name, domain, moment, rng.choice((2, 3))))
    mailer = rng.choice((*ROBOTS, *PERSONAL))
    trust = _trust(rng)
    caught = trust.score is not None and trust.score >= 5
    return [
        Draft(
            sender=(name, address),
            to=((studio.owner.name if studio.chance(0.3) else "", studio.owner.address),),
            subject=teller.subject(kind),
            paragraphs=teller.paragraphs(kind),
            sent_at=moment,
            mailer=mailer,
            shape=rng.choice(("html", "alternative", "plain")),
            look=rng.choice(("newsletter", "receipt", "letter")),
            message_id=studio.message_id(mailer, domain),
            fields=_fields(studio, kind, language, domain),
            attachments=_files(rng) if kind == "bill" else (),
            truth=Truth("other", True, 1, 1, language, kind),
            trust=trust,
            mailbox="Junk" if caught and studio.chance(0.8) else "INBOX",
            flags=frozenset({"\\Seen"}) if studio.chance(0.2) else frozenset(),
        )
    ]


def _sender(rng: Random, kind: str, language: str, templates: str, name: str, address: str) -> tuple[str, str]:
    mask = _MASKS.get(kind)
    if mask is None:
        return name, address
    company = rng.choice(company_names(templates, language)[mask])
    host = rng.choice(
        (f"{token(rng, 7)}.test", f"{slug(company)}-{token(rng, 4)}.example.com", address.partition("@")[2])
    )
    return company, f"{rng.choice(_LOCALS)}@{host}"


def _trust(rng: Random) -> Trust:
    """Draw the receiving server's findings: spammers sign their own domains properly, too."""
    score = round(rng.uniform(5.1, 19.0), 1) if rng.random() < 0.4 else None
    if score is None and rng.random() < 0.3:
        score = round(rng.uniform(0.4, 4.9), 1)
    if rng.random() < 0.35:
        return Trust("pass", "pass", "pass", score)
    spf: Verdict = rng.choice(("fail", "softfail", "none", "pass"))
    dkim: Verdict = rng.choice(("fail", "none", "none"))
    return Trust(spf, dkim, "fail" if rng.random() < 0.6 else "none", score)


def _fields(studio: Studio, kind: str, language: str, domain: str) -> tuple[tuple[str, str], ...]:
    fields: list[tuple[str, str]] = []
    if kind in ("inheritance", "loan", "bill") or studio.chance(0.15):
        fields.append(("Reply-To", stranger(studio.rng, language).address))
    if kind in ("prize", "crypto", "seo") and studio.chance(0.5):
        fields.append(("List-Unsubscribe", f"<https://{domain}/u/{token(studio.rng, 12)}>"))
    if studio.chance(0.15):
        fields.append(("X-Priority", "1"))
    return tuple(fields)


def _files(rng: Random) -> tuple[Attachment, ...]:
    number = rng.randint(1000, 99_999)
    name, media_type = rng.choice(
        (
            (f"invoice_{number}.pdf", "application/pdf"),
            (f"Rechnung_{number}.zip", "application/zip"),
            (f"PO{number}.docm", "application/vnd.ms-word.document.macroEnabled.12"),
        )
    )
    return (Attachment(name, media_type, pdf(f"{number}")),)
