"""Mail that programs send: newsletters, receipts, notices, codes. One row a kind says all that is special about it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from mailhelper_core.testing.generator.draft import Attachment, Draft, Look
from mailhelper_core.testing.generator.facts import Occasion
from mailhelper_core.testing.generator.mail import Level, Truth
from mailhelper_core.testing.generator.mailer import ROBOTS, token
from mailhelper_core.testing.generator.payload import pdf, png
from mailhelper_core.testing.generator.studio import Studio
from mailhelper_core.testing.generator.world import Company


@dataclass(frozen=True, slots=True)
class MachineKind:
    """A kind of mail. `locals` are the local parts of its senders; `auto` puts Auto-Submitted on it,
    `unsubscribe` List-Unsubscribe; `past` makes its date one that has been; `file` names a PDF that some bring."""

    name: str
    category: str
    trades: tuple[str, ...]
    locals: tuple[str, ...]
    urgency: tuple[Level, ...]
    importance: Level
    tags: frozenset[str]
    look: Look = "receipt"
    auto: bool = False
    unsubscribe: bool = False
    past: bool = False
    file: str | None = None


def _kind(
    name: str,
    category: str,
    trades: str,
    local_parts: str,
    urgency: tuple[Level, ...],
    importance: Level,
    tags: str = "",
    *,
    look: Look = "receipt",
    traits: str = "",
    file: str | None = None,
) -> MachineKind:
    return MachineKind(
        name, category, tuple(trades.split()), tuple(local_parts.split()), urgency, importance,
        frozenset(tags.split()), look, "auto" in traits, "unsubscribe" in traits, "past" in traits, file,
    )  # fmt: skip


_LISTS = ("news", "updates", "members", "mail", "all")
_NEWS = "news newsletter hello info mail"
_ROBOT = "noreply no-reply notifications info service"
_SERVICE = "service info billing kundenservice noreply office"

# name, category, trades, senders, urgency (one is drawn), importance, tags
KINDS = (
    _kind("offers", "newsletter", "shop travel telecom", _NEWS, (1,), 1, look="newsletter", traits="unsubscribe"),
    _kind("digest", "newsletter", "press software", _NEWS, (1,), 1, look="newsletter", traits="unsubscribe"),
    _kind("association", "newsletter", "association", "office info vorstand", (1,), 1, "club",
          look="newsletter", traits="unsubscribe"),
    _kind("build", "notification", "software", "ci notifications builds", (2,), 2, "build", traits="auto"),
    _kind("ticket", "notification", "software office", "support tickets noreply", (1, 2), 2, "ticket", traits="auto"),
    _kind("outage", "notification", "software", "alerts monitoring", (3,), 3, "monitoring", traits="auto"),
    _kind("report", "notification", "software", _ROBOT, (1,), 1, "report", traits="auto"),
    _kind("shared", "notification", "software", _ROBOT, (1,), 2, "document", traits="auto unsubscribe"),
    _kind("invoice", "finance", "utility telecom software office", _SERVICE, (1, 2), 2, "invoice", file="invoice"),
    _kind("reminder", "finance", "utility telecom office", _SERVICE, (2, 3), 3, "invoice reminder", file="reminder"),
    _kind("statement", "finance", "bank", "service postfach noreply", (1,), 2, "bank", file="statement"),
    _kind("tax", "finance", "authority", "poststelle office noreply", (2, 3), 3, "taxes", file="notice"),
    _kind("debit", "finance", "insurer software telecom", _SERVICE, (1,), 2, "contract"),
    _kind("order", "shopping", "shop travel", "orders shop service", (1,), 2, "order", traits="past"),
    _kind("shipped", "shopping", "carrier shop", "shipping noreply tracking", (1,), 2, "order delivery", traits="auto"),
    _kind("pickup", "shopping", "carrier", "noreply service", (2,), 2, "delivery"),
    _kind("refund", "shopping", "shop", "service returns", (1,), 1, "order"),
    _kind("follower", "social", "network", _ROBOT, (1,), 1, look="newsletter", traits="unsubscribe"),
    _kind("contact", "social", "network", "invitations noreply messages", (1,), 1, traits="unsubscribe"),
    _kind("group", "social", "network", _ROBOT, (1,), 1, look="newsletter", traits="unsubscribe"),
    _kind("sign_in", "security", "software bank network shop", "security account no-reply", (3,), 3, "account",
          traits="past"),
    _kind("reset", "security", "software network shop", "account noreply support", (3,), 2, "account"),
    _kind("code", "security", "bank software network", "security noreply verify", (3,), 2, "account"),
    _kind("survey", "other", "shop bank telecom travel", "survey feedback service", (1,), 1, traits="past"),
)  # fmt: skip


def machine_mail(studio: Studio, kind: MachineKind) -> list[Draft]:
    """One mail of the kind."""
    rng, language = studio.rng, studio.language()
    company = rng.choice(studio.world.companies[language, rng.choice(kind.trades)])
    moment, urgency = studio.moment(), rng.choice(kind.urgency)
    start = (
        moment - timedelta(hours=2) if kind.past else moment + timedelta(days=rng.randint(1, 4 if urgency > 1 else 25))
    )
    occasion = Occasion(language, company.name, company.name, company.domain, moment, urgency, start=start)
    teller = studio.teller(occasion)
    mailer = rng.choice(ROBOTS)
    return [
        Draft(
            sender=(company.name, f"{rng.choice(kind.locals)}@{company.domain}"),
            to=((studio.owner.name if studio.chance(0.6) else "", studio.owner.address),),
            subject=teller.subject(kind.name),
            paragraphs=teller.paragraphs(kind.name),
            sent_at=moment,
            mailer=mailer,
            shape=rng.choice(mailer.shapes),
            look=kind.look,
            message_id=studio.message_id(mailer, company.domain),
            attachments=_files(studio, kind),
            fields=_fields(studio, kind, company),
            truth=Truth(kind.category, False, urgency, kind.importance, language, kind.name, tags=kind.tags),
            trust=studio.trust(),
            flags=studio.flags(studio.age_days(moment), importance=kind.importance, urgency=urgency),
        )
    ]


def _fields(studio: Studio, kind: MachineKind, company: Company) -> tuple[tuple[str, str], ...]:
    fields: list[tuple[str, str]] = []
    if kind.unsubscribe:
        key = token(studio.rng, 20)
        fields.append(
            ("List-Unsubscribe", f"<https://{company.domain}/u/{key}>, <mailto:leave-{key}@{company.domain}>")
        )
        if studio.chance(0.7):
            fields.append(("List-Unsubscribe-Post", "List-Unsubscribe=One-Click"))
        if studio.chance(0.5):
            fields.append(("List-Id", f"<{studio.rng.choice(_LISTS)}.{company.domain}>"))
        if studio.chance(0.5):
            fields.append(("Precedence", "bulk"))
    if kind.auto and studio.chance(0.8):
        fields.append(("Auto-Submitted", "auto-generated"))
    if studio.chance(0.2):
        fields.append(("Reply-To", f"support@{company.domain}"))
    return tuple(fields)


def _files(studio: Studio, kind: MachineKind) -> tuple[Attachment, ...]:
    files: list[Attachment] = []
    number = studio.rng.randint(1000, 99_999)
    if kind.file is not None and studio.chance(0.7):
        name = f"{kind.file}_{number}.pdf" if studio.chance(0.7) else f"Beleg für {number}.pdf"
        files.append(Attachment(name, "application/pdf", pdf(f"{kind.file} {number}")))
    if kind.look == "receipt" and studio.chance(0.25):
        picture = png(number % 255, 80, 120)
        files.append(Attachment("logo.png", "image/png", picture, f"logo.{number}@mail"))
    return tuple(files)
