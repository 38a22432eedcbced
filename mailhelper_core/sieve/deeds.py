"""Commands that act (RFC 5228 4, 3894, 5232, 5229, 5490, 8579), each compiled to what it does on a mail."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from mailhelper_core.sieve.action import Discard, FileInto, Keep, Redirect, Reject, Vacation
from mailhelper_core.sieve.language.check import Call
from mailhelper_core.sieve.language.script import Strings
from mailhelper_core.sieve.run import Broken, Run
from mailhelper_core.sieve.unit import Does, Unit
from mailhelper_core.sieve.values.flags import added, read_flags, removed
from mailhelper_core.sieve.values.octets import is_whole, whole
from mailhelper_core.sieve.values.variables import MODIFIERS, NAME

Change = Callable[[Run, Sequence[str]], list[str]]
ChangeText = Callable[[str, Sequence[str]], str]


def _stop(_call: Call, _unit: Unit) -> Does:
    return lambda _: False


def _keep(call: Call, unit: Unit) -> Does:
    flags, has_own = _flags(call, unit), "flags" in call.tags

    def does(run: Run) -> bool:
        run.add(Keep(flags(run), has_own_flags=has_own))
        return True

    return does


def _discard(_call: Call, _unit: Unit) -> Does:
    def does(run: Run) -> bool:
        run.add(Discard())
        return True

    return does


def _fileinto(call: Call, unit: Unit) -> Does:
    name, _ = unit.text(call, 0)
    use, _ = unit.texts(call.tag_strings("specialuse") or ("",), call.span)
    flags, has_own = _flags(call, unit), "flags" in call.tags
    creates, cancels = "create" in call.tags, "copy" not in call.tags

    def does(run: Run) -> bool:
        mailbox = name(run)
        if not is_whole(mailbox):
            raise Broken("the name of a mailbox holds half a character")
        run.add(FileInto(mailbox, flags(run), creates, use(run)[0], has_own), cancels_keep=cancels)
        return True

    return does


def _flags(call: Call, unit: Unit) -> Callable[[Run], tuple[str, ...]]:
    if "flags" not in call.tags:
        return lambda run: tuple(run.flags)
    texts, _ = unit.texts(call.tag_strings("flags"), call.span)
    return lambda run: tuple(read_flags(texts(run)))


def _redirect(call: Call, unit: Unit) -> Does:
    address, fixed = unit.text(call, 0)
    if fixed is not None and not _is_address(fixed):
        raise unit.error("this is no address to redirect to", 'write redirect "name@example.org";', call.span)
    cancels = "copy" not in call.tags

    def does(run: Run) -> bool:
        to = address(run)
        if not _is_address(to):
            raise Broken("redirect to what is no address")
        run.add(Redirect(to), cancels_keep=cancels)
        return True

    return does


def _is_address(text: str) -> bool:
    local, at, domain = text.strip().rpartition("@")
    return bool(local and at and domain and is_whole(text)) and not any(one.isspace() for one in text.strip())


def _reject(call: Call, unit: Unit) -> Does:
    reason, _ = unit.text(call, 0)

    def does(run: Run) -> bool:
        run.add(Reject(whole(reason(run))))
        return True

    return does


def _vacation(call: Call, unit: Unit) -> Does:
    reason, _ = unit.text(call, 0)

    def does(run: Run) -> bool:
        run.add(Vacation(whole(reason(run))), cancels_keep=False)
        return True

    return does


def _change_flags(change: Change, change_text: ChangeText) -> Callable[[Call, Unit], Does]:
    def build(call: Call, unit: Unit) -> Does:
        texts, _ = unit.texts(call.strings(1), call.span)
        if call.places[0] is None:
            return _own_flags(texts, change)
        name = _variable(call, unit)

        def does(run: Run) -> bool:
            run.values[name] = change_text(run.values.get(name, ""), texts(run))
            return True

        return does

    return build


def _set_text(_: str, texts: Sequence[str]) -> str:
    return " ".join(read_flags(texts))


def _add_text(before: str, texts: Sequence[str]) -> str:
    """What was set as a text stays as it was written."""
    known = read_flags([before])
    return " ".join(filter(None, (before, *added(known, texts)[len(known) :])))


def _remove_text(before: str, texts: Sequence[str]) -> str:
    return " ".join(removed(read_flags([before]), texts))


def _set_flags(run: Run, flags: Sequence[str]) -> list[str]:
    run.named.update(run.flags)
    return added([flag for flag in run.flags if flag in run.around.facts], flags)


def _own_flags(texts: Callable[[Run], Sequence[str]], change: Change) -> Does:
    def does(run: Run) -> bool:
        named = texts(run)
        run.named.update(read_flags(named))
        run.flags = change(run, named)
        return True

    return does


def _set(call: Call, unit: Unit) -> Does:
    name, (value, _) = _variable(call, unit), unit.text(call, 1)
    changes = [change for modifier, change in MODIFIERS if modifier in call.tags]

    def does(run: Run) -> bool:
        text = value(run)
        for change in changes:
            text = change(text)
        run.values[name] = text
        return True

    return does


def _variable(call: Call, unit: Unit) -> str:
    if not unit.has_variables:
        raise unit.error("variables were not required", 'write require "variables"; at the top', call.span)
    strings = call.places[0]
    name = strings.values[0] if isinstance(strings, Strings) else ""
    if not NAME.fullmatch(name):
        raise unit.error("this is no name of a variable", "a letter, then letters, digits and '_'", call.span)
    return name.lower()


COMMANDS: dict[str, Callable[[Call, Unit], Does]] = {
    "stop": _stop,
    "keep": _keep,
    "discard": _discard,
    "fileinto": _fileinto,
    "redirect": _redirect,
    "reject": _reject,
    "ereject": _reject,
    "vacation": _vacation,
    "setflag": _change_flags(_set_flags, _set_text),
    "addflag": _change_flags(lambda run, flags: added(run.flags, flags), _add_text),
    "removeflag": _change_flags(lambda run, flags: removed(run.flags, flags), _remove_text),
    "set": _set,
}
