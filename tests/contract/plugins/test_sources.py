"""A plugin's source or token provider that raises what it must not costs its own accounts a job, and is named."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from importlib import import_module
from pkgutil import walk_packages
from typing import Any

import pytest
from celery.exceptions import SoftTimeLimitExceeded

from mailhelper_core import (
    LoginError,
    MailHelper,
    Metric,
    OwnerServices,
    PluginError,
    ServerError,
    Settings,
    SourceType,
    ThrottledError,
    TokenProvider,
    hookimpl,
)
from mailhelper_core.accounts.foreign import Caller, foreign_session
from mailhelper_core.dispatch import OVERRUN_SECONDS, Dispatcher
from mailhelper_core.model import source
from mailhelper_core.model.source.push import PushingSession
from mailhelper_core.model.source.remote import StepwiseSession
from mailhelper_core.model.source.uidset import UidSet
from mailhelper_core.server.local import LocalMessage, LocalSession

KEY = "MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIzNDU2Nzg5MDE="
RAW = b"Message-ID: <one@example.org>\r\nFrom: e@example.org\r\nSubject: One\r\n\r\nText.\r\n"


class Leaving(BaseException):
    """What no plugin should raise."""


def raising(error: BaseException) -> Callable[..., Any]:
    def fail(*_: object, **__: object) -> Any:
        raise error

    return fail


class Folder:
    """A folder with one mail."""

    def messages(self) -> Mapping[int, LocalMessage]:
        return {1: LocalMessage(1, "one", frozenset())}

    def read(self, message: LocalMessage) -> bytes:
        return RAW

    def describe(self, message: LocalMessage) -> tuple[bytes, int, datetime]:
        return RAW.partition(b"Text")[0], len(RAW), datetime(2026, 3, 1, tzinfo=UTC)


@dataclass
class Shop:
    """A plugin with a source and tokens; `breaks` says what raises, and where."""

    breaks: dict[str, BaseException] = field(default_factory=dict)
    metrics: list[Metric] = field(default_factory=list)

    def connect(self, _: object) -> LocalSession:
        if "connect" in self.breaks:
            raise self.breaks["connect"]
        session = LocalSession(lambda: {"INBOX": Folder()}, delimiter="/")
        for name, error in self.breaks.items():
            setattr(session, name, raising(error))
        return session

    def token(self, _: object) -> str:
        if "token" in self.breaks:
            raise self.breaks["token"]
        return "token"

    @hookimpl
    def register_sources(self) -> list[SourceType]:
        return [SourceType("shop", ("shop",), self.connect)]

    @hookimpl
    def register_tokens(self) -> list[TokenProvider]:
        return [TokenProvider("shop", self.token)]

    @hookimpl
    def metric(self, metrics: Sequence[Metric]) -> None:
        self.metrics += metrics

    @property
    def failures(self) -> list[dict[str, str]]:
        return [dict(one.labels) for one in self.metrics if one.name == "plugin_failures"]


@pytest.fixture
def shop() -> Shop:
    return Shop()


@pytest.fixture
def helper(database_url: str, shop: Shop) -> Iterator[MailHelper]:
    with MailHelper(Settings(database_url=database_url, key=KEY), plugins=[shop]) as made:
        yield made


@pytest.fixture
def ada(helper: MailHelper) -> OwnerServices:
    return helper.for_owner("ada")


def named(error: PluginError) -> bool:
    return bool(error.plugin) and repr(error.plugin) in str(error)


def test_a_plugins_source_that_works_is_read_as_any_other(ada: OwnerServices, shop: Shop) -> None:
    account = ada.accounts.add("shop:///x")

    assert [ada.sync(account.id).new, ada.sync(account.id).new] == [1, 0]
    assert shop.failures == []


@pytest.mark.parametrize("error", [ValueError("secret"), SystemExit(3), Leaving(), SoftTimeLimitExceeded()], ids=repr)
@pytest.mark.parametrize("where", ["connect", "mailboxes", "open", "uids", "metadata", "bodies"])
def test_what_a_source_raises_wrongly_ends_its_job_and_names_the_plugin(
    helper: MailHelper, ada: OwnerServices, shop: Shop, where: str, error: BaseException
) -> None:
    account = ada.accounts.add("shop:///x")
    shop.breaks[where] = error

    ada.jobs.submit("sync", account_id=account.id)
    done = helper.jobs.run()
    with pytest.raises(PluginError) as caught:  # whoever asks at once does not wait until the account has rested
        ada.sync(account.id)
    shop.breaks.clear()

    assert named(caught.value)
    assert "secret" not in str(caught.value)
    assert done is not None
    assert (done.state, done.error_code) == ("failed", "plugin")
    assert [(one["provider"], one["code"]) for one in shop.failures] == [("shop", "plugin")] * 2
    assert ada.sync(account.id).new == 1


@pytest.mark.parametrize(
    ("kind", "seconds"),
    [
        (ThrottledError, float("inf")),
        (ThrottledError, float("nan")),
        (ServerError, 1e300),
        (ServerError, "600"),
        (LoginError, 10**400),
    ],
)
def test_a_wait_that_no_honest_service_asks_for_stops_no_account(
    helper: MailHelper, ada: OwnerServices, shop: Shop, kind: type[ServerError], seconds: Any
) -> None:
    account, other = ada.accounts.add("shop:///x"), ada.accounts.add("shop:///y")
    shop.breaks["connect"] = kind(retry_after=seconds)

    with pytest.raises(kind):
        ada.sync(account.id)
    done = helper.jobs.run(ada.jobs.submit("sync", account_id=other.id).id)

    state = {ServerError: "unreachable", ThrottledError: "throttled", LoginError: "needs_auth"}[kind]
    for noted in map(ada.accounts.get, (account.id, other.id)):
        assert noted.state == state
        assert noted.not_before is None or noted.not_before <= datetime.now(UTC) + timedelta(days=2)
    assert done is not None
    assert done.error_code == kind.default_code


def test_what_a_token_provider_raises_wrongly_names_the_plugin(ada: OwnerServices, shop: Shop) -> None:
    account = ada.accounts.add("shop:///x", username="ada", password="x", tokens="shop")
    shop.breaks["token"] = SystemExit(3)

    with pytest.raises(PluginError) as caught:
        ada.sync(account.id)

    assert named(caught.value)
    assert [one["provider"] for one in shop.failures] == ["shop"]


def test_errors_of_ours_and_an_interrupt_pass(ada: OwnerServices, shop: Shop) -> None:
    account = ada.accounts.add("shop:///x")

    for error in (ServerError(code="refused"), KeyboardInterrupt()):
        shop.breaks["mailboxes"] = error
        with pytest.raises(type(error)):
            ada.sync(account.id)

    assert shop.failures == []


def test_a_call_that_had_to_be_ended_is_an_overrun() -> None:
    now = iter([0.0, OVERRUN_SECONDS + 1])
    caller = Caller(Dispatcher(clock=lambda: next(now)), "acme", "shop")

    with pytest.raises(PluginError) as caught:
        caller.call(raising(SoftTimeLimitExceeded()))

    assert (caught.value.code, caught.value.plugin) == ("overrun", "acme")


class Full:
    """A session that can everything, and does each of it wrongly."""

    is_connected = moves_in_steps = True
    statuses = personal_prefix = raising(ValueError("secret"))

    def __getattr__(self, name: str) -> Any:
        return raising(ValueError("secret"))

    def push(self) -> Any:
        return Full()

    def bodies_of(self, groups: object) -> Iterator[tuple[int, bytes]]:
        yield 1, b"x"
        raise ValueError("secret")


def test_a_wrapped_session_can_what_the_plugins_can_and_no_more() -> None:
    caller = Caller(Dispatcher(), "acme", "shop")
    full: Any = foreign_session(Full(), caller)
    plain = foreign_session(LocalSession(lambda: {}, delimiter="/"), caller)

    extras = [
        each
        for module in walk_packages(source.__path__, f"{source.__name__}.")
        for each in vars(import_module(module.name)).values()
        if getattr(each, "_is_runtime_protocol", False) and each.__module__ == module.name
    ]
    assert {StepwiseSession, PushingSession} < set(extras)
    for protocol in extras:
        assert isinstance(Full(), protocol)
        assert (protocol, isinstance(full, protocol), isinstance(plain, protocol)) == (protocol, True, False)
    assert full.moves_in_steps is True


def test_every_call_of_a_session_and_of_its_pusher_names_the_plugin() -> None:
    session: Any = foreign_session(Full(), Caller(Dispatcher(), "acme", "shop"))
    pusher, uids, first = session.push(), UidSet.of([1]), session.bodies_of([])
    calls: list[Callable[[], object]] = [
        session.mailboxes, lambda: session.status("a"), lambda: session.open("a"), session.uids,
        lambda: list(session.flags(uids)), lambda: list(session.metadata(uids)), lambda: list(session.bodies(uids)),
        lambda: list(session.headers(uids)), lambda: session.store(uids), lambda: session.move(uids, "a"),
        lambda: session.copy(uids, "a"), lambda: session.expunge(uids), lambda: session.append("a", b""),
        lambda: session.create("a"), lambda: session.find_message_id("a"), lambda: list(first),
        pusher.read, pusher.renew, lambda: pusher.wait(1.0),
    ]  # fmt: skip

    assert next(first) == (1, b"x")
    for call in calls:
        with pytest.raises(PluginError, match="'acme'"):
            call()
    session.close()
    pusher.close()
