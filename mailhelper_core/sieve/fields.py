"""Tests of header fields, addresses and the envelope (RFC 5228 5), with :index (RFC 5260 6)."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from typing import TypeVar

from mailhelper_core.model.mail.message import Address
from mailhelper_core.sieve.language.check import Call
from mailhelper_core.sieve.match import compile_match
from mailhelper_core.sieve.run import Run
from mailhelper_core.sieve.unit import Holds, Texts, Unit

Item = TypeVar("Item")
Get = Callable[[Address], str | None]

# RFC 5228 5.1: only fields that hold addresses may be asked for them.
ADDRESS_FIELDS = frozenset(
    (
        "from", "to", "cc", "bcc", "sender", "reply-to", "return-path", "delivered-to", "x-original-to",
        "envelope-to", "envelope-from", "resent-from", "resent-to", "resent-cc", "resent-bcc", "resent-sender",
        "resent-reply-to", "disposition-notification-to", "errors-to", "mail-followup-to", "mail-reply-to",
    )
)  # fmt: skip
ENVELOPE_PARTS = ("from", "to")
_QUOTED = re.compile(r'"[^"\\]*(?:\\.[^"\\]*)*"', re.DOTALL)
_ESCAPED = re.compile(r"\\(.)", re.DOTALL)
# RFC 5233 4: the detail stands behind the first plus sign
_SEPARATOR = "+"


def compile_header(call: Call, unit: Unit) -> Holds:
    """`header`: the values of fields."""
    names, fixed = _names(call, unit)
    matches, pick = compile_match(call, call.strings(1), unit), _pick(call, unit)
    if fixed is not None and len(fixed) == 1:
        name = fixed[0]
        return lambda run: matches(run, pick(run.mail.header(name)))

    def holds(run: Run) -> bool:
        found: list[str] = []
        for name in names(run):
            found += run.mail.header(name)
        return matches(run, pick(found))

    return holds


def _names(call: Call, unit: Unit) -> tuple[Texts, tuple[str, ...] | None]:
    """Answer the names of fields in lower case, as a function and, where nothing in them varies, themselves."""
    texts, fixed = unit.texts(call.strings(0), call.span)
    if fixed is None:
        return (lambda run: [name.lower() for name in texts(run)]), None
    lower = tuple(name.lower() for name in fixed)
    return (lambda _: lower), lower


def compile_address(call: Call, unit: Unit) -> Holds:
    """`address`: parts of the addresses in fields."""
    names, fixed = _names(call, unit)
    for name in fixed or ():
        if name not in ADDRESS_FIELDS:
            raise unit.error(f"{name[:60]!r} holds no addresses", "use 'header' for this field", call.span)
    matches, pick, get = compile_match(call, call.strings(1), unit), _pick(call, unit), _part(call)

    def holds(run: Run) -> bool:
        fields: list[Sequence[Address]] = []
        for name in names(run):
            fields += run.mail.addresses(name)
        return matches(run, [part for addresses in pick(fields) for part in _parts(get, addresses)])

    return holds


def compile_envelope(call: Call, unit: Unit) -> Holds:
    """`envelope`: parts of the addresses that the server noted at delivery."""
    names, fixed = unit.texts(call.strings(0), call.span)
    for name in fixed or ():
        if name.lower() not in ENVELOPE_PARTS:
            raise unit.error(f"the envelope has no {name[:60]!r}", f"one of {', '.join(ENVELOPE_PARTS)}", call.span)
    matches, get = compile_match(call, call.strings(1), unit), _part(call)

    def holds(run: Run) -> bool:
        found: list[str] = []
        for name in names(run):
            found += _parts(get, run.mail.envelope(name.lower()))
        return matches(run, found)

    return holds


def compile_exists(call: Call, unit: Unit) -> Holds:
    """`exists`: all of the fields are there."""
    names, _ = _names(call, unit)
    return lambda run: all(run.mail.header(name) for name in names(run))


def compile_size(call: Call, unit: Unit) -> Holds:
    """`size`: over or under, equal is neither."""
    over, under = call.number("over"), call.number("under")
    if over is None and under is None:
        raise unit.error("'size' needs :over or :under", "write size :over 100K", call.span)
    if over is not None:
        return lambda run: run.mail.size > over
    return lambda run: under is not None and run.mail.size < under


def _pick(call: Call, unit: Unit) -> Callable[[Sequence[Item]], Sequence[Item]]:
    """Answer what :index and :last choose of all fields that a test names."""
    index = call.number("index")
    if index is None and "last" in call.tags:
        raise unit.error("':last' stands without ':index'", "write :index 1 :last", call.span)
    if index is None:
        return lambda found: found
    if index < 1:
        raise unit.error("':index' counts from 1", "write :index 1", call.span)
    if "last" in call.tags:
        return lambda found: found[len(found) - index : len(found) - index + 1] if index <= len(found) else ()
    return lambda found: found[index - 1 : index]


def pick_index(call: Call, unit: Unit) -> Callable[[Sequence[str]], Sequence[str]]:
    """Answer the same for the `date` test, which without :index looks at the first field."""
    if "index" not in call.tags and "last" not in call.tags:
        return lambda found: found[:1]
    return _pick(call, unit)


def _part(call: Call) -> Get:
    return next((get for name, get in _GET.items() if name in call.tags), _GET["all"])


def _parts(get: Get, addresses: Iterable[Address]) -> list[str]:
    return [part for part in map(get, addresses) if part is not None]


def _local(address: Address) -> str:
    """The quotes of `"Ada L"@example.org` say where the local part ends; they are none of it (RFC 5321 4.1.2)."""
    local = address.addr_spec.rpartition("@")[0] if "@" in address.addr_spec else address.addr_spec
    return _ESCAPED.sub(r"\1", local[1:-1]) if _QUOTED.fullmatch(local) else local


def _domain(address: Address) -> str | None:
    return address.addr_spec.rpartition("@")[2] if "@" in address.addr_spec else None


def _detail(address: Address) -> str | None:
    _, separator, detail = _local(address).partition(_SEPARATOR)
    return detail if separator else None


_GET: dict[str, Get] = {
    "all": lambda address: address.addr_spec,
    "localpart": _local,
    "domain": _domain,
    "user": lambda address: _local(address).partition(_SEPARATOR)[0],
    "detail": _detail,
}
