"""Links and addresses that a model put into a draft though no mail it was shown has them; pure."""

from __future__ import annotations

from collections.abc import Iterable

from mailhelper_core.egress.numbers import addresses, urls
from mailhelper_core.egress.outgoing import people_of
from mailhelper_core.egress.spans import merged
from mailhelper_core.model.mail.message import MessageDetail

# What the owner fills in, as where a decision is needed.
BLANK = "(...)"


def known_of(mails: Iterable[MessageDetail], own: Iterable[str]) -> str:
    """Answer all that a draft may take links and addresses from: mails with whom they name, and the owner's words."""
    texts = [text for one in mails for text in (one.subject, one.text, *(each.addr_spec for each in people_of(one)))]
    return "\n".join([*texts, *own]).casefold()


def without_strange(text: str, known: str) -> tuple[str, int]:
    """Answer a text with a blank in place of each link and address that is not known, and how many these were."""
    kept: list[str] = []
    at = count = 0
    for span in merged([*urls(text), *addresses(text)]):
        if text[span.start : span.end].casefold() not in known:
            kept += [text[at : span.start], BLANK]
            at, count = span.end, count + 1
    return "".join([*kept, text[at:]]), count


def note_of(count: int) -> str:
    """Answer what is said of a draft that had so many of them; empty for none."""
    return f"left blank: links or addresses that no mail of the thread has ({count})" if count else ""
