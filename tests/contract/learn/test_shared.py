"""The shared prior: only from owners who consent, for them alone, and gone with whoever goes."""

from __future__ import annotations

from mailhelper_core.accounts.owner_settings import OwnerSettingsService
from mailhelper_core.ai import gate
from mailhelper_core.learn import lessons
from mailhelper_core.learn.growth import growth
from mailhelper_core.learn.training import prior_of
from mailhelper_core.store.mind import models, shared
from mailhelper_core.store.unit_of_work import Store
from mailhelper_core.transfer.erase import EraseService
from tests.contract.learn.pupil import Pupil

TEACHERS = ("bert", "cleo", "dora")


def teachers(store: Store, *, share: bool = True) -> list[Pupil]:
    """Answer three owners who have taught enough for a prior."""
    pupils = [Pupil(store.for_owner(name)) for name in TEACHERS]
    for number, pupil in enumerate(pupils):
        OwnerSettingsService(pupil.owner).update(shares_learning=share)
        for pair in range(30):
            pupil.teach(2, first=100 * number + 2 * pair)
        pupil.learning.train("spam")
    return pupils


def sharing(store: Store, name: str) -> Pupil:
    """Answer an owner who shares what is learned."""
    pupil = Pupil(store.for_owner(name))
    OwnerSettingsService(pupil.owner).update(shares_learning=True)
    return pupil


def _newcomer(store: Store, *, share: bool = True) -> Pupil:
    pupil = Pupil(store.for_owner("newcomer"))
    OwnerSettingsService(pupil.owner).update(shares_learning=share)
    pupil.learning.train_if_due()
    return pupil


def _live(pupil: Pupil) -> bytes:
    with pupil.owner.read() as uow:
        return models.live(uow).get("spam", b"")


def test_who_shares_begins_with_what_others_have_learned(store: Store) -> None:
    teachers(store)
    newcomer = _newcomer(store)

    offer = newcomer.mail(900, spam=True)
    newcomer.judge(offer)

    assert newcomer.said(offer)["spam", "learned"].value == "yes"
    assert newcomer.of_spam().examples == 0


def test_an_evaluation_begins_where_the_live_model_began(store: Store) -> None:
    teachers(store)
    newcomer = _newcomer(store)
    for first in range(0, 40, 4):
        newcomer.teach(4, first=first)
    newcomer.learning.train("spam")

    (found,) = newcomer.learning.evaluate("spam")
    curve = newcomer.learning.curve("spam")

    known, prior = lessons.lessons(lessons.stored(newcomer.owner, "spam")), prior_of(newcomer.owner, "spam")
    assert found.quality == gate.train(known, prior).quality != gate.train(known).quality
    assert newcomer.of_spam().accuracy == found.quality.accuracy
    assert curve == growth(known, prior)


def test_who_does_not_share_neither_gives_nor_gets(store: Store) -> None:
    teachers(store)

    assert not _live(_newcomer(store, share=False))


def test_nothing_is_kept_of_owners_who_do_not_consent(store: Store) -> None:
    teachers(store, share=False)
    newcomer = _newcomer(store)

    with newcomer.owner.read() as uow:
        assert shared.stamp(uow)[0] == 0
    assert not _live(newcomer)


def test_an_owner_who_withdraws_or_is_erased_is_subtracted(store: Store) -> None:
    bert, cleo, _ = teachers(store)
    eve = Pupil(store.for_owner("eve"))
    OwnerSettingsService(eve.owner).update(shares_learning=True)
    eve.teach(24, first=700)
    eve.learning.train("spam")
    newcomer = _newcomer(store)
    with_all = _live(newcomer)

    EraseService(eve.owner).erase()
    newcomer.learning.train_if_due()
    without_eve = _live(newcomer)
    OwnerSettingsService(bert.owner).update(shares_learning=False)
    newcomer.learning.train_if_due()

    assert with_all != without_eve
    assert without_eve
    assert not _live(newcomer), "two owners are too few for a prior"
    assert _live(cleo)


def test_forgetting_over_a_prior_gives_what_training_without_gives(store: Store) -> None:
    teachers(store)
    one, other = _newcomer(store), Pupil(store.for_owner("other"))
    OwnerSettingsService(other.owner).update(shares_learning=True)
    one.teach(12)
    other.teach(12)
    odd = one.mail(901, spam=True)
    one.opinions.correct([odd], spam=False)
    one.learning.train("spam")
    other.learning.train("spam")

    one.learning.unlearn([odd], task="spam")

    assert _live(one) == _live(other)


def test_too_little_left_after_forgetting_leaves_nothing_in_the_sum(store: Store) -> None:
    ada = Pupil(store.for_owner("ada"))
    OwnerSettingsService(ada.owner).update(shares_learning=True)
    ids = ada.teach(20)
    ada.learning.train("spam")
    with ada.owner.read() as uow:
        before = shared.stamp(uow)[0]

    ada.learning.unlearn(ids[:2])

    with ada.owner.read() as uow:
        assert (before, shared.stamp(uow)[0]) == (1, 0)
