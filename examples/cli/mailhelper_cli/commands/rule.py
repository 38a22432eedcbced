"""`mailhelper rule`: decide what happens to mail, and look first at what would happen."""

from __future__ import annotations

import re
from dataclasses import asdict, replace
from typing import Any

import click

from mailhelper_cli.actions import read_action
from mailhelper_cli.commands import advice
from mailhelper_cli.commands.mail import QUERY_SETTINGS
from mailhelper_cli.commands.sieve import export_command, import_command
from mailhelper_cli.context import Context, reading, with_context
from mailhelper_cli.output import counted
from mailhelper_cli.progress import progress
from mailhelper_cli.request import Group
from mailhelper_cli.sentences import hit_lines, rule_ways, rules_ran, undo_line
from mailhelper_cli.values import hit_value, rule_actions, rule_value
from mailhelper_core import NotFoundError, Plan, Rule, RuleRun

# `run` leaves alone what was there before a rule.
OLD_MAIL = (
    "for the mail that is here already:",
    "  mailhelper rule plan   shows what it would do",
    "  mailhelper rule run    does it",
)
ON_NEW_MAIL = "on new mail from the next `run` on"
# What a person reads before deciding; a plan for years of mail is longer.
SHOWN = 20
# A rule acts once on a message, and never again where it was taken back.
NO_MATCH = "no rule matches a message that it has not acted on"
# The ages that --delay takes too.
_AGE = re.compile(r"(?<![-\w])older_than:([0-9]{1,4}[hdw])\b")


@click.group("rule", cls=Group)
def rule_command() -> None:
    """Add, list, plan and run rules."""


rule_command.add_command(import_command)
rule_command.add_command(export_command)
for command in advice.COMMANDS:
    rule_command.add_command(command)


@rule_command.command("add")
@click.argument("name")
@click.option("--when", default="", help="A query, as for `search`.")
@click.option("--then", multiple=True, help="An action, as in 'tag bills', 'fileinto Finance', stop; may be repeated.")
@click.option("--otherwise", is_flag=True, help="Only for messages that no earlier rule matched.")
@click.option("--propose", is_flag=True, help="Ask first: what it wants to do waits for `rule approve`.")
@click.option("--delay", default="", help="Only mail that came so long ago: 12h, 30d, 6w.")
@click.option("--schedule", default="", help="Act by the clock: hourly, 'daily 02:00', 'weekly mon,thu 07:30'.")
@click.option("--ready", is_flag=True, help="Adopt the ready-made rule NAME whole, see `rule ready`.")
@with_context
def add(context: Context, /, *, name: str, then: tuple[str, ...], ready: bool, **options: Any) -> None:
    """Save the rule NAME; an existing one of that name gets a new revision.

    It acts on new mail; `rule run` lets it act on mail that is here already.
    """
    if ready and (then or any(options.values())):
        raise click.UsageError("A ready-made rule comes whole: leave out the options that say what it does.")
    if ready:
        rule = replace(_ready_made(context, name), name=name)
    elif then:
        rule = Rule(name, then=list(map(read_action, then)), **options)
    else:
        raise click.UsageError("Say what the rule does with --then, or give --ready.")
    with reading(rule.when):
        saved = context.services.rules.save(rule)
    when = _when(context, saved)
    first = "; it asks first: `rule waiting` shows for what" if saved.propose else ""
    line = f"rule {saved.name} is saved (revision {saved.revision}) and acts {when}{first}"
    findings = [one for one in context.services.rules.analyze() if one.rule == saved.name]
    value = {"rule": rule_value(saved), "findings": [asdict(one) for one in findings]}
    warnings = [f"{one.kind}: {one.message}" for one in findings]
    context.out.result(value, line, *warnings, *_too_early(saved), *OLD_MAIL)


@rule_command.command("list")
@with_context
def list_(context: Context) -> None:
    """List the rules in the order in which they act."""
    rules = context.services.rules.list()
    rows = [
        (r.position, r.name, r.when, "; ".join(rule_actions(r)), r.disabled_reason, "; ".join(rule_ways(r)))
        for r in rules
    ]
    value = {"rules": [rule_value(r) for r in rules]}
    context.out.table(value, ("no", "name", "when", "then", "disabled", "how"), rows, empty="there is no rule yet")


@rule_command.command("delete")
@click.argument("name")
@with_context
def delete(context: Context, *, name: str) -> None:
    """Delete the rule NAME; what it did stays, and stays explained."""
    context.services.rules.delete(name)
    context.out.result({"deleted": name}, f"rule {name} is deleted")


@rule_command.command("ready")
@with_context
def ready(context: Context) -> None:
    """List ready-made rules; `rule add NAME --ready` adopts one."""
    found = context.services.rules.ready_made()
    rows = [(one.name, one.help, one.rule.when, "; ".join(rule_actions(one.rule))) for one in found]
    value = {
        "rules": [
            {"name": one.name, "help": one.help, "when": one.rule.when, "then": rule_actions(one.rule)} for one in found
        ]
    }
    context.out.table(value, ("name", "what for", "when", "then"), rows)


@rule_command.command("plan", context_settings=QUERY_SETTINGS)
@click.argument("query", nargs=-1)
@with_context
def plan_(context: Context, *, query: tuple[str, ...]) -> None:
    """Show exactly what `rule run` with the same QUERY would do; nothing changes."""
    text = " ".join(query)
    with reading(text):
        plan = context.services.rules.plan(text)
    value = {"messages": plan.messages, "hits": [hit_value(hit) for hit in plan.hits], "capped": plan.capped}
    context.out.result(value, *(() if context.out.as_json else _plan_lines(context, plan)))


@rule_command.command("run", context_settings=QUERY_SETTINGS)
@click.argument("query", nargs=-1)
@click.option("--no-deliver", is_flag=True, help="Leave the changes to the server for the next `run`.")
@with_context
def run_(context: Context, *, query: tuple[str, ...], no_deliver: bool) -> None:
    """Let the rules act on all messages that QUERY finds, and tell the server."""
    text = " ".join(query)
    with reading(text), progress(silent=context.out.as_json) as on_step:
        run = context.services.rules.run(query=text, progress=on_step)
    _show(context, run, no_deliver=no_deliver, nothing=NO_MATCH)


@rule_command.command("due")
@click.option("--no-deliver", is_flag=True, help="Leave the changes to the server for the next `run`.")
@with_context
def due(context: Context, *, no_deliver: bool) -> None:
    """Let the rules act whose --schedule says that their time has come, and tell the server; `work` does it too."""
    with progress(silent=context.out.as_json) as on_step:
        run = context.services.rules.run_due(progress=on_step)
    _show(context, run, no_deliver=no_deliver, nothing="no rule had to act")


def _show(context: Context, run: RuleRun, *, no_deliver: bool, nothing: str) -> None:
    delivered = context.deliver(later=no_deliver)
    proposed = context.services.rules.proposed() if run.proposed else ()
    asked = sum(len(change) for change in proposed if change.id in run.proposed)
    undo = [undo_line(run.change)] if run.change else [] if asked else [nothing]
    context.out.result({**run.as_dict(), **delivered.as_value()}, *rules_ran(run, asked, delivered), *undo)


def _when(context: Context, rule: Rule) -> str:
    """Say when a rule acts next: by its schedule, in the zone in which that was written."""
    if rule.next_run_at is None:
        return ON_NEW_MAIL
    zone = context.services.settings.get().zone
    return f"at {rule.next_run_at.astimezone(zone):%Y-%m-%d %H:%M %Z}, by `work` or `rule due`"


def _too_early(rule: Rule) -> list[str]:
    """Say that mail is not old when it is new, where a rule seems to wait for that."""
    age = None if rule.delay or rule.schedule else _AGE.search(rule.when)
    if age is None:
        return []
    return [f"new mail is never {age[0]}: to act when it has become so, say --delay {age[1]} instead, or --schedule"]


def _ready_made(context: Context, name: str) -> Rule:
    found = {one.name: one for one in context.services.rules.ready_made()}
    if name not in found:
        raise NotFoundError(f"There is no ready-made rule {name!r}; there are {', '.join(sorted(found))}.")
    return found[name].rule


def _plan_lines(context: Context, plan: Plan) -> list[str]:
    asks = sum(hit.proposed for hit in plan.hits)
    only_asked = f"; {asks} of them only ask for your word" if asks else ""
    lines = [counted(len(plan.hits), "match", "matches") + only_asked if plan.hits else NO_MATCH]
    for hit in plan.hits[:SHOWN]:
        lines += hit_lines(hit, context.services.messages.get(hit.message_id).subject)
    if len(plan.hits) > SHOWN:
        lines.append(f"and {len(plan.hits) - SHOWN} more; --json shows them all")
    return lines
