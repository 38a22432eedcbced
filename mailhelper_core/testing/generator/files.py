"""Write generated mails to disk: Maildir and mbox."""

from __future__ import annotations

import re
from collections.abc import Iterable
from pathlib import Path

from mailhelper_core.testing.generator.mail import GeneratedMail

# https://cr.yp.to/proto/maildir.html: the letters behind ":2," in ASCII order.
_LETTERS = (("\\Draft", "D"), ("\\Flagged", "F"), ("\\Answered", "R"), ("\\Seen", "S"), ("\\Deleted", "T"))
_FROM_LINE = re.compile(rb"(?m)^(>*From )")


def write_maildir(path: Path, mails: Iterable[GeneratedMail]) -> None:
    """Write mails into a Maildir; a mailbox but INBOX becomes a Maildir++ folder beside `cur`."""
    for number, mail in enumerate(mails, 1):
        folder = path if mail.mailbox == "INBOX" else path / f".{mail.mailbox}"
        for name in ("cur", "new", "tmp"):
            (folder / name).mkdir(parents=True, exist_ok=True)
        letters = "".join(letter for flag, letter in _LETTERS if flag in mail.flags)
        moment = int(mail.internal_date.timestamp())
        (folder / "cur" / f"{moment}.M{number}P1.generated:2,{letters}").write_bytes(mail.raw)


def write_mbox(path: Path, mails: Iterable[GeneratedMail]) -> None:
    """Write mails into one mbox file (RFC 4155), lines that begin with "From " quoted as mboxrd does."""
    with path.open("wb") as file:
        for mail in mails:
            file.write(f"From MAILER-DAEMON {mail.internal_date:%a %b %d %H:%M:%S %Y}\n".encode())
            file.write(_FROM_LINE.sub(rb">\1", mail.raw.replace(b"\r\n", b"\n")))
            file.write(b"\n" if mail.raw.endswith(b"\n") else b"\n\n")
