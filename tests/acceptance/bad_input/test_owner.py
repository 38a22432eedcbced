"""Owners are texts, and what belongs to one does not exist for another, in every public call that takes an id."""

from __future__ import annotations

import inspect
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from mailhelper_core import MailHelper, NotFoundError, OwnerServices, Rule
from mailhelper_core.testing import ImapServer, MailboxGenerator
from tests.acceptance.conftest import PASSWORD, USER, Cli

# parameter -> whose id it is
IDS = {
    "account_id": "account",
    "change": "change",
    "ids": "message",
    "message_id": "message",
    "message_ids": "message",
    "order": "rule",
    "rule": "rule",
    "job_id": "job",
    "other_id": "message",
    "draft_id": "draft",
}
MANY = ("ids", "message_ids", "order")
# Numbers that are no ids.
OTHER_NUMBERS = {
    "limit",
    "at_most",
    "max_messages",
    "number",
    "newest",
    "urgency",
    "importance",
    "days",
    "tokens",
    "cost",
}
# What a call needs besides ids.
OTHERS: dict[str, Any] = {
    "keyword": "$Junk",
    "mailbox": "Archive",
    "name": "own",
    "number": 0,
    "query": "",
    "kind": "index",
    "text": "keep;",
    "body": "Thanks",
    "purpose": "embed",
    "provider": "none",
}
NUMBER = re.compile(r"\d+")
# Calls whose optional answers must be given for the call to make sense.
MORE: dict[str, dict[str, Any]] = {"opinions.correct": {"category": "people"}}


@dataclass(frozen=True, slots=True)
class Call:
    """A public call of an owner's services that takes an id."""

    path: str
    function: Callable[..., Any]
    parameters: tuple[inspect.Parameter, ...]

    def __str__(self) -> str:
        return self.path


def public_calls(ada: OwnerServices) -> Iterator[Call]:
    """Answer every public call of the services, those of their parts included."""
    for name, value in _public(ada):
        if callable(value):
            yield _call(name, value)
        else:
            yield from (_call(f"{name}.{part}", function) for part, function in _public(value) if callable(function))


def _public(value: object) -> Iterator[tuple[str, Any]]:
    # Fields of a service are what it is made of, not what it offers.
    fields = getattr(type(value), "__dataclass_fields__", ())
    for name in dir(value):
        if not name.startswith("_") and name not in fields:
            yield name, getattr(value, name)


def _call(path: str, function: Callable[..., Any]) -> Call:
    return Call(path, function, tuple(inspect.signature(function).parameters.values()))


def _is_id(parameter: inspect.Parameter) -> bool:
    return parameter.name in IDS and "int" in str(parameter.annotation)


def _taking_ids(calls: Iterator[Call]) -> list[Call]:
    return [call for call in calls if any(map(_is_id, call.parameters))]


def _all_calls() -> list[Call]:
    with MailHelper("sqlite:///never-opened.db") as helper:
        return list(public_calls(helper.for_owner("nobody")))


CALLS = _all_calls()


@pytest.fixture(scope="module")
def helper(tmp_path_factory: pytest.TempPathFactory) -> Iterator[MailHelper]:
    """Two owners in one database: ada has mail, a rule, a tag and a change; eve has nothing of it."""
    path = tmp_path_factory.mktemp("owners") / "mail.db"
    with ImapServer(users={USER: PASSWORD}) as server, MailHelper(f"sqlite:///{path}") as made:
        MailboxGenerator(seed=7).fill(server.store.user(USER), count=10)
        ada = made.for_owner("ada")
        account = ada.accounts.add(server.url, username=USER, password=PASSWORD)
        ada.run(account.id)
        ada.rules.save(Rule("bills", when="in:inbox", then=[("tag", "bills")]))
        ada.tags.assign([ada.search("")[0].id], "bills")
        made.for_owner("eve").tags.create("own")
        yield made


@pytest.fixture(scope="module")
def foreign(helper: MailHelper) -> dict[str, int]:
    """Ids that exist, and are ada's."""
    ada = helper.for_owner("ada")
    return {
        "account": ada.accounts.list()[0].id,
        "message": ada.search("")[0].id,
        "change": ada.changes()[0].id,
        "rule": ada.rules.list()[0].id,
        "draft": ada.replies.draft(ada.search("in:inbox")[0].id).id,
        "job": ada.jobs.submit("index", account_id=ada.accounts.list()[0].id).id,
    }


@pytest.mark.parametrize("call", [call.path for call in _taking_ids(iter(CALLS))])
def test_an_id_of_another_owner_does_not_exist(call: str, helper: MailHelper, foreign: dict[str, int]) -> None:
    eve = {one.path: one for one in public_calls(helper.for_owner("eve"))}
    ada = helper.for_owner("ada")
    before = (ada.count(""), len(ada.changes().items), len(ada.outbox.pending()))

    with pytest.raises(NotFoundError):
        eve[call].function(**_arguments(eve[call], foreign))

    assert (ada.count(""), len(ada.changes().items), len(ada.outbox.pending())) == before


@pytest.mark.parametrize("call", [call.path for call in _taking_ids(iter(CALLS))])
def test_an_id_that_nobody_has_is_answered_in_the_same_words(
    call: str, helper: MailHelper, foreign: dict[str, int]
) -> None:
    eve = {one.path: one for one in public_calls(helper.for_owner("eve"))}[call]
    nobodys = dict.fromkeys(foreign, 987_654)

    with pytest.raises(NotFoundError) as of_another:
        eve.function(**_arguments(eve, foreign))
    with pytest.raises(NotFoundError) as of_nobody:
        eve.function(**_arguments(eve, nobodys))

    assert NUMBER.sub("N", str(of_another.value)) == NUMBER.sub("N", str(of_nobody.value))


def test_every_number_of_a_public_call_is_known_as_an_id_or_as_none() -> None:
    unknown = {
        f"{call.path}({parameter.name})"
        for call in CALLS
        for parameter in call.parameters
        if "int" in str(parameter.annotation).split("[")[-1].replace("]", "").split(" | ")[0:1]
        and parameter.name not in IDS
        and parameter.name not in OTHER_NUMBERS
    }

    assert not unknown


def test_what_is_named_belongs_to_its_owner(helper: MailHelper) -> None:
    eve = helper.for_owner("eve")

    assert eve.search("").items == ()
    assert eve.rules.list() == ()
    assert [tag.name for tag in eve.tags.list()] == ["own"]
    assert eve.outbox.pending() == ()
    assert {change.actor for change in eve.changes()} == {"eve"}
    with pytest.raises(NotFoundError):
        eve.rules.delete("bills")
    with pytest.raises(NotFoundError):
        eve.tags.delete("bills")


def test_a_rule_for_the_account_of_another_owner_is_not_saved(helper: MailHelper, foreign: dict[str, int]) -> None:
    eve = helper.for_owner("eve")

    with pytest.raises(NotFoundError):
        eve.rules.save(Rule("mine", when="in:inbox", then=["keep"], account_id=foreign["account"]))
    assert eve.rules.list() == ()


@pytest.mark.parametrize("owner", [7, None, b"ada", 1.5])
def test_an_owner_that_is_no_text_is_a_type_error_with_what_to_write(owner: Any, home: Path) -> None:
    with MailHelper("sqlite:///mail.db") as made, pytest.raises(TypeError, match=r"write str\(user\.id\)"):
        made.for_owner(owner)


@pytest.mark.parametrize("owner", ["", "a\0b", "ad\x01a", "ada\r", "ada\udcff"])
def test_an_owner_without_a_name_is_a_type_error(owner: str, home: Path) -> None:
    with MailHelper("sqlite:///mail.db") as made, pytest.raises(TypeError, match="non-empty"):
        made.for_owner(owner)


@pytest.mark.parametrize(
    "command",
    [
        ("show", "1"),
        ("show", "1", "--why"),
        ("show", "1", "--raw"),
        ("thread", "1"),
        ("tag", "assign", "mine", "1"),
        ("tag", "unassign", "own", "1"),
        ("undo", "1"),
        ("sync", "--account", "1"),
        ("run", "--account", "1"),
        ("account", "check", "1"),
        ("account", "remove", "1", "--yes"),
    ],
    ids=" ".join,
)
def test_commands_answer_that_there_is_no_such_thing(command: tuple[str, ...], helper: MailHelper, cli: Cli) -> None:
    url = f"sqlite:///{_path(helper)}"

    result = cli("--database", url, "--owner", "eve", *command)

    assert (result.code, result.out) == (3, "")
    assert result.err.count("\n") == 1


def _arguments(call: Call, ids: dict[str, int]) -> dict[str, Any]:
    values: dict[str, Any] = dict(MORE.get(call.path, {}))
    for parameter in call.parameters:
        if _is_id(parameter):
            number = ids[IDS[parameter.name]]
            values[parameter.name] = [number] if parameter.name in MANY else number
        elif parameter.default is parameter.empty and parameter.kind is not parameter.VAR_KEYWORD:
            values[parameter.name] = OTHERS[parameter.name]
    return values


def _path(helper: MailHelper) -> str:
    return helper.settings.database_url.removeprefix("sqlite:///")
