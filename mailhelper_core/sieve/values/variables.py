"""Strings that hold variables (RFC 5229) and encoded characters (RFC 5228 2.4.2.4), read once, expanded per mail."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from mailhelper_core.sieve.values.octets import joined

# Pigeonhole's limits; RFC 5229 asks for 4,000 octets and 9 match variables.
MAX_VALUE = 65_536
MAX_GROUP = 32

_REFERENCE = re.compile(r"\$\{(?:([0-9]+)|([A-Za-z_][A-Za-z0-9_]*))\}")
_NAMESPACED = re.compile(r"\$\{([A-Za-z_][A-Za-z0-9_]*)(?:\.[A-Za-z0-9_]+)+\}")
NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
_ENCODED = re.compile(
    r"\$\{(?:(?P<hex>hex:[ \t\r\n]*[0-9a-f]{1,2}(?:[ \t\r\n]+[0-9a-f]{1,2})*)"
    r"|(?P<unicode>unicode:[ \t\r\n]*[0-9a-f]+(?:[ \t\r\n]+[0-9a-f]+)*))[ \t\r\n]*\}",
    re.IGNORECASE,
)
_WILD = re.compile(r"([*?\\])")

Values = Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Reference:
    """What stands for a text: a variable by its name in lower case, or a match variable by its number."""

    name: str = ""
    group: int = 0


@dataclass(frozen=True, slots=True)
class Template:
    """A string with references; a text without any is constant."""

    parts: tuple[str | Reference, ...]

    @property
    def constant(self) -> str | None:
        """The text when it holds no reference."""
        texts = [part for part in self.parts if isinstance(part, str)]
        return "".join(texts) if len(texts) == len(self.parts) else None

    def expand(self, values: Values, groups: Sequence[str]) -> str:
        """Answer the text; what was never set is empty."""
        found = [part if isinstance(part, str) else _value(part, values, groups) for part in self.parts]
        return joined("".join(found))[:MAX_VALUE]


def read_template(text: str) -> Template:
    """Read a string in which ${name} and ${1} are references."""
    parts: list[str | Reference] = []
    at = 0
    for found in _REFERENCE.finditer(text):
        group = int(found[1][-9:]) if found[1] else 0
        parts += [text[at : found.start()], Reference((found[2] or "").lower(), group)]
        at = found.end()
    return Template((*parts, text[at:]))


def _value(reference: Reference, values: Values, groups: Sequence[str]) -> str:
    if reference.name:
        return values.get(reference.name, "")
    return groups[reference.group] if reference.group < len(groups) else ""


def foreign_namespace(text: str) -> str:
    """Answer the name space of a reference such as ${env.name}, which no extension here has; empty without one."""
    found = _NAMESPACED.search(text)
    return found[1] if found else ""


def large_group(text: str) -> int:
    """Answer the number of a reference to a group above MAX_GROUP; 0 without one."""
    numbers = [int(found[1][-9:]) for found in _REFERENCE.finditer(text) if found[1]]
    return max((number for number in numbers if number > MAX_GROUP), default=0)


def decode_characters(text: str) -> str:
    """Answer the text with ${hex:..} and ${unicode:..} decoded. Raises ValueError for what is no character."""
    return _ENCODED.sub(_decoded, text)


def _decoded(found: re.Match[str]) -> str:
    numbers = [int(word, 16) for word in (found["hex"] or found["unicode"]).partition(":")[2].split()]
    if found["hex"]:
        return bytes(numbers).decode("utf-8", "replace")
    if any(number > 0x10FFFF or 0xD800 <= number <= 0xDFFF for number in numbers):
        raise ValueError("this is no Unicode character")
    return "".join(map(chr, numbers))


_ASCII_LOWER = {upper: upper + 32 for upper in range(ord("A"), ord("Z") + 1)}
_ASCII_UPPER = {lower: upper for upper, lower in _ASCII_LOWER.items()}
# RFC 5229 4.1: the higher number is applied first
MODIFIERS: tuple[tuple[str, Callable[[str], str]], ...] = (
    ("lower", lambda text: text.translate(_ASCII_LOWER)),
    ("upper", lambda text: text.translate(_ASCII_UPPER)),
    ("lowerfirst", lambda text: text[:1].translate(_ASCII_LOWER) + text[1:]),
    ("upperfirst", lambda text: text[:1].translate(_ASCII_UPPER) + text[1:]),
    ("quotewildcard", lambda text: _WILD.sub(r"\\\1", text)),
    ("length", lambda text: str(len(text))),
)
