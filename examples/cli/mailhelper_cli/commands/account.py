"""`mailhelper account`: add, list, check, password, policy and remove; verify and repair are in compare.py."""

from __future__ import annotations

import sys
from dataclasses import replace
from datetime import UTC, datetime

import click

from mailhelper_cli.commands.compare import repair_command, verify_command
from mailhelper_cli.context import Context, with_context
from mailhelper_cli.failures import CheckError
from mailhelper_cli.password import read_password
from mailhelper_cli.request import Group
from mailhelper_cli.values import account_value, check_value, policy_value
from mailhelper_core import AccountCheck, AccountPolicy

_stdin_option = click.option("--password-stdin", is_flag=True, help="Read the password from standard input.")

_no_check_option = click.option("--no-check", is_flag=True, help="Do not connect now.")
# Why a mailbox stays out; docs/discussions/sync.md.
_LEFT_OUT = {
    "excluded": "the policy excludes",
    "not_included": "the policy does not include",
    "not_selectable": "they hold no mail of their own",
    "restless": "the server renumbers them at every look (`account repair` tries again)",
    "breaks_connection": "the connection breaks there (tried once a day; `account repair` tries again)",
    "odd_name": "their names are too long, or hold line ends or control characters",
    "no_permission": "the server does not let you open them",
    "no_uid_validity": "their uids do not last, so nothing can be told apart",
    "no_mailbox": "the policy includes what the server does not have",
}


@click.group("account", cls=Group)
def account_command() -> None:
    """Add, list, check and remove mail accounts."""


account_command.add_command(verify_command)
account_command.add_command(repair_command)


@account_command.command("add")
@click.argument("url")
@click.option("--username", default="", help="The name to log in with.")
@click.option("--name", default="", help="What you call this account.  [default: the user name]")
@_no_check_option
@_stdin_option
@with_context
def add(context: Context, *, url: str, username: str, name: str, no_check: bool, password_stdin: bool) -> None:
    """Add the account at URL: imaps://host, imap://localhost:PORT, maildir:///path or mbox:///path.

    The password comes from a prompt, from MAILHELPER_PASSWORD, or with --password-stdin; never from an argument.
    An account that cannot be reached is not added, unless you say --no-check.
    """
    accounts = context.services.accounts
    needs_password = password_stdin or url.lower().startswith(("imap://", "imaps://"))
    password = read_password(from_stdin=password_stdin) if needs_password else ""
    check = None if no_check else accounts.try_out(url, username=username, password=password)
    if check is not None and not check.ok:
        raise CheckError("nothing was added", check)
    account = accounts.add(url, username=username, password=password, name=name)
    value = {"account": account_value(account), "check": check_value(check) if check else None}
    added = f"account {account.id} ({account.name}) is added; fetch its mail with `mailhelper run`"
    context.out.result(value, *(_check_lines(check) if check else ()), added)


@account_command.command("list")
@with_context
def list_(context: Context) -> None:
    """List the accounts and how they are."""
    accounts = context.services.accounts.list()
    rows = [(a.id, a.name, a.url, a.state, a.state_code, a.last_success_at or "never") for a in accounts]
    value = {"accounts": [account_value(account) for account in accounts]}
    columns = ("id", "name", "url", "state", "code", "last success")
    context.out.table(value, columns, rows, empty="there is no account yet; add one with `mailhelper account add`")


@account_command.command("check")
@click.argument("account", required=False)
@with_context
def check_(context: Context, *, account: str | None) -> None:
    """Connect, log in, and say what works and what to do."""
    found = context.account(account)
    check = context.services.accounts.check(found.id)
    if not check.ok:
        raise CheckError(f"account {found.id} ({found.name})", check)
    lines = _check_lines(check)
    if found.state == "paused":
        lines.append(f"it is paused: nothing is synced until `mailhelper account resume {found.id}`")
    context.out.result({"account": account_value(found), "check": check_value(check)}, *lines)


@account_command.command("password")
@click.argument("account", required=False)
@_no_check_option
@_stdin_option
@with_context
def password_(context: Context, *, account: str | None, no_check: bool, password_stdin: bool) -> None:
    """Change the stored password.

    A password that does not work is not stored, unless you say --no-check.
    """
    found = context.account(account)
    accounts = context.services.accounts
    password = read_password(from_stdin=password_stdin)
    check = None if no_check else accounts.check(found.id, password=password)
    if check is not None and not check.ok:
        raise CheckError(f"account {found.id} ({found.name}) keeps its password", check)
    value = {"account": account_value(accounts.update(found.id, password=password))}
    changed = f"account {found.id} ({found.name}) has a new password"
    lines = _check_lines(check) if check else ()
    context.out.result(value | {"check": check_value(check) if check else None}, *lines, changed)


@account_command.command("pause")
@click.argument("account", required=False)
@with_context
def pause_(context: Context, *, account: str | None) -> None:
    """Leave the server alone until `account resume`; what is stored stays."""
    _set_paused(context, account, paused=True)


@account_command.command("resume")
@click.argument("account", required=False)
@with_context
def resume_(context: Context, *, account: str | None) -> None:
    """Sync a paused account again."""
    _set_paused(context, account, paused=False)


def _set_paused(context: Context, account: str | None, *, paused: bool) -> None:
    found = context.services.accounts.update(context.account(account).id, paused=paused)
    line = f"account {found.id} ({found.name}) is {'paused' if paused else 'synced again'}"
    context.out.result({"account": account_value(found)}, line)


@account_command.command("policy")
@click.argument("account", required=False)
@click.option("--include", multiple=True, help="Sync only this mailbox; * stands for anything. Give it again for more.")
@click.option("--exclude", multiple=True, help="Do not sync this mailbox, even where included.")
@click.option("--since", type=click.DateTime(["%Y-%m-%d"]), help="Only mail received from this day on.")
@click.option("--window-days", type=click.IntRange(min=1), help="Only mail of the last so many days.")
@click.option("--size-cap-mb", type=click.IntRange(min=0), help="Of larger messages fetch the header only.")
@click.option("--poll-seconds", type=click.IntRange(1, 31_536_000), help="How often to look when nobody listens.")
@click.option("--reset", is_flag=True, help="Sync everything, before the other options are applied.")
@with_context
def policy_(
    context: Context, *, account: str | None, include: tuple[str, ...], exclude: tuple[str, ...],
    since: datetime | None, window_days: int | None, size_cap_mb: int | None, poll_seconds: int | None, reset: bool,
) -> None:  # fmt: skip
    """Show what of an account is synced; change what is given. What is stored already stays."""
    found = context.account(account)
    given = {
        "include": include or None, "exclude": exclude or None, "window_days": window_days,
        "since": since.replace(tzinfo=UTC) if since else None,
        "size_cap_bytes": None if size_cap_mb is None else size_cap_mb * 1_000_000, "poll_seconds": poll_seconds,
    }  # fmt: skip
    changes = {name: value for name, value in given.items() if value is not None}
    policy = replace(AccountPolicy() if reset else found.policy, **changes)  # type: ignore[arg-type]
    if policy != found.policy:
        found = context.services.accounts.update(found.id, policy=policy)
    lines = [f"{name.replace('_', ' '):<15} {_said(value)}" for name, value in policy_value(policy).items()]
    context.out.result({"account": account_value(found), "policy": policy_value(policy)}, *lines)


@account_command.command("remove")
@click.argument("account")
@click.option("--yes", is_flag=True, help="Do not ask.")
@with_context
def remove(context: Context, *, account: str, yes: bool) -> None:
    """Forget an account and all mail that came from it; the server keeps everything."""
    found = context.account(account)
    if not yes:
        if not sys.stdin.isatty():
            raise click.UsageError("Nobody can be asked whether you mean it: give --yes.")
        click.confirm(f"Forget account {found.id} ({found.name}) and its stored mail?", abort=True, err=True)
    context.services.accounts.remove(found.id)
    context.out.result(
        {"removed": found.id}, f"account {found.id} ({found.name}) is forgotten; its server keeps the mail"
    )


def _said(value: object) -> object:
    return ", ".join(map(str, value)) or "-" if isinstance(value, tuple) else "-" if value is None else value


def _check_lines(check: AccountCheck) -> list[str]:
    roles = ", ".join(f"{role} = {name}" for role, name in check.roles)
    works = f"it works: {check.mailboxes} mailboxes ({roles or 'no special ones'}), {check.latency_ms:.0f} ms"
    reasons = {reason: [name for name, why in check.not_synced if why == reason] for _, reason in check.not_synced}
    return [
        works,
        *(f"not synced, for {_LEFT_OUT.get(why, why)}: {', '.join(names)}" for why, names in reasons.items()),
    ]
