"""A failing provider names its plugin, costs only itself, and is left alone after three failures."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor

import pytest

from mailhelper_core.dispatch import (
    FAILURES_TO_OPEN,
    OPEN_SECONDS,
    OVERRUN_SECONDS,
    Dispatcher,
    when_returned,
)
from mailhelper_core.errors import PluginError, ProviderError
from mailhelper_core.model.extension import each
from mailhelper_core.model.signature import takes_context
from mailhelper_core.watchman import carried, watched


def boom() -> int:
    raise ValueError("the mail said: secret text")


def leave() -> int:
    raise SystemExit(3)


def test_an_answer_passes_through() -> None:
    assert Dispatcher().call("shop", "totals", lambda: 42) == 42


@pytest.mark.parametrize("failing", [boom, leave])
def test_a_failure_names_the_plugin_and_nothing_of_the_mail(failing: object) -> None:
    with pytest.raises(PluginError, match="shop") as caught:
        Dispatcher().call("shop", "totals", failing)  # type: ignore[arg-type]

    assert caught.value.plugin == "shop"
    assert "secret" not in str(caught.value)
    assert "test_dispatch.py:" in str(caught.value)


def test_three_failures_pause_a_provider_and_time_brings_it_back() -> None:
    now = [0.0]
    dispatcher = Dispatcher(clock=lambda: now[0])
    for _ in range(FAILURES_TO_OPEN):
        with pytest.raises(PluginError):
            dispatcher.call("shop", "totals", boom)

    with pytest.raises(PluginError) as paused:
        dispatcher.call("shop", "totals", lambda: 1)
    now[0] = OPEN_SECONDS + 1

    assert paused.value.code == "paused"
    assert dispatcher.call("shop", "totals", lambda: 1) == 1


def test_what_is_paused_is_known_while_it_is() -> None:
    now = [0.0]
    dispatcher = Dispatcher(clock=lambda: now[0])
    for _ in range(FAILURES_TO_OPEN):
        with pytest.raises(PluginError):
            dispatcher.call("shop", "totals", boom)
    dispatcher.call("shop", "other", lambda: 1)
    before = dispatcher.paused("shop"), dispatcher.paused("else")
    now[0] = OPEN_SECONDS + 1

    assert (before, dispatcher.paused("shop")) == ((("totals",), ()), ())


def test_a_paused_provider_does_not_pause_its_neighbour() -> None:
    dispatcher = Dispatcher()
    for _ in range(FAILURES_TO_OPEN):
        with pytest.raises(PluginError):
            dispatcher.call("shop", "totals", boom)

    assert dispatcher.call("shop", "other", lambda: 1) == 1


def test_success_between_failures_keeps_the_provider() -> None:
    dispatcher = Dispatcher()

    for _ in range(FAILURES_TO_OPEN):
        with pytest.raises(PluginError):
            dispatcher.call("shop", "totals", boom)
        dispatcher.call("shop", "totals", lambda: 1)

    assert dispatcher.call("shop", "totals", lambda: 5) == 5


def test_a_wrong_answer_counts_as_a_failure() -> None:
    dispatcher = Dispatcher()
    for _ in range(FAILURES_TO_OPEN):
        dispatcher.reject("shop", "totals", "answered 3 opinions for 2 messages")

    with pytest.raises(PluginError):
        dispatcher.call("shop", "totals", lambda: 1)


def test_a_provider_that_always_answers_wrongly_is_paused() -> None:
    dispatcher = Dispatcher()
    for _ in range(FAILURES_TO_OPEN):
        dispatcher.call("shop", "totals", lambda: "nonsense")
        dispatcher.reject("shop", "totals", "answered a str")

    with pytest.raises(PluginError) as paused:
        dispatcher.call("shop", "totals", lambda: 1)

    assert paused.value.code == "paused"


def test_a_wrong_answer_now_and_then_is_forgiven() -> None:
    dispatcher = Dispatcher()

    for number in range(100):
        dispatcher.call("shop", "totals", lambda: 1)
        if number % 20 == 0:
            dispatcher.reject("shop", "totals", "answered 3 opinions for 2 messages")

    assert dispatcher.call("shop", "totals", lambda: 1) == 1


def test_each_hands_the_context_on_to_those_who_take_it() -> None:
    @each
    def with_context(message: object, context: object) -> None:
        seen.append((message, context))

    @each
    def without(message: object) -> None:
        seen.append((message, None))

    seen: list[tuple[object, object]] = []
    with_context(["mail"], "context")
    without(["mail"])

    assert seen == [("mail", "context"), ("mail", None)]
    assert takes_context(with_context)
    assert not takes_context(without)


def test_context_is_passed_to_those_who_take_it() -> None:
    assert takes_context(lambda messages, context: [])
    assert not takes_context(lambda messages: [])


class Leaving(BaseException):
    """What no plugin should raise."""


def test_whatever_is_raised_is_a_failure_of_the_provider() -> None:
    def leave_for_good() -> int:
        raise Leaving

    with pytest.raises(PluginError, match="raised Leaving"):
        Dispatcher().call("shop", "totals", leave_for_good)


def test_an_error_of_ours_is_a_failure_where_the_caller_knows_no_services() -> None:
    def away() -> int:
        raise ProviderError("away")

    with pytest.raises(PluginError, match="raised ProviderError"):
        Dispatcher().call("shop", "totals", away)


@pytest.mark.parametrize(("transient", "code"), [(True, "paused"), (False, "provider")])
def test_an_error_that_passes_counts_while_the_service_may_come_back(transient: bool, code: str) -> None:
    dispatcher = Dispatcher()

    def away() -> int:
        raise ProviderError("away", transient=transient)

    for _ in range(FAILURES_TO_OPEN):
        with pytest.raises(ProviderError, match="away"):
            dispatcher.call("shop", "model", away, passes=(ProviderError,))
    with pytest.raises((PluginError, ProviderError)) as next_one:
        dispatcher.call("shop", "model", away, passes=(ProviderError,))

    assert next_one.value.code == code


def test_the_keyboard_interrupts_a_provider() -> None:
    def interrupted() -> int:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        Dispatcher().call("shop", "totals", interrupted)


def test_a_provider_that_holds_up_mail_is_paused() -> None:
    now = [0.0]
    noticed: list[tuple[str, str, str]] = []
    dispatcher = Dispatcher(clock=lambda: now[0], notice=lambda *failure: noticed.append(failure))

    def slow() -> int:
        now[0] += OVERRUN_SECONDS + 1
        return 42

    answers = [dispatcher.call("shop", "totals", slow) for _ in range(FAILURES_TO_OPEN)]
    with pytest.raises(PluginError) as paused:
        dispatcher.call("shop", "totals", lambda: 1)

    assert answers == [42] * FAILURES_TO_OPEN
    assert paused.value.code == "paused"
    assert [code for _, _, code in noticed] == ["overrun"] * FAILURES_TO_OPEN + ["paused"]


def test_a_call_that_had_to_be_ended_is_the_last_for_a_while() -> None:
    now = [0.0]
    noticed: list[str] = []
    dispatcher = Dispatcher(clock=lambda: now[0], notice=lambda plugin, provider, code: noticed.append(code))

    def hang() -> int:
        now[0] += OVERRUN_SECONDS + 1
        raise TimeoutError  # as a worker's soft limit does

    with pytest.raises(PluginError, match="was ended after 31 s") as ended:
        dispatcher.call("shop", "totals", hang)
    with pytest.raises(PluginError) as paused:
        dispatcher.call("shop", "totals", lambda: 1)

    assert (ended.value.code, paused.value.code) == ("overrun", "paused")
    assert noticed == ["overrun", "paused"]


def test_what_is_left_open_is_closed_and_a_failure() -> None:
    closed: list[bool] = []

    def leaving_open() -> int:
        when_returned(lambda: closed.append(True) or True)
        return 1

    with pytest.raises(PluginError) as failed:
        Dispatcher().call("shop", "totals", leaving_open)

    assert failed.value.code == "left_open"
    assert closed == [True]


def test_the_trace_names_every_call_and_its_duration(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level("INFO", logger="mailhelper.plugins")

    Dispatcher(trace=True).call("shop", "totals", lambda: 1)
    Dispatcher().call("shop", "other", lambda: 1)

    Dispatcher(trace=True).call_source("shop", "mail", lambda: 1)

    told = [record.getMessage().split(" took ")[0] for record in caplog.records]
    # What begins is told before: a call that ends the process leaves this line as the last.
    assert told == [f"plugin shop: {said}" for said in ("totals begins", "totals", "mail begins", "mail")]


def test_a_parameter_of_its_own_is_not_the_context() -> None:
    assert takes_context(lambda message, argument, context: True, 3)
    assert not takes_context(lambda message, argument, at_least=3: True, 3)
    assert not takes_context(len)


def test_calls_in_other_threads_are_heard_and_the_one_that_began_first_is_named() -> None:
    heard: list[str] = []
    ends = {name: threading.Event() for name in ("slow", "quick")}
    dispatcher = Dispatcher()

    def hear(name: str, *, is_risky: bool = True, stays: bool = False) -> bool:
        heard.append(name)
        return name != "shop/skipped"

    with watched(hear), ThreadPoolExecutor(2) as pool:
        call = carried(lambda name: dispatcher.call("shop", name, ends[name].wait))
        slow = pool.submit(call, "slow")
        while heard != ["shop/slow"] and not slow.done():
            pass
        quick = pool.submit(call, "quick")
        while len(heard) < 3 and not quick.done():
            pass
        at_both = heard[-1]
        ends["quick"].set()
        quick.result()
        with pytest.raises(PluginError) as refused:
            pool.submit(carried(lambda name: dispatcher.call("shop", name, bool)), "skipped").result()
        ends["slow"].set()
        slow.result()

    assert at_both == "shop/slow"
    assert refused.value.code == "paused"
    assert heard == ["shop/slow", "shop/quick", "shop/slow", "shop/slow", "shop/skipped", ""]


def test_without_a_watchman_a_function_is_carried_as_it_is() -> None:
    assert carried(boom) is boom  # type: ignore[comparison-overlap]
