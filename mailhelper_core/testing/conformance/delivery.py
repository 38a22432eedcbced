"""Does an action that does something outside the mailbox do it once, though it is asked twice?"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from copy import deepcopy
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory

from mailhelper_core.errors import ProviderError, ServerError
from mailhelper_core.model.extension import ActionType, Context
from mailhelper_core.model.signature import takes_context
from mailhelper_core.model.work.operation import Effect
from mailhelper_core.plugins.marks import name_of
from mailhelper_core.testing.conformance.advice import read_argument
from mailhelper_core.testing.conformance.patience import HangError, patiently
from mailhelper_core.testing.conformance.plugins import context_of
from mailhelper_core.testing.environment import Environment
from mailhelper_core.testing.generator.generator import MailboxGenerator

MAILS = 20
_KEY = (
    "hand context.operation_id on as the key by which it is known what was done, and let heard() answer what is kept, "
    "not what was said"
)


def check_delivery(
    plugin: object,
    action: str,
    argument: str = "",
    *,
    heard: Callable[[Environment], object],
    settings: Mapping[str, str] | None = None,
    database: str = "",
) -> None:
    """Check that what an action of a plugin plans is carried out once, though `deliver` is called twice.

    A worker that ends between a deed and our note of it leads to a second call, and so does `ada.outbox.replay`. The
    same holds of `undo`, which may be asked about something that never arrived, too. heard: answers, as one value,
    what the service holds (or the table: it is given the environment); settings: what the owner sets.
    """
    with TemporaryDirectory() as folder, Environment.start(Path(folder), plugins=(plugin,), database=database) as env:
        found = env.helper._wiring.registry.actions.get(action)
        assert found is not None, f"there is no action {action!r}; the plugin has the problems {_problems(env, plugin)}"
        if settings:
            env.ada.plugins.set(found.plugin, dict(settings))
        MailboxGenerator(seed=2).fill(env.server.store.user("ada"), count=MAILS)
        env.ada.sync(env.account.id)
        context = context_of(env, env.helper._wiring.registry, found.plugin)
        done, never = _planned(env, found.provider, argument, context)
        _is_done_once(found.provider, done, context, lambda: deepcopy(heard(env)))
        if found.provider.undo is not None:
            _takes_back_what_never_arrived(found.provider, never, replace(context, operation_id=3))


def _problems(env: Environment, plugin: object) -> list[str]:
    return [problem for one in env.helper.plugins if one.name == name_of(plugin) for problem in one.problems]


def _planned(env: Environment, action: ActionType, argument: str, context: Context) -> tuple[Effect, Effect]:
    """Answer the effects that are planned for two mails; of one mail that is the same."""
    read = read_argument(action, argument)
    known = (read, context) if takes_context(action.plan, 3) else (read,)
    messages = (env.ada.messages.get(message.id) for message in env.ada.search("", limit=MAILS))
    found = [one for message in messages for one in action.plan(message, *known) if isinstance(one, Effect)]
    assert found, f"{action.name} plans no Effect for any of {MAILS} mails; give it an argument with which it does"
    return found[0], found[-1]


def _is_done_once(action: ActionType, effect: Effect, context: Context, heard: Callable[[], object]) -> None:
    assert action.deliver is not None, f"{action.name} has no deliver"
    before = heard()
    _call(action, "deliver", action.deliver, effect, replace(context, operation_id=1))
    once = heard()
    assert once != before, "heard() tells of nothing new after deliver(); let it answer what the service holds"
    _call(action, "deliver", action.deliver, effect, replace(context, operation_id=1))
    assert heard() == once, f"{action.name}: deliver() was called twice for one effect, and did it twice; {_KEY}"
    if action.undo is None:
        return
    undone = replace(effect, undo=True)
    _call(action, "undo", action.undo, undone, replace(context, operation_id=2))
    once = heard()
    _call(action, "undo", action.undo, undone, replace(context, operation_id=2))
    assert heard() == once, f"{action.name}: undo() was called twice for one effect, and did it twice; {_KEY}"


def _takes_back_what_never_arrived(action: ActionType, effect: Effect, context: Context) -> None:
    assert action.undo is not None
    try:
        _call(action, "undo", action.undo, replace(effect, undo=True), context)
    except HangError:
        raise
    except Exception as exc:
        is_final = isinstance(exc, ServerError | ProviderError) and not exc.transient
        advice = "that is no error, as what it takes back may never have been done"
        if not is_final:
            raise AssertionError(f"{action.name}: undo() raised {type(exc).__name__}; {advice}") from exc


def _call(action: ActionType, name: str, function: Callable[..., None], effect: Effect, context: Context) -> None:
    known = (effect, context) if takes_context(function) else (effect,)
    patiently(f"{action.name}: {name}()", lambda: function(*known))
