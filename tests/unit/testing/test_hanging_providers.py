"""Each conformance suite names the call of a provider that does not come back."""

from __future__ import annotations

from collections.abc import Callable
from time import sleep
from types import SimpleNamespace

import pytest

from mailhelper_core import Setting, SourceType, hookimpl
from mailhelper_core.testing import check_plugin, sample_messages
from mailhelper_core.testing.conformance import patience
from mailhelper_core.testing.conformance.samples import SECONDS_A_MAIL
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


def wait(monkeypatch: pytest.MonkeyPatch, seconds: float) -> None:
    """Let the suites wait so long for every call."""
    for name in ("CALL_SECONDS", "QUICK_SECONDS"):
        monkeypatch.setattr(patience, name, seconds)


@pytest.mark.parametrize(("call", "check"), HANGING_PROVIDERS, ids=[call for call, _ in HANGING_PROVIDERS])
def test_a_provider_that_hangs_is_named_with_the_call(
    monkeypatch: pytest.MonkeyPatch, call: str, check: Callable[[], None]
) -> None:
    sample_messages()  # making them takes longer than the patience of this test, and so does an empty database
    seconds = 5 if call in ("parse", "one of its hooks") else 0.2
    wait(monkeypatch, seconds)

    with pytest.raises(AssertionError, match=rf"(bad: )?{call}.* did not come back within {seconds} s; give whatever"):
        check()


@pytest.mark.parametrize(("problem", "kind"), HANGING)
def test_a_source_that_hangs_is_named_with_the_call(
    monkeypatch: pytest.MonkeyPatch, problem: str, kind: SourceType
) -> None:
    wait(monkeypatch, 0.2)

    with pytest.raises(AssertionError, match=f"{problem} within 0.2 s; give whatever it waits for a time limit"):
        checked(kind)()


def test_a_blob_store_that_hangs_is_named_with_the_call(monkeypatch: pytest.MonkeyPatch) -> None:
    wait(monkeypatch, 0.2)
    monkeypatch.setattr(Shelf, "get", hangs)

    with pytest.raises(AssertionError, match=r"get\(\) did not come back within 0.2 s"):
        shelf("")()


@pytest.mark.parametrize(("problem", "kind"), HANGING_DEEDS)
def test_a_deed_that_hangs_is_named(monkeypatch: pytest.MonkeyPatch, problem: str, kind: SourceType) -> None:
    wait(monkeypatch, 2.0)

    with pytest.raises(AssertionError, match=f"{problem} did not come back within 2 s"):
        checked(kind)()


@pytest.mark.parametrize(
    ("used", "counted"),
    [(3.0, 2.0), (2.0, 2.0), (0.5, 0.5), (0.1, 0.4), (0.01, 2.0)],
    ids=["two threads", "one thread", "a busy machine", "a very busy one", "it waits"],
)
def test_what_a_busy_machine_takes_is_not_counted(monkeypatch: pytest.MonkeyPatch, used: float, counted: float) -> None:
    passed, processor = [100.0], [50.0]
    monkeypatch.setattr(patience, "monotonic", lambda: passed[0])
    monkeypatch.setattr(patience, "process_time", lambda: processor[0])
    watch = patience.Stopwatch(share=0.02)

    passed[0], processor[0] = passed[0] + 2.0, processor[0] + used

    assert watch.seconds() == pytest.approx(counted)


def test_a_call_that_a_busy_machine_slows_down_is_waited_for(monkeypatch: pytest.MonkeyPatch) -> None:
    wait(monkeypatch, 0.2)
    monkeypatch.setattr(patience, "process_time", lambda: patience.monotonic() / 4)

    assert patience.promptly("a call", lambda: sleep(0.4) or "done") == "done"


def test_a_call_that_has_but_to_compute_is_given_up_before_one_that_asks_a_service() -> None:
    assert 1 + 65 * SECONDS_A_MAIL < patience.QUICK_SECONDS < patience.CALL_SECONDS
