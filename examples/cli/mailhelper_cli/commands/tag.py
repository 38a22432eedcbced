"""`mailhelper tag`: create, list, assign, unassign, rename and delete."""

from __future__ import annotations

import click

from mailhelper_cli.context import Context, with_context
from mailhelper_cli.request import Group
from mailhelper_cli.sentences import change_line, undo_line
from mailhelper_cli.values import tag_value
from mailhelper_core import Change, Tag

# Another process may have decided something since.
RECENT = 10


@click.group("tag", cls=Group)
def tag_command() -> None:
    """Create, list, assign and remove tags."""


@tag_command.command("list")
@with_context
def list_(context: Context) -> None:
    """List the tags with how many messages carry them."""
    tags = context.services.tags.list()
    rows = [(tag.name, tag.color, tag.messages) for tag in tags]
    value = {"tags": [tag_value(tag) for tag in tags]}
    context.out.table(value, ("name", "color", "messages"), rows, empty="there is no tag yet")


@tag_command.command("create")
@click.argument("name")
@click.option("--color", default="", help="As #RRGGBB.")
@click.option("--description", default="", help="What it is for.")
@with_context
def create(context: Context, *, name: str, color: str, description: str) -> None:
    """Create the tag NAME."""
    tag = context.services.tags.create(name, color=color, description=description)
    _print_tag(context, tag, "tag_create", f"tag {tag.name} is created")


@tag_command.command("assign")
@click.argument("name")
@click.argument("messages", nargs=-1, required=True, type=int)
@with_context
def assign(context: Context, *, name: str, messages: tuple[int, ...]) -> None:
    """Put the tag NAME on messages; it is made when there is none."""
    _print_change(context, context.services.tags.assign(messages, name), f"tag {name} is put on")


@tag_command.command("unassign")
@click.argument("name")
@click.argument("messages", nargs=-1, required=True, type=int)
@with_context
def unassign(context: Context, *, name: str, messages: tuple[int, ...]) -> None:
    """Take the tag NAME off messages."""
    _print_change(context, context.services.tags.unassign(messages, name), f"tag {name} is taken off")


@tag_command.command("rename")
@click.argument("name")
@click.argument("new_name")
@with_context
def rename(context: Context, *, name: str, new_name: str) -> None:
    """Give the tag NAME another name."""
    tag = context.services.tags.rename(name, new_name)
    _print_tag(context, tag, "tag_update", f"tag {name} is now {tag.name}")


@tag_command.command("delete")
@click.argument("name")
@with_context
def delete(context: Context, *, name: str) -> None:
    """Delete the tag NAME and take it off every message."""
    change = context.services.tags.delete(name)
    context.out.result({"deleted": name, "change": change.id}, f"tag {name} is deleted; {undo_line(change.id)}")


def _print_tag(context: Context, tag: Tag, kind: str, line: str) -> None:
    """Print a tag with the change that made it so: the newest of its kind that speaks of it."""
    recent = context.services.changes(limit=RECENT)
    change = next((one.id for one in recent if one.kind == kind and one.note.endswith(tag.name)), None)
    undo = f"; {undo_line(change)}" if change else ""
    context.out.result({"tag": tag_value(tag), "change": change}, line + undo)


def _print_change(context: Context, change: Change, what: str) -> None:
    value = {"change": change.id if len(change) else None, "entries": len(change)}
    context.out.result(value, change_line(what, change, len(change)))
