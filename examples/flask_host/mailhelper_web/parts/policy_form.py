"""What of an account is synced, as a form: mailboxes a line each, days, megabytes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from flask_babel import gettext

from mailhelper_core import AccountPolicy, InvalidError

MEGABYTE = 1_000_000
# Older than mail itself; larger than any server takes.
MAX_DAYS, MAX_MEGABYTES = 36_500, 10_000


def policy_form(policy: AccountPolicy) -> dict[str, str]:
    """Answer what stands in the fields."""
    return {
        "include": "\n".join(policy.include),
        "exclude": "\n".join(policy.exclude),
        "days": str(policy.window_days or ""),
        "megabytes": f"{policy.size_cap_bytes / MEGABYTE:g}",
    }


def read_policy(form: Mapping[str, str], before: AccountPolicy) -> AccountPolicy:
    """Answer the policy that the fields say; what has no field stays. Raises InvalidError."""
    days, megabytes = form.get("days", "").strip(), form.get("megabytes", "").strip().replace(",", ".")
    if days and not (days.isdecimal() and 1 <= int(days) <= MAX_DAYS):
        raise InvalidError(gettext("Days are a whole number; leave it empty for all mail."), code="days")
    return replace(
        before,
        include=_lines(form.get("include", "")),
        exclude=_lines(form.get("exclude", "")),
        window_days=int(days) if days else None,
        size_cap_bytes=round(_megabytes(megabytes) * MEGABYTE),
    )


def _lines(text: str) -> tuple[str, ...]:
    return tuple(dict.fromkeys(line.strip() for line in text.splitlines() if line.strip()))


def _megabytes(text: str) -> float:
    try:
        found = float(text)
    except ValueError:
        found = -1.0
    if not 0 <= found <= MAX_MEGABYTES:
        raise InvalidError(gettext("A size is a number of megabytes."), code="size")
    return found
