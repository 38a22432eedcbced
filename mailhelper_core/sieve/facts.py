"""Tests of body, dates, flags, variables, mailboxes, duplicates (RFC 5173, 5260, 5232, 5229, 5490, 8579, 7352)."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime, tzinfo

from mailhelper_core.sieve.action import Seen
from mailhelper_core.sieve.fields import pick_index
from mailhelper_core.sieve.language.check import Call
from mailhelper_core.sieve.mail import BodyPart
from mailhelper_core.sieve.match import compile_match
from mailhelper_core.sieve.run import Run
from mailhelper_core.sieve.unit import Holds, Unit
from mailhelper_core.sieve.values.compare import fold_ascii
from mailhelper_core.sieve.values.flags import read_flags
from mailhelper_core.sieve.values.moment import PARTS, read_date, read_zone

# Pigeonhole's sieve_duplicate_default_period and its maximum
DUPLICATE_SECONDS = 12 * 3600
MAX_DUPLICATE_SECONDS = 2 * 24 * 3600


def compile_body(call: Call, unit: Unit) -> Holds:
    """`body`: the raw body, its text, or parts of some types; it never sets match variables (RFC 5173 6)."""
    matches = compile_match(call, call.strings(0), unit, sets_groups=False)
    if "raw" in call.tags:
        return lambda run: matches(run, [text for text in (run.mail.raw_body(),) if text])
    if "content" not in call.tags:
        return lambda run: matches(run, run.mail.body_text())
    types, _ = unit.texts(call.tag_strings("content"), call.span)

    def holds(run: Run) -> bool:
        wanted = tuple(map(fold_ascii, types(run)))
        return matches(run, [part.text for part in run.mail.body_parts() if _is_of(part, wanted)])

    return holds


def _is_of(part: BodyPart, wanted: Sequence[str]) -> bool:
    """RFC 5173 5.2: "" is every type, "text" every kind of text, "text/html" itself; all else none."""
    kind, _, _ = part.media_type.partition("/")
    return any(one in ("", kind, part.media_type) for one in wanted)


def compile_date(call: Call, unit: Unit) -> Holds:
    """`date`: a part of the date in a field."""
    name, _ = unit.text(call, 0)
    part = _date_part(call, 1, unit)
    matches, zone, pick = compile_match(call, call.strings(2), unit), _zone(call, unit), pick_index(call, unit)

    def holds(run: Run) -> bool:
        found = [read_date(value) for value in pick(run.mail.header(name(run).lower()))]
        return matches(run, [part(run, zone(run, moment)) for moment in found if moment] if part else ())

    return holds


def compile_currentdate(call: Call, unit: Unit) -> Holds:
    """`currentdate`: a part of now."""
    part = _date_part(call, 0, unit)
    matches, zone = compile_match(call, call.strings(1), unit), _zone(call, unit)
    return lambda run: matches(run, (part(run, zone(run, run.around.now)),) if part else ())


def _date_part(call: Call, place: int, unit: Unit) -> Callable[[Run, datetime], str] | None:
    name, fixed = unit.text(call, place)
    if fixed is not None:
        known = PARTS.get(fixed.lower())
        return None if known is None else lambda _, moment: known(moment)
    return lambda run, moment: PARTS.get(name(run).lower(), _unknown)(moment)


def _unknown(_: datetime) -> str:
    return ""


def _zone(call: Call, unit: Unit) -> Callable[[Run, datetime], datetime]:
    if "originalzone" in call.tags:
        return lambda _, moment: moment
    given = call.tag_strings("zone")
    if not given:
        return lambda run, moment: moment.astimezone(run.around.time_zone)
    texts, _ = unit.texts(given, call.span)

    def moved(run: Run, moment: datetime) -> datetime:
        zone: tzinfo = read_zone(texts(run)[0]) or run.around.time_zone
        return moment.astimezone(zone)

    return moved


def compile_hasflag(call: Call, unit: Unit) -> Holds:
    """`hasflag`: the flags of the mail, or those in variables."""
    matches = compile_match(call, call.strings(1), unit, read_keys=read_flags if _has_flag_keys(call) else None)
    if call.places[0] is None:
        return lambda run: matches(run, run.flags)
    names, _ = unit.texts(call.strings(0), call.span)

    def holds(run: Run) -> bool:
        return matches(run, [flag for name in names(run) for flag in read_flags([run.values.get(name.lower(), "")])])

    return holds


def _has_flag_keys(call: Call) -> bool:
    """Keys are lists of flags themselves, unless they are patterns or numbers."""
    return not {"matches", "regex", "count", "value"} & call.tags.keys()


def compile_string(call: Call, unit: Unit) -> Holds:
    """`string`: texts with variables; :count leaves out the empty ones (RFC 5229 5).

    Case matters here unless a comparator is named: RFC 5228 says otherwise, but so do the servers that run scripts.
    """
    sources, _ = unit.texts(call.strings(0), call.span)
    matches = compile_match(call, call.strings(1), unit, default="i;octet")
    if "count" in call.tags:
        return lambda run: matches(run, [text for text in sources(run) if text])
    return lambda run: matches(run, sources(run))


def compile_mailboxexists(call: Call, unit: Unit) -> Holds:
    """`mailboxexists`: all of these are there."""
    names, _ = unit.texts(call.strings(0), call.span)
    return lambda run: all(name in run.around.mailboxes for name in names(run))


def compile_specialuse_exists(call: Call, unit: Unit) -> Holds:
    """`specialuse_exists`: all of these uses are there, on the given mailbox where one is given."""
    uses, _ = unit.texts(call.strings(1), call.span)
    mailbox, _ = unit.texts(call.strings(0), call.span)

    def holds(run: Run) -> bool:
        name = next(iter(mailbox(run)), None)
        there = {use for box, use in run.around.special_uses if name in (None, box)}
        return all(use.lower() in there for use in uses(run))

    return holds


def compile_duplicate(call: Call, unit: Unit) -> Holds:
    """`duplicate`: the mail's id was seen before; ids are remembered when the script has ended."""
    handle, _ = unit.texts(call.tag_strings("handle") or ("",), call.span)
    unique_id, _ = unit.texts(call.tag_strings("uniqueid"), call.span)
    header, _ = unit.texts(call.tag_strings("header") or ("message-id",), call.span)
    seconds = call.number("seconds")
    period = min(DUPLICATE_SECONDS if seconds is None else seconds, MAX_DUPLICATE_SECONDS)

    def holds(run: Run) -> bool:
        name = handle(run)[0]
        own = unique_id(run) if "uniqueid" in call.tags else run.mail.header(header(run)[0].lower())[:1]
        if not own or not own[0]:
            return False
        run.seen.append(Seen(name, own[0], period, "last" in call.tags))
        return run.around.was_seen(name, own[0])

    return holds
