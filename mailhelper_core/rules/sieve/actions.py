"""Sieve commands as actions of our rules, and back; pure."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from mailhelper_core.model.extension import action_argument
from mailhelper_core.model.rules.rule import Action
from mailhelper_core.rules.sieve.criteria import Unsaid
from mailhelper_core.rules.sieve.words import write_script
from mailhelper_core.sieve.language.generate import generate
from mailhelper_core.sieve.language.parse import parse
from mailhelper_core.sieve.language.script import Argument, Command, Strings, Tag
from mailhelper_core.sieve.values.flags import read_flags

SCRIPT = "sieve"
FLAG_COMMANDS = ("addflag", "removeflag", "setflag")
# Special uses that have an action of their own: the mailbox's usual name stands beside.
_ARCHIVE = (Tag("specialuse"), Strings(("\\Archive",)), Strings(("Archive",)))


def to_action(command: Command) -> Action:
    """Answer the action of one command. Raises Unsaid for one that has no words of ours."""
    tags = [one.name for one in command.arguments if isinstance(one, Tag)]
    texts = [value for one in command.arguments if isinstance(one, Strings) for value in one.values]
    if command.tests or command.block is not None:
        raise Unsaid(f"{command.name!r} holds other commands")
    match command.name:
        case "keep" | "discard" | "stop" if not command.arguments:
            return Action(command.name)
        case "fileinto" if command.arguments == _ARCHIVE:
            return Action("archive")
        case "fileinto" if len(texts) == 1 and set(tags) <= {"copy", "create"} and texts[0].strip():
            return Action("copy" if "copy" in tags else "fileinto", texts[0])
        case "redirect" if len(texts) == 1 and set(tags) <= {"copy"}:
            return Action("redirect", texts[0], copy="yes") if tags else Action("redirect", texts[0])
        case "addflag" | "removeflag" | "setflag" if len(command.arguments) == 1 and not tags:
            return _flag_action(command.name, texts)
    raise Unsaid(f"{command.name!r} has no action of ours" if not tags else f"{command.name!r} with :{tags[0]}")


def _flag_action(name: str, texts: Sequence[str]) -> Action:
    flags = read_flags(texts)
    if not flags or any(flag.lower() == "\\deleted" for flag in flags):
        raise Unsaid(f"{name!r} of no flag, or of \\Deleted")
    return Action(name, " ".join(flags))


def to_script(commands: Sequence[Command], required: Sequence[str]) -> Action:
    """Answer the action that keeps commands word for word."""
    return Action(SCRIPT, generate(write_script(commands, required)).rstrip("\n"))


def to_commands(action: Action) -> tuple[Command, ...]:
    """Answer what an action is in Sieve. Raises Unsaid for one that a server cannot do."""
    build = _COMMANDS.get(action.name)
    if build is None:
        raise Unsaid(f"Sieve has no {action.name!r}")
    return build(action)


def _plain(action: Action) -> tuple[Command, ...]:
    return (Command(action.name),)


def _file(action: Action) -> tuple[Command, ...]:
    mailbox = Strings((action_argument(action).removeprefix("mailbox="),))
    copy: tuple[Argument, ...] = (Tag("copy"),) if action.name == "copy" else ()
    return (Command("fileinto", (*copy, Tag("create"), mailbox)),)


def _archive(_: Action) -> tuple[Command, ...]:
    return (Command("fileinto", _ARCHIVE),)


def _flags(action: Action) -> tuple[Command, ...]:
    flags = tuple(_FLAG_WORDS.get(word.lower(), word) for word in action_argument(action).split())
    return (Command(action.name, (Strings(flags, len(flags) > 1),)),)


def _redirect(action: Action) -> tuple[Command, ...]:
    copy: tuple[Argument, ...] = (Tag("copy"),) if action.arguments else ()
    return (Command("redirect", (*copy, Strings((action.argument,)))),)


def _script(action: Action) -> tuple[Command, ...]:
    return tuple(one for one in parse(action_argument(action)).commands if one.name != "require")


_FLAG_WORDS = {
    "read": "\\Seen",
    "seen": "\\Seen",
    "flagged": "\\Flagged",
    "answered": "\\Answered",
    "draft": "\\Draft",
}
_COMMANDS: dict[str, Callable[[Action], tuple[Command, ...]]] = {
    "keep": _plain,
    "discard": _plain,
    "stop": _plain,
    "fileinto": _file,
    "copy": _file,
    "archive": _archive,
    "addflag": _flags,
    "removeflag": _flags,
    "setflag": _flags,
    "redirect": _redirect,
    "sieve": _script,
}
