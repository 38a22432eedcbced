"""Summaries: the one that is held of a message, and whether a model provider may write one."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Literal

from mailhelper_core import Opinion, OwnerServices

KIND = "summary"
# `ask`: a provider may be asked; `consent`: there is one, and the owner has not allowed it; empty: there is none.
Offer = Literal["ask", "consent", ""]


def summary_in(opinions: Iterable[Opinion]) -> Opinion | None:
    """Answer the summary among the opinions on a message; a provider's before the message's own sentences."""
    found = [one for one in opinions if one.kind == KIND]
    return max(found, key=lambda one: one.confidence, default=None)


def summary_offer(ada: OwnerServices, account_id: int) -> Offer:
    """Answer whether a provider may be asked to summarize an account's mail."""
    providers = ada.egress.providers()
    if not providers:
        return ""
    given = {one.account_id: one.provider for one in ada.egress.consents() if one.purpose == "summarize"}
    return "ask" if given.get(account_id) in providers else "consent"
