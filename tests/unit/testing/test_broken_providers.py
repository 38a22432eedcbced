"""Each conformance suite names a provider that breaks its contract, one at least for each thing that it says."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

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
    LoginError,
    ModelInfo,
    PersonalData,
    Provider,
    ProviderError,
    Recognizer,
    Setting,
    SourceType,
    TagSuggester,
    testing,
)
from mailhelper_core.model.rules.criteria import Is
from mailhelper_core.testing import check_classifier, check_provider, check_source
from tests.unit.testing.broken import (
    MAKE,
    REQUEST,
    Shelf,
    Showing,
    action,
    answers,
    classifier,
    condition,
    counter,
    delivery,
    embedder,
    fickle,
    keyed,
    logs,
    observer,
    plugin,
    provider,
    recognizer,
    refuses,
    says,
    shelf,
    spoils,
    suggester,
    tables,
    tokens,
    unprocessed,
)
from tests.unit.testing.broken_sources import AWAY, PASSWORD, RAWS, URL, WRONG, source, with_mod_seq
from tests.unit.testing.source_faults import SOURCES
from tests.unit.testing.written_sources import WRITTEN, written

SUITES = [name for name in testing.__all__ if name.startswith("check_")]


@pytest.fixture
def versions(tmp_path: Path, request: pytest.FixtureRequest) -> Path:
    (tmp_path / "versions").mkdir()
    return tmp_path / "versions"


def checked(kind: SourceType) -> Callable[[], None]:
    return lambda: check_source(kind, URL, RAWS, username="ada", password=PASSWORD, refused=WRONG, away=AWAY)


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
        ("not what was asked before", condition(lambda message, _: bool(next(counter) % 2))),
        ("changed the messages", condition(lambda message, _: bool(spoils(message)))),
    ],
    "check_action": [
        ("answered int, and no list of", action(lambda message, _: 7)),
        ("answered str in its list, and no operation .* such as AddTag", action(lambda message, _: ["tag"])),
        ("another message", action(lambda message, _: [AddTag(message.id + 1, "theirs")])),
        ("otherwise when asked", action(lambda message, _: [AddTag(message.id, f"t{next(counter)}")])),
        ("not what was asked before", action(lambda message, _: [AddTag(message.id, f"t{next(counter) % 2}")])),
        ("deliver cannot be called .* write deliver.effect", action(lambda message, _: [], deliver=lambda: None)),
        ("undo cannot be called", action(lambda message, _: [], deliver=print, undo=lambda one, two, three: None)),
        ("no deliver", action(lambda message, _: [Effect(message.id, "bad")])),
        ("another action", action(lambda message, _: [Effect(message.id, "other")], deliver=print)),
        ("not ValueError", action(lambda message, _: [], argument=lambda text: text[5000:] or {}[text])),
    ],
    "check_delivery": [
        ("did it twice; hand context.operation_id on", delivery(lambda effect, context, told: told.append(1))),
        ("tells of nothing new", delivery(lambda effect, context, told: None)),
        ("undo.. was called twice for one effect", delivery(keyed, lambda effect, context, told: told.append(0))),
        ("undo.. raised KeyError; that is no error", delivery(keyed, lambda _, one, told: {2: None}[one.operation_id])),
        ("plans no Effect for any of 20 mails", delivery(keyed, plan=lambda message, _: [])),
        ("no action 'bad'.*'BAD' is no name", delivery(keyed, name="BAD")),
    ],
    "check_source": [(problem, checked(kind)) for problem, kind in (*SOURCES, *WRITTEN)],
    "check_blob_store": [
        ("came back otherwise; keep them as they are", shelf("shortens")),
        ("came back otherwise; keep .* under the whole key", shelf("shares")),
        ("get answered a bytearray; answer bytes", shelf("lends")),
        ("must raise KeyError", shelf("invents")),
        ("must raise KeyError", shelf("keeps")),
        ("get raised FileNotFoundError .* raise KeyError", shelf("files")),
        ("delete raised KeyError .* that is no error", shelf("insists")),
        ("not there for another process; keep them where", shelf("", reopened=Shelf())),
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
        ("lower case", recognizer(lambda text: [PersonalData("tax id", 0, 1)] if text else [])),
        ("lower case", recognizer(lambda text: [PersonalData("id2", 0, 1)] if text else [])),
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
        (
            "bad of its embedders: .* 2 numbers",
            plugin(register_embedders=[Embedder("bad", lambda texts, _: [[1.0] for _ in texts], 2)]),
        ),
        ("a journey noted plugin at rule:then-bad", plugin(register_actions=[ActionType("bad", unprocessed)])),
        ("message_stored failed on a journey", observer(message_stored=lambda one: 1 / (one.message_id - 7))),
        (
            "bad of its recognizers: .* not PersonalData",
            plugin(register_recognizers=[Recognizer("bad", lambda text: [7])]),
        ),  # type: ignore[list-item]
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


def test_what_an_observer_raises_is_let_pass() -> None:
    with pytest.raises(KeyError):
        observer(metric=lambda one: {"job_slices": 1}[one.name])()


def test_a_slow_classifier_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    watch = SimpleNamespace(seconds=lambda: 1000.0)
    monkeypatch.setattr("mailhelper_core.testing.conformance.samples.Stopwatch", lambda share: watch)

    with pytest.raises(AssertionError, match=r"it took 1000\.0 s"):
        check_classifier(Classifier("bad", says(None)))


def test_a_source_without_messages_to_look_at_is_not_checked() -> None:
    with pytest.raises(AssertionError, match="give it the messages"):
        check_source(source(), URL, [])


@pytest.mark.parametrize("kind", [source(), source(with_mod_seq()), written()], ids=["read", "mod_seq", "written"])
def test_the_source_that_the_broken_ones_differ_from_is_good(kind: SourceType) -> None:
    checked(kind)()
