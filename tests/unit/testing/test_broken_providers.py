"""Each conformance suite names a provider that breaks its contract, one at least for each thing that it says."""

from __future__ import annotations

import itertools
import logging
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from sqlalchemy import Column, Integer, MetaData, Table, Text

from mailhelper_core import (
    ActionType,
    AddTag,
    Classification,
    Classifier,
    Completion,
    Condition,
    Effect,
    Embedder,
    EmbeddingAnswer,
    LocalMessage,
    LocalSession,
    LoginError,
    ModelInfo,
    PersonalData,
    PluginTables,
    Provider,
    ProviderError,
    Recognizer,
    Setting,
    SourceType,
    TagSuggester,
    TokenProvider,
    TokenRequest,
    hookimpl,
    testing,
)
from mailhelper_core.model.rules.criteria import Is
from mailhelper_core.testing import (
    check_action,
    check_blob_store,
    check_classifier,
    check_condition,
    check_embedder,
    check_plugin,
    check_provider,
    check_recognizer,
    check_source,
    check_tables,
    check_tag_suggester,
    check_token_provider,
)

SUITES = [name for name in testing.__all__ if name.startswith("check_")]
REQUEST = TokenRequest("ada", "imap.example.org", "refresh-secret", owner="ada")
RAW = b"From: bob@example.org\r\nSubject: One\r\n\r\nText\r\n"
counter = itertools.count()
logger = logging.getLogger("tests.broken")


def says(opinion: Any) -> Callable[..., Any]:
    return lambda messages: [opinion] * len(messages)


def spoils(messages: Sequence[Any], *_: Any) -> Any:
    for message in messages if isinstance(messages, tuple | list) else [messages]:
        object.__setattr__(message, "subject", "spoilt")
    return [None] * len(messages) if isinstance(messages, tuple | list) else []


def classifier(classify: Callable[..., Any], **more: Any) -> Callable[[], None]:
    return lambda: check_classifier(Classifier("bad", classify, **more))


def suggester(suggest: Callable[..., Any]) -> Callable[[], None]:
    return lambda: check_tag_suggester(TagSuggester("bad", suggest))


def condition(matches: Callable[..., Any], **more: Any) -> Callable[[], None]:
    return lambda: check_condition(Condition("bad", matches, **more), "1")


def fickle(seen: set[int]) -> Callable[..., bool]:
    return lambda message, _: message.id in seen or bool(seen.add(message.id))  # type: ignore[func-returns-value]


def action(plan: Callable[..., Any], **more: Any) -> Callable[[], None]:
    return lambda: check_action(ActionType("bad", plan, **more))


def embedder(embed: Callable[..., Any], **more: Any) -> Callable[[], None]:
    return lambda: check_embedder(Embedder("bad", embed, 2, **more))


def recognizer(find: Callable[[str], Any], **more: Any) -> Callable[[], None]:
    return lambda: check_recognizer(Recognizer("bad", find), **more)


def answers(request: Any) -> Completion:
    return Completion("yes")


def provider(complete: Callable[..., Any] = answers, *, broken: Any = None, **more: Any) -> Callable[[], None]:
    failing = {} if broken is None else {"away": Provider("bad", broken)}
    return lambda: check_provider(Provider("bad", complete, **more), **failing)


def tokens(token: Callable[[TokenRequest], Any], **more: Any) -> Callable[[], None]:
    return lambda: check_token_provider(TokenProvider("bad", token), REQUEST, **more)


def logs(words: Callable[[Any], str], answer: Any) -> Callable[[Any], Any]:
    def call(request: Any) -> Any:
        logger.debug("asked about %s", words(request))
        return answer

    return call


def refuses(error: Exception) -> Callable[[Any], Any]:
    def call(request: Any) -> Any:
        if getattr(request, "secret", "ended") == "ended":
            raise error
        return "t0ken"

    return call


@dataclass
class Showing:
    """A token provider whose repr is not careful."""

    kept: str = "token-1"

    def __call__(self, request: TokenRequest) -> str:
        return self.kept


@dataclass
class Shelf:
    """A blob store that does one thing otherwise."""

    fault: str
    kept: dict[str, bytes] = field(default_factory=dict)

    def put(self, key: str, data: bytes) -> None:
        self.kept[key] = data[:-1] if self.fault == "shortens" else data

    def get(self, key: str) -> bytes:
        return self.kept.get(key, b"") if self.fault == "invents" else self.kept[key]

    def delete(self, key: str) -> None:
        if self.fault != "keeps":
            self.kept.pop(key, None)


@dataclass
class Folder:
    """A folder with one mail, which it tells about otherwise than it is."""

    fault: str

    def messages(self) -> Mapping[int, LocalMessage]:
        uid = 0 if self.fault == "uid" else next(counter) + 1 if self.fault == "renumbers" else 1
        return {uid: LocalMessage(uid, "one", frozenset())}

    def read(self, message: LocalMessage) -> bytes:
        return RAW.replace(b"Text", b"Else") if self.fault == "body" else RAW

    def describe(self, message: LocalMessage) -> tuple[bytes, int, datetime]:
        header = b"Subject: Two\r\n\r\n" if self.fault == "header" else RAW.partition(b"Text")[0]
        zone = None if self.fault == "zone" else UTC
        return header, -1 if self.fault == "size" else len(RAW), datetime(2026, 3, 1, tzinfo=zone)


def source(fault: str) -> Callable[[], None]:
    folders = {"INBOX": Folder(fault)}
    kind = SourceType("bad", ("bad",), lambda endpoint: LocalSession(lambda: folders, delimiter="/"))
    return lambda: check_source(kind, "bad:///x", [RAW])


REVISION = """
import sqlalchemy as sa
from alembic import op
revision, down_revision = "b1", None
def upgrade(): {}
"""
MAKE = 'op.create_table("mailhelper_x_bad_rows", sa.Column("id", sa.Integer(), primary_key={}), {})'


@pytest.fixture
def versions(tmp_path: Path, request: pytest.FixtureRequest) -> Path:
    (tmp_path / "versions").mkdir()
    return tmp_path / "versions"


def tables(upgrade: str, *, name: str = "mailhelper_x_bad_rows", has_key: bool = True) -> Callable[[Path], None]:
    metadata = MetaData()
    Table(name, metadata, Column("id", Integer, primary_key=has_key), Column("words", Text))

    def check(versions: Path) -> None:
        (versions / "b1.py").write_text(REVISION.format(upgrade), encoding="utf-8")
        check_tables(PluginTables("bad", metadata, str(versions)))

    return check


def plugin(**hooks: Any) -> Callable[[], None]:
    module = SimpleNamespace(__name__="bad")
    for name, providers in hooks.items():
        setattr(module, name, hookimpl(lambda providers=providers: providers))
    return lambda: check_plugin(module)


FINANCE = Classification("finance", 0.9)
BROKEN: dict[str, list[tuple[str, Callable[..., None]]]] = {
    "check_classifier": [
        ("answered 1 times|answered something", classifier(lambda messages: [None])),
        ("not a sequence", classifier(lambda messages: 7)),
        ("not an Opinion", classifier(says("finance"))),
        ("unknown value", classifier(says(Classification("nonsense", 0.9)))),
        ("did not declare", classifier(says(FINANCE), kinds=("urgency",))),
        ("confidence", classifier(says(Classification("finance", float("nan"))))),
        ("otherwise when asked", classifier(lambda m: [Classification("finance", next(counter) % 7 / 7) for _ in m])),
        ("depends on what else", classifier(lambda m: [Classification("finance", len(m) / 1000)] * len(m))),
        ("changed the messages", classifier(spoils)),
        ("not bytes", classifier(says(None), train=lambda examples: {})),
    ],
    "check_tag_suggester": [
        ("pairs", suggester(lambda messages: [["tag"]] * len(messages))),
        ("pairs", suggester(lambda messages: [[("tag", 2.0)]] * len(messages))),
        ("one list of tags", suggester(lambda messages: [])),
        ("raised", suggester(lambda messages: [1 / 0 for _ in messages])),
        ("otherwise when asked", suggester(lambda messages: [[("x", next(counter) % 7 / 7)] for _ in messages])),
        ("depends on what else", suggester(lambda messages: [[("x", len(messages) / 1000)]] * len(messages))),
        ("changed the messages", suggester(spoils)),
    ],
    "check_condition": [
        ("else than a bool", condition(lambda message, _: len(message.text))),
        ("otherwise when asked", condition(fickle(set()))),
        ("narrows leaves out", condition(lambda message, _: True, narrows=lambda _: Is("subject", ":", "nowhere"))),
        ("not ValueError", condition(lambda message, _: True, argument=lambda text: {"1": 1}[text])),
        ("changed the messages", condition(lambda message, _: bool(spoils(message)))),
    ],
    "check_action": [
        ("a list of", action(lambda message, _: 7)),
        ("another message", action(lambda message, _: [AddTag(message.id + 1, "theirs")])),
        ("otherwise when asked", action(lambda message, _: [AddTag(message.id, f"t{next(counter)}")])),
        ("no deliver", action(lambda message, _: [Effect(message.id, "bad")])),
        ("another action", action(lambda message, _: [Effect(message.id, "other")], deliver=print)),
        ("not ValueError", action(lambda message, _: [], argument=lambda text: text[5000:] or {}[text])),
    ],
    "check_source": [
        ("positive", source("uid")),
        ("came as they are", source("body")),
        ("not that of its body", source("header")),
        ("no zone", source("zone")),
        ("negative", source("size")),
        ("not every uid|a second sync", source("renumbers")),
    ],
    "check_blob_store": [
        ("came back otherwise", lambda: check_blob_store(Shelf("shortens"))),
        ("must raise KeyError", lambda: check_blob_store(Shelf("invents"))),
        ("must raise KeyError", lambda: check_blob_store(Shelf("keeps"))),
    ],
    "check_embedder": [
        ("no number", embedder(lambda texts, _: [[float("inf"), 1.0] for _ in texts])),
        ("2 numbers", embedder(lambda texts, _: [[1.0] for _ in texts])),
        ("for no text", embedder(lambda texts, _: [[1.0, 1.0]])),
        ("vectors for", embedder(lambda texts, _: [[1.0, 1.0]] * min(1, len(texts)))),
        ("not repeatable", embedder(lambda texts, _: [[next(counter), 1.0] for _ in texts])),
        ("its company", embedder(lambda texts, _: [[len(texts), 1.0] for _ in texts])),
        ("not bytes", embedder(lambda texts, _: [[1.0, 1.0] for _ in texts], fit=lambda texts: "state")),
    ],
    "check_recognizer": [
        ("outside of the text", recognizer(lambda text: [PersonalData("x", 0, len(text) + 1)])),
        ("not PersonalData", recognizer(lambda text: [(0, 1)])),
        ("lower case", recognizer(lambda text: [PersonalData("X", 0, 1)] if text else [])),
        ("asked again", recognizer(lambda text: [PersonalData("x", 0, 1)] if text and next(counter) % 2 else [])),
        ("as a whole", recognizer(lambda text: [], finds=["12345"])),
        ("finds something", recognizer(lambda text: [PersonalData("x", 0, 1)] if text else [], ignores=["12345"])),
    ],
    "check_provider": [
        ("not a Completion", provider(lambda request: "yes")),
        ("a text that is", provider(lambda request: Completion(b"yes"))),  # type: ignore[arg-type]
        ("negative count", provider(lambda request: Completion("yes", tokens_in=-1))),
        ("logs what nobody", provider(logs(lambda request: request.text, Completion("yes")))),
        ("not an EmbeddingAnswer", provider(embed=lambda request: [[1.0]])),
        ("1 vectors for 2", provider(embed=lambda request: EmbeddingAnswer([[1.0]]))),
        ("no number", provider(embed=lambda request: EmbeddingAnswer([[float("nan")], [1.0]]))),
        ("not a ModelInfo", provider(models=lambda: ["fast"])),
        ("without a name", provider(models=lambda: [ModelInfo("")])),
        ("NoneType, not ProviderError", provider(broken=answers)),
        ("OSError, not ProviderError", provider(broken=refuses(OSError("away")))),
    ],
    "check_token_provider": [
        ("bytes, not a token", tokens(lambda request: b"token")),
        ("empty", tokens(lambda request: "")),
        ("one word", tokens(lambda request: "token\r\n")),
        ("one word", tokens(lambda request: "Bearer token")),
        ("repr shows", tokens(Showing())),
        ("logs what nobody", tokens(logs(lambda request: request.secret, "t0ken"))),
        ("logs what nobody", tokens(logs(lambda _: "t0ken", "t0ken"))),
        ("NoneType, not LoginError", tokens(lambda _: "t0ken", refused=replace(REQUEST, secret="ended"))),
        ("shows the secret", tokens(refuses(LoginError("ended")), refused=replace(REQUEST, secret="ended"))),
    ],
    "check_tables": [
        ("must begin with", tables("pass", name="mailhelper_messages")),
        ("add_table", tables("pass")),
        ("add_column", tables(MAKE.format(True, ""))),
        ("cannot be carried out", tables("1 / 0")),
        ("no primary key", tables(MAKE.format(False, 'sa.Column("words", sa.Text())'), has_key=False)),
    ],
    "check_plugin": [
        ("is no name", plugin(register_classifiers=[Classifier("Bad Name", says(None))])),
        ("not an Opinion", plugin(register_classifiers=[Classifier("bad", says(7))])),
        ("else than a bool", plugin(register_conditions=[Condition("bad", lambda message, _: 7)])),  # type: ignore[arg-type,return-value]
        ("no deliver", plugin(register_actions=[ActionType("bad", lambda message, _: [Effect(message.id, "bad")])])),
        ("not ValueError", plugin(register_settings=[Setting("bad", lambda text: {}[text])])),
        ("pairs", plugin(register_tag_suggesters=[TagSuggester("bad", lambda messages: [[7]] * len(messages))])),
        ("2 numbers", plugin(register_embedders=[Embedder("bad", lambda texts, _: [[1.0] for _ in texts], 2)])),
        ("not PersonalData", plugin(register_recognizers=[Recognizer("bad", lambda text: [7])])),  # type: ignore[list-item]
    ],
}
CASES = [
    pytest.param(problem, check, id=f"{suite}-{number}")
    for suite, cases in BROKEN.items()
    for number, (problem, check) in enumerate(cases)
    if suite != "check_tables"
]


def test_each_suite_has_somebody_to_name() -> None:
    assert sorted(BROKEN) == SUITES
    assert all(len(cases) >= 3 for cases in BROKEN.values())


@pytest.mark.parametrize(("problem", "check"), CASES)
def test_what_breaks_its_contract_is_named(problem: str, check: Callable[[], None]) -> None:
    with pytest.raises(AssertionError, match=problem):
        check()


@pytest.mark.parametrize(("problem", "check"), BROKEN["check_tables"])
def test_tables_that_break_it_are_named(versions: Path, problem: str, check: Callable[[Path], None]) -> None:
    with pytest.raises(AssertionError, match=problem):
        check(versions)


def test_a_provider_that_takes_too_long_to_fail_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("mailhelper_core.testing.conformance.services.LATEST_SECONDS", -1.0)

    with pytest.raises(AssertionError, match="were given"):
        check_provider(Provider("good", answers), slow=Provider("bad", refuses(ProviderError("slow"))))


def test_a_provider_whose_error_shows_the_text_is_named() -> None:
    def complete(request: Any) -> Completion:
        raise ProviderError(request.text)

    with pytest.raises(AssertionError, match="error shows"):
        check_provider(Provider("good", answers), away=Provider("bad", complete))


def test_a_slow_classifier_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    now = itertools.count(step=1000)
    monkeypatch.setattr("mailhelper_core.testing.conformance.samples.perf_counter", lambda: float(next(now)))

    with pytest.raises(AssertionError, match="it took"):
        check_classifier(Classifier("bad", says(None)))
