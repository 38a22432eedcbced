"""Encode and decode mailbox names in modified UTF-7 (RFC 3501 section 5.1.3)."""

from __future__ import annotations

import binascii
import re

_RUN = re.compile(r"[^\x20-\x7e]+|&")
_SHIFTED = re.compile(r"&([^-]*)-")


def encode_mailbox(name: str) -> bytes:
    """Answer the name as it goes over the wire."""
    return _RUN.sub(_encode_run, name).encode("ascii")


def decode_mailbox(wire: bytes) -> str:
    """Answer the name behind its wire form; raises ValueError for anything but modified UTF-7."""
    text = wire.decode("ascii")
    if "&" in _SHIFTED.sub("", text):
        raise ValueError("shift sequence without an end")
    return _SHIFTED.sub(_decode_run, text)


def _encode_run(match: re.Match[str]) -> str:
    run = match.group()
    if run == "&":
        return "&-"
    base64 = binascii.b2a_base64(run.encode("utf-16-be"), newline=False).rstrip(b"=")
    return "&" + base64.decode("ascii").replace("/", ",") + "-"


def _decode_run(match: re.Match[str]) -> str:
    run = match.group(1)
    if not run:
        return "&"
    padded = run.replace(",", "/") + "=" * (-len(run) % 4)
    try:
        return binascii.a2b_base64(padded.encode("ascii"), strict_mode=True).decode("utf-16-be")
    except binascii.Error as error:
        raise ValueError("broken base64 in a mailbox name") from error
