"""`mailhelper similar`, `summary`, `reply`: what vectors, templates and model providers make of mail."""

from __future__ import annotations

import click

from mailhelper_cli.context import Context, with_context
from mailhelper_cli.request import Command
from mailhelper_cli.values import LANGUAGES, draft_value, message_value
from mailhelper_core import TONES, Tone


@click.command("similar", cls=Command)
@click.argument("message", type=int)
@click.option("--limit", default=10, show_default=True, type=click.IntRange(1, 200), help="How many.")
@with_context
def similar_command(context: Context, *, message: int, limit: int) -> None:
    """List the messages that are most like MESSAGE."""
    found = context.services.messages.similar(message, limit=limit)
    value = {"messages": [message_value(one.message) | {"score": round(one.score, 3)} for one in found]}
    rows = [(one.message.id, f"{one.score:.2f}", str(one.message.from_), one.message.subject) for one in found]
    context.out.table(value, ("id", "likeness", "from", "subject"), rows, cut=("from", "subject"))


@click.command("summary", cls=Command)
@click.argument("message", type=int)
@click.option("--model", is_flag=True, help="Ask the model provider; needs consent to `summarize`.")
@with_context
def summary_command(context: Context, *, message: int, model: bool) -> None:
    """Say in a few sentences what MESSAGE says."""
    found = context.services.opinions.summarize(message, provider=model)
    text, said_by = (found.value, found.said_by) if found else ("", "")
    context.out.result({"summary": text, "said_by": said_by}, text or "it has no sentence to choose")


@click.command("reply", cls=Command)
@click.argument("message", type=int)
@click.option("--tone", default="friendly", show_default=True, type=click.Choice(TONES))
@click.option("--language", type=click.Choice(LANGUAGES), help="By default the mail's own.")
@click.option("--no-model", is_flag=True, help="Write it from a template, whatever was consented to.")
@click.option("--save", is_flag=True, help="Put it into the server's drafts; it is never sent.")
@with_context
def reply_command(
    context: Context, *, message: int, tone: Tone, language: str | None, no_model: bool, save: bool
) -> None:
    """Draft a reply to MESSAGE in your style; nothing is sent."""
    draft = context.services.replies.draft(message, tone=tone, language=language or "", provider=not no_model)
    change = context.services.replies.save(draft.id) if save and draft.state == "made" else None
    delivered = context.deliver(later=change is None)
    value = {"draft": draft_value(draft), "change": change.id if change else None, **delivered.as_value()}
    lines = [draft.body] if draft.body else []
    context.out.result(value, *lines, *([f"({draft.note})"] if draft.note else []))
