"""`python -m mailhelper_core`: migrate, check, plugins and rotate-keys, with nothing but the wheel."""

from __future__ import annotations

import argparse
import json
import os
import sys
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path

import mailhelper_core
from mailhelper_core import (
    BUILT_IN_PLUGINS,
    HealthItem,
    MailHelperError,
    SchemaError,
    Settings,
    installed_plugins,
)

EXIT_FAILED = 1
_NOT_LOADED = " is not loaded: MAILHELPER_PLUGINS does not name it"
_ABSENT = " is named in MAILHELPER_PLUGINS, and not installed"
_BUILT_IN = " is built in: it always loads, whatever MAILHELPER_PLUGINS names"


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command and answer the exit code: 0 done, 1 failed, 2 wrong usage."""
    options = _parser().parse_args(arguments)
    command: Callable[[argparse.Namespace], int] = options.command
    try:
        code = command(options)
        sys.stdout.flush()
        return code
    except BrokenPipeError:  # the reader went away, as `| head` does; the interpreter's own flush must not meet that
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return EXIT_FAILED
    except MailHelperError as exc:
        print(f"mailhelper: {_said(exc)}", file=sys.stderr)
        return EXIT_FAILED


def _said(error: MailHelperError) -> str:
    """Answer what an error says, with what to type here."""
    if isinstance(error, SchemaError) and error.needs_migration:
        return f"{error.args[0]} Run `python -m mailhelper_core migrate`, with the same --database."
    return str(error)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m mailhelper_core", description=__doc__, parents=[_options(None)])
    behind = _options(argparse.SUPPRESS)  # an option may stand before the command or behind it
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    for name, command, help_ in (
        ("migrate", _migrate, "create or upgrade the database schema"),
        ("check", _check, "look at database, key, rules and plugins; makes nothing"),
        ("plugins", _plugins, "list installed plugins without importing them"),
        ("rotate-keys", _rotate_keys, "seal every stored password with a new key"),
    ):
        one = commands.add_parser(name, help=help_, description=help_, parents=[behind])
        one.set_defaults(command=command)
    return parser


def _options(default: str | None) -> argparse.ArgumentParser:
    options = argparse.ArgumentParser(add_help=False, argument_default=default)
    options.add_argument("--database", help="database URL; default: MAILHELPER_DATABASE_URL, then sqlite:///mail.db")
    options.add_argument("--key-file", type=Path, help="file with the key of the stored passwords")
    options.add_argument("--json", action="store_true", default=default, help="print one JSON object")
    return options


def _helper(options: argparse.Namespace) -> mailhelper_core.MailHelper:
    # Imported here, by its first use: help and the list of plugins need no database.
    settings = Settings.from_env()
    if options.database:
        settings = replace(settings, database_url=options.database)
    return mailhelper_core.MailHelper(settings, key_file=options.key_file)


def _migrate(options: argparse.Namespace) -> int:
    with _helper(options) as helper:
        revision = helper.migrate()
    _print(options, {"revision": revision}, f"the database is at {revision}")
    return 0


def _check(options: argparse.Namespace) -> int:
    with _helper(options) as helper:
        health = helper.check()
    _print(options, {"ok": health.ok, **health.as_dict()}, "\n".join(map(_health_line, health.items)))
    return 0 if health.ok else EXIT_FAILED


def _health_line(item: HealthItem) -> str:
    said = "; ".join(filter(None, (item.found, item.advice)))
    return f"{'ok ' if item.ok else 'BAD'} {item.name}: {said}"


def _plugins(options: argparse.Namespace) -> int:
    found, allowed = installed_plugins(), Settings.from_env().plugins
    loads = {plugin.name: allowed is None or plugin.name in allowed for plugin in found}
    lines = [f"{one.name} {one.version}{'' if loads[one.name] else _NOT_LOADED}" for one in found]
    absent = (name for name in allowed or () if name not in loads)
    lines += [f"{name}{_BUILT_IN if name in BUILT_IN_PLUGINS else _ABSENT}" for name in absent]
    listed = [{"name": one.name, "version": one.version, "loads": loads[one.name]} for one in found]
    _print(options, {"plugins": listed}, "\n".join(lines) or "no plugins are installed")
    return 0


def _rotate_keys(options: argparse.Namespace) -> int:
    with _helper(options) as helper:
        count = helper.rotate_keys()
    _print(options, {"sealed": count}, f"{count} secrets are sealed with a new key")
    return 0


def _print(options: argparse.Namespace, value: dict[str, object], text: str) -> None:
    print(json.dumps(value, default=str) if options.json else text)


if __name__ == "__main__":
    sys.exit(main())
