"""The engine's fixed sentences as forms: what stands in their places is set into the translated sentence."""

from __future__ import annotations

import ast
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from string import Formatter
from types import MappingProxyType

from flask_babel.speaklater import LazyString

Part = Callable[[str], str]

# As Python writes a text in quotes.
QUOTED = re.compile(r"""'(?:[^'\\]|\\.)*'|"(?:[^"\\]|\\.)*\"""", re.DOTALL)
_NONE: Mapping[str, Part] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class Form:
    """A sentence of the engine with places in it, and the words for it; `quoted` places stand in quotes there."""

    shape: re.Pattern[str]
    quoted: frozenset[str]
    words: LazyString


def form(text: str, words: LazyString) -> Form:
    """Read a sentence as the engine's source has it: `{name}` is any text, `{name!r}` one in quotes, `{name:d}` digits.

    `words` have the same places as `%(name)s`.
    """
    shape, quoted = "", set()
    for literal, name, spec, conversion in Formatter().parse(text):
        shape += re.escape(literal)
        if name is not None:
            shape += f"(?P<{name}>{QUOTED.pattern if conversion else r'[0-9]+' if spec == 'd' else '.*'})"
        if name is not None and conversion:
            quoted.add(name)
    return Form(re.compile(shape, re.DOTALL), frozenset(quoted), words)


def told(text: str, forms: Iterable[Form], parts: Mapping[str, Part] = _NONE) -> str | None:
    """Answer the words of the first form that a text has, None for another text; `parts` translate places by name."""
    for one in forms:
        if found := one.shape.fullmatch(text):
            places = {name: unquoted(said) if name in one.quoted else said for name, said in found.groupdict().items()}
            return str(one.words) % {name: parts.get(name, str)(said) for name, said in places.items()}
    return None


def unquoted(text: str) -> str:
    """Answer a text without the quotes that Python wrote around it; any other text as it is."""
    return str(ast.literal_eval(text)) if QUOTED.fullmatch(text) else text
