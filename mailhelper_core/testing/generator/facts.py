"""What the slots of a template mean for one mail: names, amounts, dates, links."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from random import Random

from mailhelper_core.testing.generator.mail import Level
from mailhelper_core.testing.generator.mailer import token
from mailhelper_core.testing.generator.wording import Facts
from mailhelper_core.testing.generator.world import Person, draw_name, name_bank

_PATHS = ("account", "m/view", "s/open", "r/track", "a/{}", "read/{}", "c/{}", "app/notice", "info", "orders/{}")
_NUMBERS = ("{year}-{n:06d}", "RE-{n}", "{n:08d}", "{n}", "INV{n}", "{n:05d}/{year}")


@dataclass(frozen=True, slots=True)
class Occasion:
    """Who writes, from where, when, in which language, how urgently.

    `recipient` is who is greeted, by default the owner; `start` is when an appointment begins.
    """

    language: str
    sender: str
    company: str
    domain: str
    sent_at: datetime
    urgency: Level = 1
    recipient: str | None = None
    start: datetime | None = None


def facts(occasion: Occasion, owner: Person, rng: Random) -> Facts:
    """Answer the meaning of every slot; "@name" is a bank of the wording."""
    language = occasion.language
    calendar = name_bank("calendar", language)
    start = occasion.start or occasion.sent_at + timedelta(days=rng.randint(2, 14))
    days = [day for at, day in enumerate(calendar["days"]) if at < 5 or rng.random() < 0.3]
    names = owner.name.split()
    return {
        "name": lambda: (occasion.recipient or owner.name).split()[0],
        "surname": lambda: names[-1],
        "full_name": lambda: owner.name,
        "address": lambda: owner.address,
        "sender": lambda: occasion.sender,
        "first": lambda: occasion.sender.split()[0],
        "company": lambda: occasion.company,
        "amount": lambda: _amount(rng, language),
        "number": lambda: rng.choice(_NUMBERS).format(n=rng.randint(1000, 999_999), year=occasion.sent_at.year),
        "date": lambda: long_date(start, language),
        "month": lambda: calendar["months"][start.month - 1],
        "day": lambda: rng.choice(days),
        "time": lambda: f"{rng.randint(7, 20)}:{rng.choice(('00', '15', '30', '45'))}",
        "when": lambda: f"{long_date(start, language)}, {start:%H:%M}",
        "percent": lambda: str(rng.choice((5, 10, 15, 20, 25, 30, 40, 50, 60, 70, 81, 92))),
        "count": lambda: str(rng.randint(2, 60)),
        "code": lambda: rng.choice(
            (token(rng, 6, "0123456789"), token(rng, 7), token(rng, 8, "ABCDEFGHKLMNP23456789"))
        ),
        "city": lambda: rng.choice(name_bank("cities", language)["names"]),
        "other": lambda: draw_name(rng, language),
        "other2": lambda: draw_name(rng, language),
        "url": lambda: _url(rng, occasion.domain),
        "iban": lambda: _iban(rng),
        "phone": lambda: _phone(rng, language),
        "deadline": lambda: f"@deadline_{occasion.urgency}",
    }


def long_date(moment: datetime, language: str) -> str:
    """Answer a date as people write it."""
    month = name_bank("calendar", language)["months"][moment.month - 1]
    return f"{moment.day}. {month} {moment.year}" if language == "de" else f"{moment.day} {month} {moment.year}"


def _amount(rng: Random, language: str) -> str:
    euros = (
        f"{rng.choice((rng.randint(4, 90), rng.randint(20, 400), rng.randint(200, 4800))):,}.{rng.randint(0, 99):02d}"
    )
    if language == "de":
        return euros.translate(str.maketrans(",.", ".,")) + rng.choice((" €", " EUR"))
    return rng.choice(("€", "£", "EUR ")) + euros


def _iban(rng: Random) -> str:
    """Answer an IBAN with right check digits (ISO 13616) at a German bank code that no bank has."""
    account = f"00000000{rng.randint(0, 10**10 - 1):010d}"
    check = 98 - int(account + "131400") % 97  # D and E count as 13 and 14
    plain = f"DE{check:02d}{account}"
    return " ".join(plain[at : at + 4] for at in range(0, len(plain), 4))


def _phone(rng: Random, language: str) -> str:
    """Answer a number from the blocks that regulators keep free for fiction."""
    if language == "de":
        return f"030 23125 {rng.randint(0, 999):03d}"
    return f"020 7946 0{rng.randint(0, 999):03d}"


def _url(rng: Random, domain: str) -> str:
    path = rng.choice(_PATHS).format(token(rng, rng.randint(6, 20)))
    host = rng.choice(("www.", "", "link.", "my.")) + domain
    return f"https://{host}/{path}" + (f"?id={token(rng, 12)}" if rng.random() < 0.4 else "")
