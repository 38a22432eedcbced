"""Vectors and consent: mail that may not leave costs no vectors that work, waits, and is caught up with."""

from __future__ import annotations

from pathlib import Path

import pytest

from mailhelper_core import ConflictError, ConsentError
from mailhelper_core.egress import service as egress_service
from mailhelper_core.search.meaning import stage
from mailhelper_core.search.meaning.makers import Makers
from mailhelper_core.store.work import pending
from tests.contract.models.desk import Desk
from tests.contract.models.vectors.test_vectors import everywhere, fill


@pytest.fixture(autouse=True)
def small_batches(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let four messages take more than one batch everywhere."""
    monkeypatch.setattr(egress_service, "REQUEUE_MESSAGES", 3)
    monkeypatch.setattr(stage, "BATCH_MESSAGES", 2)


@everywhere
def test_vectors_that_work_are_not_replaced_by_none(desk: Desk) -> None:
    fill(desk)
    desk.ada.vectors.use("provider:local")

    report = desk.ada.vectors.embed(desk.account.id)
    new = desk.mail("Cake recipe", "flour, sugar, butter and a cake tin")
    desk.ada.run(desk.account.id)

    assert (report.embedded, report.switched) == (0, False)
    status = desk.ada.vectors.status()
    assert (status.embedder, status.vectors, status.building, status.built) == ("words", 5, "provider:local", 0)
    assert (status.waiting, status.barred) == (False, (desk.account.id,))
    assert desk.ada.search("cake tin", mode="meaning")[0].id == new
    assert desk.ada.messages.similar(new)
    assert desk.server.received == []

    desk.allow("embed")
    report = desk.ada.vectors.embed(desk.account.id)

    assert (report.embedded, report.waiting, report.switched) == (5, 0, True)
    status = desk.ada.vectors.status()
    assert (status.embedder, status.vectors, status.barred) == ("provider:local", 5, ())


@everywhere
def test_mail_that_came_without_consent_waits_and_is_caught_up_with(desk: Desk, monkeypatch) -> None:
    desk.mail("one", "first mail about cats")
    desk.allow("embed")
    desk.ada.vectors.use("provider:local")
    desk.ada.run(desk.account.id)
    desk.ada.egress.withdraw(desk.account.id, "embed")
    late = [desk.mail(f"late {number}", f"mail {number} about birds") for number in range(3)]

    with monkeypatch.context() as patched:
        patched.setattr(pending, "take", None)  # of mail that may not leave none is looked at
        report = desk.ada.vectors.embed(desk.account.id)

    assert (report.embedded, report.waiting, report.errors) == (0, 3, ())
    with pytest.raises(ConsentError) as refused:
        desk.ada.messages.similar(late[0])
    assert not refused.value.transient

    desk.allow("embed")
    with pytest.raises(ConflictError, match="no vector yet"):
        desk.ada.messages.similar(late[0])
    report = desk.ada.vectors.embed(desk.account.id)

    assert (report.embedded, report.waiting) == (3, 0)
    assert desk.ada.messages.similar(late[0])


def test_another_accounts_mail_is_caught_up_with_its_own_consent(desk: Desk, tmp_path: Path) -> None:
    folder = tmp_path / "other"
    for name in ("cur", "new", "tmp"):
        (folder / name).mkdir(parents=True)
    fill(desk)
    for path in (desk.folder / "cur").iterdir():
        (folder / "cur" / path.name).write_bytes(path.read_bytes())
    other = desk.ada.accounts.add(f"maildir://{folder}", username="ada@work.example").id
    desk.ada.run(other)
    desk.allow("embed")
    desk.ada.vectors.use("provider:local")

    switched = [desk.ada.vectors.embed(id_).switched for id_ in (other, desk.account.id)]
    status, waits = desk.ada.vectors.status(), desk.ada.vectors.embed(other)

    assert switched == [False, True]
    assert (status.vectors, status.waiting, status.barred) == (4, False, (other,))
    assert (waits.embedded, waits.waiting) == (0, 4)
    desk.ada.egress.consent(other, "embed", provider="local")
    assert desk.ada.vectors.embed(other).embedded == 4
    assert (desk.ada.vectors.status().vectors, desk.ada.vectors.status().barred) == (8, ())


def test_mail_that_was_passed_over_before_it_could_wait_is_caught_up_with(desk: Desk) -> None:
    fill(desk)
    desk.allow("embed")
    desk.ada.vectors.use("provider:local")
    desk.ada.vectors.embed(desk.account.id)
    desk.ada.egress.withdraw(desk.account.id, "embed")
    lost = desk.mail("lost", "nobody has made a vector of it")
    with desk.ada.egress.owner.begin() as uow:
        pending.done(uow, "embed", desk.account.id, [lost])

    desk.allow("embed")

    assert desk.ada.vectors.embed(desk.account.id).embedded == 1


@everywhere
def test_a_consent_that_is_taken_back_half_way_lets_half_the_vectors_not_take_over(desk: Desk, monkeypatch) -> None:
    fill(desk)
    desk.ada.vectors.use("provider:local")
    desk.allow("embed")
    made, batches = Makers.of_messages, []

    def and_then_no_more(self, *args):
        found = made(self, *args)
        batches.append(len(found))
        if len(batches) == 1:
            return found
        desk.ada.egress.withdraw(desk.account.id, "embed")
        return made(self, *args)

    monkeypatch.setattr(Makers, "of_messages", and_then_no_more)
    report = desk.ada.vectors.embed(desk.account.id)
    monkeypatch.setattr(Makers, "of_messages", made)

    assert (report.embedded, report.waiting, [one.code for one in report.errors]) == (2, 2, ["consent"])
    assert not desk.ada.vectors.embed(desk.account.id).switched
    assert desk.ada.vectors.status().embedder == "words"
    assert len(desk.ada.search("cake birthday", mode="meaning")) >= 2
    desk.allow("embed")
    report = desk.ada.vectors.embed(desk.account.id)
    assert (report.embedded, report.switched) == (2, True)


def test_where_there_were_never_vectors_a_search_says_what_is_missing(desk: Desk) -> None:
    desk.mail("one", "first mail about cats")
    desk.ada.vectors.use("provider:local")
    desk.ada.run(desk.account.id)

    with pytest.raises(ConsentError, match="without consent no mail leaves to local"):
        desk.ada.search("cats", mode="meaning")

    assert [one.code for one in desk.ada.search("cats", mode="both").notes] == ["consent"]
    desk.allow("embed")
    desk.ada.run(desk.account.id)
    assert desk.ada.search("cats", mode="meaning")
