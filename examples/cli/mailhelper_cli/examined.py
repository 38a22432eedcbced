"""What `mailhelper doctor` sees of accounts: each for itself, so that one that is ill hides no other."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from mailhelper_cli.failures import describe
from mailhelper_core import Account, AccountCheck, HealthItem, MailHelperError, OwnerServices

# What of a server's capabilities decides how it is asked: those of docs/reference/servers.md.
_TOLD = (
    "QRESYNC", "CONDSTORE", "LIST-STATUS", "ESEARCH", "SPECIAL-USE", "NAMESPACE", "MOVE", "UIDPLUS", "OBJECTID",
    "X-GM-EXT-1", "NOTIFY", "IDLE", "COMPRESS=DEFLATE", "LITERAL+", "LITERAL-", "SASL-IR", "ENABLE", "UNSELECT",
)  # fmt: skip
# Mailboxes that their owner wants, and that are left alone after too many failures.
_GIVEN_UP = ("restless", "breaks_connection")


def looked_at(
    services: OwnerServices, accounts: Sequence[Account], *, verify: bool, repair: bool
) -> Iterator[HealthItem]:
    """Yield what a look at the server of each account finds, and with verify what of the store differs from it."""
    for account in accounts:
        check = services.accounts.check(account.id)
        yield _checked(account, check)
        if check.ok and verify:
            yield _verified(services, account, repair=repair)


def _checked(account: Account, check: AccountCheck) -> HealthItem:
    name = f"account {account.name}"
    if not check.ok:
        return HealthItem(name, ok=False, found=f"{check.code}: {check.message}", advice=check.advice)
    given_up = [mailbox for mailbox, reason in check.not_synced if reason in _GIVEN_UP]
    if given_up:
        advice = f"Run `mailhelper account repair {account.id}`: {', '.join(given_up)} failed too often."
        return HealthItem(name, ok=False, found=_seen(check), advice=advice)
    if account.state == "paused":
        advice = f"`mailhelper account resume {account.id}` ends it."
        return HealthItem(name, ok=True, found=f"paused, nothing is synced; {_seen(check)}", advice=advice)
    return HealthItem(name, ok=True, found=_seen(check), advice=check.advice)


def _seen(check: AccountCheck) -> str:
    able = ", ".join(name for name in _TOLD if name in check.capabilities) or "basic IMAP or files"
    left = "; ".join(f"{name}: {reason}" for name, reason in check.not_synced)
    roles = ", ".join(role for role, _ in check.roles)
    told = [f"{check.mailboxes} mailboxes ({roles})", f"{check.latency_ms:.0f} ms", able]
    refused = f"; named and refused by the server: {', '.join(check.refused)}" if check.refused else ""
    return ", ".join(told) + (f"; not synced: {left}" if left else "") + refused


def _verified(services: OwnerServices, account: Account, *, repair: bool) -> HealthItem:
    name = f"store of {account.name}"
    try:
        found = services.accounts.verify(account.id)
        if repair and not found.ok:
            services.accounts.repair(account.id)
            found = services.accounts.verify(account.id)
    except MailHelperError as exc:  # a worker holds it, it is paused, or its server has gone
        failure = describe(exc)
        return HealthItem(name, ok=False, found=f"{exc.code}: {failure.message}", advice=failure.advice)
    counts = [
        sum(getattr(one, name) for one in found.differences)
        for name in ("missing", "extra", "differing", "other", "short")
    ]
    told = f"{found.messages} messages in {found.mailboxes} mailboxes"
    if not found.ok:
        told += "; {} missing, {} too many, {} with other keywords, {} other mail, {} cut short".format(*counts)
    told += "".join(f"; {name}: only at the server" for name in found.not_stored)
    told += "".join(f"; {name}: only in the store" for name in found.not_listed)
    advice = "" if found.ok else "Run `mailhelper sync`, then `mailhelper doctor --repair`."
    return HealthItem(name, ok=found.ok, found=told, advice=advice)
