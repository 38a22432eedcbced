"""The programs that write mail, by what they leave in it: name, boundary, Message-ID, habits."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from random import Random
from typing import Literal

Shape = Literal["plain", "alternative", "html"]


@dataclass(frozen=True, slots=True)
class Mailer:
    """A program: the field it signs with (None for those that do not), and how it writes."""

    signature: tuple[str, str] | None
    boundary: Callable[[Random], str]
    message_id: Callable[[Random, str], str]
    shapes: tuple[Shape, ...]
    charsets: tuple[str, ...] = ("utf-8",)
    encodings: tuple[str, ...] = ("quoted-printable", "8bit", "base64")


def token(rng: Random, length: int, alphabet: str = "0123456789abcdef") -> str:
    """Answer random characters."""
    return "".join(rng.choices(alphabet, k=length))


def _uuid(rng: Random) -> str:
    return "-".join(token(rng, size) for size in (8, 4, 4, 4, 12))


_MIXED = "ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz0123456789"
_OLD = ("utf-8", "iso-8859-1", "windows-1252")

# Programs in front of which people sit.
PERSONAL = (
    Mailer(
        ("User-Agent", "Mozilla Thunderbird"),
        lambda rng: "------------" + token(rng, 24, _MIXED),
        lambda rng, domain: f"<{_uuid(rng)}@{domain}>",
        ("plain", "plain", "alternative"),
        encodings=("8bit", "quoted-printable", "base64"),
    ),
    Mailer(
        ("X-Mailer", "Apple Mail (2.3774.600.62)"),
        lambda rng: "Apple-Mail=_" + _uuid(rng).upper(),
        lambda rng, domain: f"<{_uuid(rng).upper()}@{domain}>",
        ("alternative", "plain"),
        encodings=("quoted-printable",),
    ),
    Mailer(
        ("X-Mailer", "Microsoft Outlook 16.0"),
        lambda rng: f"----=_NextPart_000_{token(rng, 4).upper()}_{token(rng, 8).upper()}.{token(rng, 8).upper()}",
        lambda rng, domain: f"<{token(rng, 12)}${token(rng, 8)}${token(rng, 8)}$@{domain}>",
        ("alternative",),
        charsets=("iso-8859-1", "windows-1252", "utf-8"),
        encodings=("quoted-printable",),
    ),
    Mailer(
        None,
        lambda rng: "000000000000" + token(rng, 16),
        lambda rng, _: f"<CA{token(rng, 46, _MIXED)}@mail.example.com>",
        ("alternative",),
    ),
    Mailer(
        ("User-Agent", "Mutt/2.2.12 (2023-09-09)"),
        lambda rng: token(rng, 16, _MIXED),
        lambda rng, domain: f"<{token(rng, 10, _MIXED)}@{domain}>",
        ("plain",),
        charsets=_OLD,
        encodings=("8bit", "quoted-printable"),
    ),
    Mailer(
        ("X-Mailer", "iPhone Mail (21F90)"),
        lambda rng: "Apple-Mail-" + _uuid(rng).upper(),
        lambda rng, domain: f"<{_uuid(rng).upper()}@{domain}>",
        ("plain", "alternative"),
        encodings=("quoted-printable",),
    ),
)

# Programs that send by themselves.
ROBOTS = (
    Mailer(
        None,
        lambda rng: f"--==_mimepart_{token(rng, 12)}_{token(rng, 6)}",
        lambda rng, domain: f"<{token(rng, 24)}@{domain}>",
        ("alternative", "html", "plain"),
    ),
    Mailer(
        ("X-Mailer", "PHPMailer 6.9.1"),
        lambda rng: "b1_" + token(rng, 32),
        lambda rng, domain: f"<{token(rng, 40, _MIXED)}@{domain}>",
        ("alternative", "html"),
        charsets=_OLD,
        encodings=("8bit", "base64", "quoted-printable"),
    ),
    Mailer(
        None,
        lambda rng: f"----=_Part_{rng.randint(1000, 99999)}_{rng.randint(10**8, 10**9)}.{rng.randint(10**12, 10**13)}",
        lambda rng, domain: (
            f"<{rng.randint(10**8, 10**9)}.{rng.randint(1, 99)}.{rng.randint(10**12, 10**13)}@{domain}>"
        ),
        ("alternative", "html", "plain"),
        charsets=("utf-8", "iso-8859-1"),
    ),
    Mailer(
        None,
        lambda rng: "===============" + token(rng, 19, "0123456789") + "==",
        lambda rng, domain: f"<{rng.randint(10**17, 10**18)}.{rng.randint(1000, 9999)}@{domain}>",
        ("plain", "alternative"),
    ),
)
