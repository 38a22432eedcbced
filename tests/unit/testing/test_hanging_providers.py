"""Each conformance suite names the call of a provider that does not come back."""

from __future__ import annotations

from collections.abc import Callable
from types import SimpleNamespace

import pytest

from mailhelper_core import Setting, SourceType, hookimpl
from mailhelper_core.testing import check_plugin, sample_messages
from tests.unit.testing.broken import (
    Shelf,
    action,
    classifier,
    condition,
    embedder,
    plugin,
    provider,
    recognizer,
    says,
    shelf,
    suggester,
    tokens,
)
from tests.unit.testing.broken_sources import hangs
from tests.unit.testing.source_faults import HANGING
from tests.unit.testing.test_broken_providers import checked
from tests.unit.testing.written_sources import HANGING as HANGING_DEEDS

HANGING_PROVIDERS: list[tuple[str, Callable[[], None]]] = [
    ("classify", classifier(hangs)),
    ("train", classifier(says(None), train=hangs)),
    ("suggest", suggester(hangs)),
    ("matches", condition(hangs)),
    ("argument", condition(lambda message, _: True, argument=hangs)),
    ("plan", action(hangs)),
    ("embed", embedder(hangs)),
    ("fit", embedder(lambda texts, _: [[1.0, 1.0] for _ in texts], fit=hangs)),
    ("find", recognizer(hangs)),
    ("token", tokens(hangs)),
    ("models", provider(models=hangs)),
    ("parse", plugin(register_settings=[Setting("bad", hangs)])),
    ("one of its hooks", lambda: check_plugin(SimpleNamespace(register_classifiers=hookimpl(lambda: hangs())))),
]


@pytest.mark.parametrize(("call", "check"), HANGING_PROVIDERS, ids=[call for call, _ in HANGING_PROVIDERS])
def test_a_provider_that_hangs_is_named_with_the_call(
    monkeypatch: pytest.MonkeyPatch, call: str, check: Callable[[], None]
) -> None:
    sample_messages()  # making them takes longer than the patience of this test, and so does an empty database
    seconds = 5 if call in ("parse", "one of its hooks") else 0.2
    monkeypatch.setattr("mailhelper_core.testing.conformance.patience.CALL_SECONDS", seconds)

    with pytest.raises(AssertionError, match=rf"(bad: )?{call}.* did not come back within {seconds} s; give whatever"):
        check()


@pytest.mark.parametrize(("problem", "kind"), HANGING)
def test_a_source_that_hangs_is_named_with_the_call(
    monkeypatch: pytest.MonkeyPatch, problem: str, kind: SourceType
) -> None:
    monkeypatch.setattr("mailhelper_core.testing.conformance.patience.CALL_SECONDS", 0.2)

    with pytest.raises(AssertionError, match=f"{problem} within 0.2 s; give whatever it waits for a time limit"):
        checked(kind)()


def test_a_blob_store_that_hangs_is_named_with_the_call(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("mailhelper_core.testing.conformance.patience.CALL_SECONDS", 0.2)
    monkeypatch.setattr(Shelf, "get", hangs)

    with pytest.raises(AssertionError, match=r"get\(\) did not come back within 0.2 s"):
        shelf("")()


@pytest.mark.parametrize(("problem", "kind"), HANGING_DEEDS)
def test_a_deed_that_hangs_is_named(monkeypatch: pytest.MonkeyPatch, problem: str, kind: SourceType) -> None:
    monkeypatch.setattr("mailhelper_core.testing.conformance.patience.CALL_SECONDS", 2.0)

    with pytest.raises(AssertionError, match=f"{problem} did not come back within 2 s"):
        checked(kind)()
