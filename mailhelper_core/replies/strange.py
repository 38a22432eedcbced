"""Links, addresses and long numbers that a model put into a draft though no mail it was shown has them; pure."""

from __future__ import annotations

import re
from collections.abc import Iterable

from mailhelper_core.egress.numbers import addresses, digits, ibans, urls
from mailhelper_core.egress.outgoing import people_of
from mailhelper_core.egress.spans import merged
from mailhelper_core.model.mail.message import MessageDetail

# What the owner fills in, as where a decision is needed.
BLANK = "(...)"
_NUMBERS = frozenset({"iban", "card", "number"})
_BETWEEN = re.compile(r"[ ()/.\-\u00a0\u00b7\u2010-\u2015]")
_LOCAL_DIGITS = 7
_BETWEEN_PARTS = re.compile(r"\s?[-\u2010-\u2015/]\s?|\s")
_WHEN = re.compile(r"(?:\d{1,2}\.){2}(?:(?:19|20)\d\d)?|(?:19|20)\d\d")


def known_of(mails: Iterable[MessageDetail], own: Iterable[str]) -> str:
    """Answer all that a draft may take such things from: mails with whom they name, and the owner's words."""
    texts = [text for one in mails for text in (one.subject, one.text, *(each.addr_spec for each in people_of(one)))]
    return "\n".join([*texts, *own]).casefold()


def without_strange(text: str, known: str) -> tuple[str, int]:
    """Answer a text with a blank in place of each link, address and long number that is not known, and how many."""
    kept: list[str] = []
    at = count = 0
    bare = _BETWEEN.sub("", known)
    for span in merged([*urls(text), *addresses(text), *ibans(text), *digits(text)]):
        said = text[span.start : span.end].casefold()
        if said not in known and (span.kind not in _NUMBERS or _is_strange(said, bare)):
            kept += [text[at : span.start], BLANK]
            at, count = span.end, count + 1
    return "".join([*kept, text[at:]]), count


def _is_strange(number: str, known: str) -> bool:
    """Say whether a number is unknown, and none of days or years alone: "12.03.2027-14.03.2027", "2026/2027"."""
    parts = _BETWEEN_PARTS.split(number)
    return _number(number) not in known and not all(_WHEN.fullmatch(part) for part in parts)


def _number(said: str) -> str:
    """Answer a number however it is grouped; of one with the code of a country what stays without it."""
    bare = _BETWEEN.sub("", said)
    return bare[-_LOCAL_DIGITS:] if bare.startswith(("+", "00")) else bare


def note_of(count: int) -> str:
    """Answer what is said of a draft that had so many of them; empty for none."""
    return f"left blank: links, addresses or numbers that no mail of the thread has ({count})" if count else ""
