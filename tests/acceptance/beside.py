"""A plugin of a test's own, and a good one beside it that must do its part whatever the other does."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from types import ModuleType
from typing import Any

from mailhelper_core import ActionType, AddTag, Classification, Classifier, Metric, hookimpl
from mailhelper_core.testing import Environment

Start = Callable[..., Environment]


class Plugin:
    """A plugin of the providers that a test gives it, which also hears what is measured."""

    def __init__(self, **hooks: Any) -> None:
        self.failures: list[dict[str, str]] = []
        for name, providers in hooks.items():
            setattr(self, name, hookimpl(lambda providers=providers: providers))

    @hookimpl
    def metric(self, metrics: Sequence[Metric]) -> None:
        self.failures += [dict(one.labels) for one in metrics if one.name == "plugin_failures"]


def always(opinion: Any) -> Callable[[Sequence[Any]], list[Any]]:
    return lambda messages: [opinion] * len(messages)


def good() -> ModuleType:
    module = ModuleType("good")
    module.register_classifiers = hookimpl(lambda: [Classifier("good", always(Classification("finance", 0.6)))])  # type: ignore[attr-defined]
    module.register_actions = hookimpl(lambda: [ActionType("mark", lambda message, _: [AddTag(message.id, "marked")])])  # type: ignore[attr-defined]
    return module


def others_did_their_part(env: Environment) -> bool:
    ids = [message.id for message in env.ada.search("")]
    said = env.ada.opinions.of(ids)
    return bool(ids) and all("good" in {one.said_by for one in said[id_]} for id_ in ids) and (
        env.ada.count("tag:marked") == len(ids)
    )  # fmt: skip
