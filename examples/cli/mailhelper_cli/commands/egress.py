"""`mailhelper egress`: what may leave for model providers, what would leave, what has left, and what it may cost."""

from __future__ import annotations

from dataclasses import asdict
from typing import get_args

import click

from mailhelper_cli.context import Context, with_context
from mailhelper_cli.paging import after_option, limit_option
from mailhelper_cli.request import Group
from mailhelper_cli.values import LANGUAGES, ledger_value
from mailhelper_core import TONES, Level, Purpose, Tone

PURPOSES = click.Choice(get_args(Purpose))
account_option = click.option("--account", help="Number or name; needed when there are several.")


@click.group("egress", cls=Group)
def egress_command() -> None:
    """Decide what may leave for model providers, and see what has."""


@egress_command.command("list")
@with_context
def list_(context: Context) -> None:
    """List what you have consented to, and the providers that there are."""
    egress = context.services.egress
    consents, providers = egress.consents(), egress.providers()
    rows = [(one.account_id, one.purpose, one.provider, one.level, one.created_at) for one in consents]
    value = {"consents": [asdict(one) for one in consents], "providers": providers}
    context.out.table(value, ("account", "purpose", "provider", "level", "since"), rows, empty="nothing may leave")


@egress_command.command("consent")
@click.argument("purpose", type=PURPOSES)
@click.option("--provider", required=True, help="Its name.")
@click.option("--level", default="pseudonyms", show_default=True, type=click.Choice(get_args(Level)))
@account_option
@with_context
def consent(context: Context, *, purpose: Purpose, provider: str, level: Level, account: str | None) -> None:
    """Let the mail of an account leave to a provider for PURPOSE."""
    found = context.account(account)
    given = context.services.egress.consent(found.id, purpose, provider=provider, level=level)
    context.out.result({"consent": asdict(given)}, f"mail of {found.name} may leave to {provider} to {purpose}")


@egress_command.command("withdraw")
@click.argument("purpose", type=PURPOSES)
@account_option
@with_context
def withdraw(context: Context, *, purpose: Purpose, account: str | None) -> None:
    """Take a consent back at once."""
    found = context.services.egress.withdraw(context.account(account).id, purpose)
    context.out.result({"withdrawn": found}, "nothing more leaves" if found else "there was no such consent")


@egress_command.command("preview")
@click.argument("message", type=int)
@click.argument("purpose", type=PURPOSES)
@click.option("--tone", default="friendly", show_default=True, type=click.Choice(TONES), help="Of a reply.")
@click.option("--language", type=click.Choice(LANGUAGES), help="Of a reply; by default the mail's own.")
@with_context
def preview(context: Context, *, message: int, purpose: Purpose, tone: Tone, language: str | None) -> None:
    """Show word for word what would leave about MESSAGE; nothing is sent."""
    found = context.services.egress.preview(message, purpose, tone=tone, language=language or "")
    replaced = ", ".join(f"{one.count} {one.kind}" for one in found.redactions) or "nothing"
    lines = [found.instructions, "", found.text, "", f"replaced: {replaced}; at most {found.tokens} tokens"]
    context.out.result(asdict(found), *lines)


@egress_command.command("ledger")
@limit_option
@after_option
@with_context
def ledger(context: Context, *, limit: int, after: str | None) -> None:
    """List the calls of providers, newest first."""
    page = context.services.egress.ledger(limit=limit, after=after)
    rows = [
        (one.created_at, one.provider, one.purpose, one.message_id or "", one.outcome, one.tokens_in + one.tokens_out)
        for one in page
    ]
    value = {"entries": [ledger_value(one) for one in page], "next": page.next}
    context.out.table(value, ("at", "provider", "purpose", "message", "outcome", "tokens"), rows, empty="nothing left")


@egress_command.command("budget")
@click.option("--tokens", type=click.IntRange(0), help="Tokens a month.")
@click.option("--cost", type=click.IntRange(0), help="Millionths of the currency a month.")
@with_context
def budget(context: Context, *, tokens: int | None, cost: int | None) -> None:
    """Show this month's budget; set it before."""
    found = context.services.egress.budget(tokens=tokens, cost=cost)
    line = f"{found.spent_tokens} of {found.limit_tokens} tokens, {found.spent_cost} of {found.limit_cost} millionths"
    context.out.result(asdict(found), line)
