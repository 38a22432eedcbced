"""Read every mail of a folder with our MIME layer or a peer: parse.py (ours|compat32|rust) FOLDER."""

from __future__ import annotations

import email
import email.policy
import sys
import time
from collections.abc import Callable
from pathlib import Path

import fast_mail_parser

from bench.gauge import measured, tell
from mailhelper_core.mime.parse import parse

kind, folder = sys.argv[1], Path(sys.argv[2])
raws = [path.read_bytes() for path in sorted(folder.rglob("*.eml"))]
found: dict[str, float] = {"slowest": 0.0, "refused": 0}


def compat32(raw: bytes) -> None:
    """Read with the standard library, all text parts decoded."""
    for part in email.message_from_bytes(raw, policy=email.policy.compat32).walk():
        if part.get_content_maintype() == "text":
            part.get_payload(decode=True)


readers: dict[str, Callable[[bytes], object]] = {
    "ours": parse,
    "compat32": compat32,
    "rust": fast_mail_parser.parse_email,
}
read = readers[kind]
with measured(found):
    for raw in raws:
        began = time.process_time()
        try:
            read(raw)
        except Exception:  # noqa: BLE001 - refusals of the peers are counted
            found["refused"] += 1
        found["slowest"] = max(found["slowest"], time.process_time() - began)
found["mails"] = len(raws)
tell(found)
