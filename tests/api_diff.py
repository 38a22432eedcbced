"""What of the public API went since the last release, and what came: `./dev api` prints it, and refuses what breaks.

The promised API is `tests/released_api.txt`, which a release writes (`./dev api --write`): its version, then a line for
each name, each call and field of it, each parameter with its place, each word of a closed choice.
"""

from __future__ import annotations

import inspect
import sys
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, get_args

import mailhelper_celery
import mailhelper_core
import mailhelper_core.testing
from mailhelper_core import MailHelper
from tests.api_page import public

RELEASED = Path(__file__).with_name("released_api.txt")
PACKAGES = (mailhelper_core, mailhelper_core.testing, mailhelper_celery)
_BY_PLACE = (inspect.Parameter.POSITIONAL_ONLY, inspect.Parameter.POSITIONAL_OR_KEYWORD)


@dataclass(frozen=True, slots=True)
class Difference:
    """The API of one version compared with that of a later one."""

    was: str
    now: str
    gone: tuple[str, ...] = ()
    came: tuple[str, ...] = ()
    demanded: tuple[str, ...] = ()  # new parameters that cannot be left out, of what could be called before

    @property
    def refused(self) -> tuple[str, ...]:
        """What only a new major version may do."""
        return () if _major(self.now) > _major(self.was) else (*self.gone, *self.demanded)


def compare(was: str, before: Sequence[str], now: str, after: Sequence[str]) -> Difference:
    """Compare two APIs, each a version and its lines."""
    came = sorted(set(after) - set(before))
    # What was needed and now has a default breaks nobody.
    gone = sorted(line for line in set(before) - set(after) if f"{line[:-1]}=)" not in came)
    known = {line.partition("(")[0] for line in before}
    demanded = [line for line in came if "(" in line and not line.endswith("=)") and line.partition("(")[0] in known]
    return Difference(was, now, tuple(gone), tuple(came), tuple(demanded))


def current() -> Difference:
    """Compare what callers were promised last with what is here."""
    was, *before = RELEASED.read_text(encoding="utf-8").splitlines()
    return compare(was, before, mailhelper_core.__version__, list(surface()))


def surface() -> Iterator[str]:
    """Yield the lines of the API that is here."""
    for package in PACKAGES:
        for name in package.__all__:
            yield f"{package.__name__}.{name}"
            yield from _inside(f"{package.__name__}.{name}", getattr(package, name))
    with MailHelper("sqlite:///never-opened.db") as helper:
        ada = helper.for_owner("ada")
        parts = {"helper.jobs": helper.jobs, "helper.admin": helper.admin, "ada.replies.styles": ada.replies.styles}
        parts |= {f"ada.{name}": part for name, part in public(ada) if not callable(part)}
        for title, part in parts.items():
            for name, value in public(part):
                yield f"{title}.{name}"
                if callable(value):
                    yield from _parameters(f"{title}.{name}", value)


def _inside(name: str, value: Any) -> Iterator[str]:
    if inspect.isclass(value):
        yield from _parameters(name, value)
        for member in sorted(dir(value)):
            if not member.startswith("_") and not hasattr(Exception, member):
                yield f"{name}.{member}"
                if inspect.isfunction(found := inspect.getattr_static(value, member)):
                    yield from _parameters(f"{name}.{member}", found)
    elif inspect.isfunction(value):
        yield from _parameters(name, value)
    else:
        words = value if isinstance(value, tuple) else get_args(value)
        yield from (f"{name}: {word}" for word in words if isinstance(word, str))


def _parameters(name: str, function: Callable[..., Any]) -> Iterator[str]:
    try:
        parameters = inspect.signature(function).parameters.values()
    except ValueError:  # made by the interpreter, which says nothing of it
        return
    for place, one in enumerate((one for one in parameters if one.name != "self"), 1):
        where = f"{place} " if one.kind in _BY_PLACE else ""
        yield f"{name}({where}{one.name}{'' if one.default is one.empty and not _is_rest(one) else '='})"


def _is_rest(one: inspect.Parameter) -> bool:
    return one.kind in (one.VAR_POSITIONAL, one.VAR_KEYWORD)


def _major(version: str) -> int:
    return int(version.partition(".")[0])


def main(arguments: Sequence[str]) -> int:
    """Print the difference; answer 1 where it breaks callers and the version does not say so. `--write` keeps it."""
    if "--write" in arguments:
        RELEASED.write_text("\n".join([mailhelper_core.__version__, *sorted(surface())]) + "\n", encoding="utf-8")
        return 0
    found = current()
    print(f"since {found.was}: {len(found.gone)} gone, {len(found.came)} new")
    print("\n".join([*(f"- {line}" for line in found.gone), *(f"+ {line}" for line in found.came)]))
    for line in found.refused:
        print(f"breaks callers, which only a new major version may: {line}", file=sys.stderr)
    return 1 if found.refused else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
