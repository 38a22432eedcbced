"""Tags: names, provenance, merging, and that everything can be taken back."""

from __future__ import annotations

import pytest

from mailhelper_core.actions.undo import UndoService
from mailhelper_core.errors import ConflictError, InvalidError, NotFoundError
from mailhelper_core.model.work.operation import AddTag
from mailhelper_core.model.work.report import UndoReport
from mailhelper_core.store.work import changes
from mailhelper_core.store.work.decisions import Decision, decide
from mailhelper_core.tags.service import TagManager
from tests.contract.decisions.conftest import Hands


@pytest.fixture
def messages(ada: Hands) -> list[int]:
    account = ada.account()
    inbox = ada.mailbox(account, "INBOX")
    return [ada.message(account, inbox) for _ in range(3)]


def by_rule(ada: Hands, message: int, name: str, *, revision: int) -> None:
    with ada.owner.begin() as uow:
        change = changes.new_change(uow, "test")
        decide(uow, change, [Decision(AddTag(message, name), "rule", revision)])


def last_change(ada: Hands) -> int:
    with ada.owner.read() as uow:
        return changes.page(uow, limit=1)[0].id


def test_names_are_one_whatever_their_case_and_accents(ada: Hands, messages: list[int]) -> None:
    tags = TagManager(ada.owner)
    tags.create("Bücher", color="#A0B0C0", description="to read")

    tags.assign(messages[:2], "BÜCHER")

    assert [(tag.name, tag.color, tag.messages, tag.local_only) for tag in tags.list()] == [
        ("Bücher", "#a0b0c0", 2, True)
    ]
    with pytest.raises(ConflictError):
        tags.create("bücher")


@pytest.mark.parametrize("name", ["", "   ", "x" * 51, "\u0301", "\u200b", "\u2060\ufeff", "\u3164 \u2800"])
def test_bad_name_is_refused(ada: Hands, name: str) -> None:
    with pytest.raises(InvalidError):
        TagManager(ada.owner).create(name)


@pytest.mark.parametrize("color", ["red", "#fff", "#12345g", "123456", "#1234567"])
def test_bad_color_is_refused(ada: Hands, color: str) -> None:
    with pytest.raises(InvalidError):
        TagManager(ada.owner).create("bills", color=color)


def test_name_of_fifty_characters_on_one_line_is_kept(ada: Hands) -> None:
    name = "ü" * 50

    assert TagManager(ada.owner).create(f"  {name}\n").name == name


def test_assigning_twice_makes_no_second_entry(ada: Hands, messages: list[int]) -> None:
    tags = TagManager(ada.owner)

    first, second = tags.assign(messages, "bills"), tags.assign(messages, "bills")

    assert (len(first), len(second)) == (3, 0)


def test_who_set_a_tag_is_known(ada: Hands, messages: list[int]) -> None:
    by_rule(ada, messages[0], "bills", revision=17)
    tags = TagManager(ada.owner)
    tags.assign(messages, "bills")

    found = tags.assigned(messages, "bills")

    assert [(one.set_by, one.revision_id, one.actor) for one in found.values()] == [
        ("rule", 17, "ada"), ("owner", None, "ada"), ("owner", None, "ada"),
    ]  # fmt: skip


def test_foreign_messages_and_unknown_tags_are_not_found(ada: Hands, eve: Hands, messages: list[int]) -> None:
    tags = TagManager(eve.owner)
    tags.create("bills")

    with pytest.raises(NotFoundError):
        tags.assign(messages, "bills")
    with pytest.raises(NotFoundError):
        TagManager(ada.owner).unassign(messages, "bills")
    with pytest.raises(NotFoundError):
        TagManager(ada.owner).get("bills")


def test_rename_keeps_the_messages(ada: Hands, messages: list[int]) -> None:
    tags = TagManager(ada.owner)
    tags.assign(messages, "bils")
    tags.create("papers")

    renamed = tags.rename("bils", "Bills")

    assert (renamed.name, renamed.messages) == ("Bills", 3)
    assert [(tag.name, tag.messages) for tag in tags.list()] == [("Bills", 3), ("papers", 0)]
    assert ada.see(messages[0]).tag_names == {"Bills"}
    with pytest.raises(ConflictError):
        tags.rename("bills", "PAPERS")


def test_merge_moves_messages_with_who_set_the_tag(ada: Hands, messages: list[int]) -> None:
    tags = TagManager(ada.owner)
    by_rule(ada, messages[0], "invoice", revision=5)
    tags.assign([messages[1]], "invoice")
    tags.assign([messages[1]], "bills")

    tags.merge("invoice", "bills")

    assert [(tag.name, tag.messages) for tag in tags.list()] == [("bills", 2)]
    assert tags.assigned([messages[0]], "bills")[messages[0]].set_by == "rule"
    with pytest.raises(InvalidError):
        tags.merge("bills", "Bills")


@pytest.mark.parametrize("deed", ["assign", "unassign", "delete", "merge"])
def test_undo_restores_tags_colors_and_who_set_them(ada: Hands, messages: list[int], deed: str) -> None:
    tags = TagManager(ada.owner)
    tags.create("bills", color="#123456", description="to pay")
    by_rule(ada, messages[0], "bills", revision=5)
    tags.assign([messages[1]], "bills")
    tags.assign([messages[1]], "papers")
    before = ada.state(), [(tag.name, tag.color, tag.description) for tag in tags.list()]
    change = {
        "assign": lambda: tags.assign(messages, "papers"),
        "unassign": lambda: tags.unassign(messages, "bills"),
        "delete": lambda: tags.delete("bills"),
        "merge": lambda: tags.merge("bills", "papers"),
    }[deed]()
    after = ada.state()

    report = UndoService(ada.owner).undo(change)

    assert after != before[0]
    assert (ada.state(), [(tag.name, tag.color, tag.description) for tag in tags.list()]) == before
    assert (report.undone, report.left) == (len(change), 0)


def test_undo_of_creating_and_renaming(ada: Hands, messages: list[int]) -> None:
    tags = TagManager(ada.owner)
    undo = UndoService(ada.owner).undo
    tags.create("bills")
    created = last_change(ada)
    tags.rename("bills", "Papers")
    renamed = last_change(ada)

    assert undo(created).left == 1
    assert undo(renamed) == UndoReport(undone=1)
    assert [tag.name for tag in tags.list()] == ["bills"]
    assert undo(created) == UndoReport(undone=1)
    assert tags.list() == ()


def test_tags_of_two_owners_are_two(ada: Hands, eve: Hands) -> None:
    TagManager(ada.owner).create("bills")
    TagManager(eve.owner).create("Bills")

    assert [tag.name for tag in TagManager(ada.owner).list()] == ["bills"]
    assert [tag.name for tag in TagManager(eve.owner).list()] == ["Bills"]
