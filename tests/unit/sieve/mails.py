"""A mail for tests of the interpreter: header fields as (name, value) pairs, and what else a test needs."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from mailhelper_core.model.mail.message import Address
from mailhelper_core.query.pattern import compile_groups
from mailhelper_core.sieve.action import Decision
from mailhelper_core.sieve.mail import BodyPart, Surroundings
from mailhelper_core.sieve.program import compile_script

NOW = datetime(2026, 11, 23, 12, 30, tzinfo=UTC)
EXTENSIONS = (
    "fileinto", "copy", "imap4flags", "variables", "relational", "comparator-i;ascii-numeric", "regex", "body", "date",
    "index", "mailbox", "special-use", "duplicate", "envelope", "subaddress", "reject", "vacation", "encoded-character",
)  # fmt: skip
REQUIRE = "require [" + ", ".join(f'"{name}"' for name in EXTENSIONS) + "];\n"


@dataclass(frozen=True)
class FakeMail:
    """A mail that was made up."""

    fields: tuple[tuple[str, str], ...] = (("Subject", "Second reminder"), ("From", "shop@example.org"))
    size: int = 1_000
    body: str = ""
    parts: tuple[BodyPart, ...] = ()
    sender: str | None = None

    def header(self, name: str) -> Sequence[str]:
        return [value for key, value in self.fields if key.lower() == name]

    def addresses(self, name: str) -> Sequence[Sequence[Address]]:
        return [[Address("", one.strip()) for one in value.split(",")] for value in self.header(name)]

    def envelope(self, part: str) -> Sequence[Address]:
        return [Address("", self.sender)] if part == "from" and self.sender is not None else []

    def raw_body(self) -> str:
        return self.body

    def body_text(self) -> Sequence[str]:
        return [part.text for part in self.parts if part.media_type.startswith("text/")]

    def body_parts(self) -> Sequence[BodyPart]:
        return self.parts


def decide(script: str, mail: FakeMail | None = None, around: Surroundings | None = None) -> Decision:
    """Answer what a script decides; every extension is required."""
    program = compile_script(REQUIRE + script, compile_groups)
    return program.decide(mail or FakeMail(), around or Surroundings(NOW))
