"""Does a condition, or an action, keep its contract?"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from datetime import UTC, datetime
from typing import Any

from mailhelper_core.errors import InvalidError
from mailhelper_core.model.extension import ActionType, Condition, Context, Provided, Registry
from mailhelper_core.model.mail.message import MessageDetail
from mailhelper_core.model.rules.criteria import Is
from mailhelper_core.model.signature import takes_context
from mailhelper_core.model.work.operation import Effect, Operation
from mailhelper_core.query.leaf import MatchContext
from mailhelper_core.query.match import compile_criteria
from mailhelper_core.query.narrow import narrowing
from mailhelper_core.query.view import MessageView
from mailhelper_core.rules.accept import accept
from mailhelper_core.testing.conformance.advice import advised, read_argument
from mailhelper_core.testing.conformance.patience import HangError, promptly
from mailhelper_core.testing.conformance.samples import ODD_TEXTS, in_time, sample_messages, unchanged


def check_condition(
    condition: Condition,
    argument: str = "",
    messages: Sequence[MessageDetail] = (),
    *,
    settings: Mapping[str, Any] | None = None,
) -> None:
    """Check a condition with an argument that it can read, on generated mail and on messages of the caller's.

    It answers a bool, the same twice; refuses what it cannot read by a ValueError; whatever it matches satisfies
    what `narrows` says.
    """
    condition_keeps(condition, argument, messages, Context("ada", settings=settings or {}))


def condition_keeps(condition: Condition, argument: str, messages: Sequence[MessageDetail], context: Context) -> None:
    """Check a condition that is handed this context."""
    batch = (*messages, *sample_messages())
    refuses(condition.argument, f"{condition.name}: argument()")
    read = read_argument(condition, argument)
    with advised(context) as given:
        known = (read, given) if takes_context(condition.matches, 3) else (read,)

        def ask(messages: Sequence[MessageDetail] = batch) -> list[bool]:
            return promptly(
                f"{condition.name}: matches()", lambda: [condition.matches(message, *known) for message in messages]
            )

        said = unchanged(batch, lambda: in_time(len(batch), ask))
        kinds = {type(one) for one in said} - {bool}
        named = " and ".join(sorted(kind.__name__ for kind in kinds))
        assert not kinds, f"{condition.name} answered something else than a bool: {named}; write bool(...)"
        again = f"{condition.name} answered otherwise when asked again; let the message and the argument alone decide"
        assert ask() == said, again
        assert ask(batch[::-1]) == said[::-1], f"{again}, not what was asked before"
    _is_narrowed(condition, argument, [message for message, one in zip(batch, said, strict=True) if one])


def check_action(
    action: ActionType,
    argument: str = "",
    messages: Sequence[MessageDetail] = (),
    *,
    settings: Mapping[str, Any] | None = None,
) -> None:
    """Check what an action plans, with an argument that it can read; it carries nothing out.

    Operations on the message that it was given, the same twice; for an `Effect` there is a `deliver`.
    """
    action_keeps(action, argument, messages, Context("ada", settings=settings or {}))


def action_keeps(action: ActionType, argument: str, messages: Sequence[MessageDetail], context: Context) -> None:
    """Check an action that is handed this context."""
    batch = (*messages, *sample_messages())
    refuses(action.argument, f"{action.name}: argument()")
    read = read_argument(action, argument)
    with advised(context) as given:
        known = (read, given) if takes_context(action.plan, 3) else (read,)

        def plan(messages: Sequence[MessageDetail] = batch) -> list[Any]:
            return promptly(
                f"{action.name}: plan()",
                lambda: [_accepted(action, action.plan(message, *known), message.id) for message in messages],
            )

        planned = unchanged(batch, lambda: in_time(len(batch), plan))
        again = f"{action.name} planned otherwise when asked again; let the message and the argument alone decide"
        assert plan() == planned, again
        assert plan(batch[::-1]) == planned[::-1], f"{again}, not what was asked before"
    effects = [one for operations in planned for one in operations if isinstance(one, Effect)]
    assert not effects or action.deliver is not None, f"{action.name} plans effects and has no deliver"
    assert all(one.action == action.name for one in effects), f"{action.name} plans the effect of another action"
    for name in ("deliver", "undo"):
        _can_be_called(action.name, name, getattr(action, name))


def _can_be_called(action: str, name: str, function: Callable[..., None] | None) -> None:
    if function is None:
        return
    with suppress(TypeError, ValueError):  # a function of C does not say what it takes
        signature = inspect.signature(function)
        given = (Effect(1, action), Context(""))[: 2 if takes_context(function) else 1]
        try:
            signature.bind(*given)
        except TypeError as exc:
            advice = f"write {name}(effect), or {name}(effect, context)"
            raise AssertionError(f"{action}: {name} cannot be called with an effect; {advice}") from exc


def _accepted(action: ActionType, planned: object, message_id: int) -> tuple[Operation, ...]:
    try:
        return accept(planned, message_id)
    except InvalidError as exc:
        raise AssertionError(f"{action.name} {exc}") from exc


def refuses(parse: Callable[[str], object], what: str) -> None:
    """Check that a function that reads an owner's text refuses by ValueError, or InvalidError, what it cannot read."""
    for text in ("", "?", *ODD_TEXTS):
        try:
            promptly(what, lambda text=text: parse(text))  # type: ignore[misc]
        except HangError:
            raise
        except (ValueError, InvalidError):
            continue
        except Exception as exc:
            raise AssertionError(f"what it cannot read raised {type(exc).__name__}, not ValueError") from exc


def _is_narrowed(condition: Condition, argument: str, matched: Sequence[MessageDetail]) -> None:
    if condition.narrows is None:
        return
    registry = Registry(conditions={condition.name: Provided("plugin", condition)})
    context = MatchContext(datetime.now(UTC), registry=registry)
    said = narrowing(Is(condition.name, ":", argument), context)
    assert said.failure is None, said.failure.message
    if said.criteria is None:
        is_silent = condition.narrows(condition.argument(argument)) is None
        assert is_silent, f"{condition.name}: what narrows answers is too long to be of use"
        return
    wider = compile_criteria(said.criteria, context)
    for message in matched:
        assert wider.matches(MessageView(message)), f"{condition.name} matches mail that its narrows leaves out"
