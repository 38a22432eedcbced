"""What is kept of tags forgets the messages that are erased."""

from __future__ import annotations

import json

from mailhelper_core.store.mail import erase
from mailhelper_core.store.mind import models
from mailhelper_core.tags.service import TagManager
from tests.contract.learn.pupil import Pupil


def test_what_is_kept_of_tags_names_no_message_that_is_erased(ada: Pupil) -> None:
    tags, ids = TagManager(ada.owner), [ada.mail(number, spam=number >= 20) for number in (0, 1, 2, 20, 21, 22, 40)]
    tags.assign(ids[:3], "work")
    tags.assign(ids[3:6], "offers")
    ada.learning.suggest_tags([ids[6]])

    def kept() -> list[bytes]:
        with ada.owner.read() as uow:
            return [one.data for one in models.of(uow, "tags")]

    before = kept()
    with ada.owner.begin() as uow:
        erase.remove(uow, [ids[6]])  # no example
    spared = kept()
    with ada.owner.begin() as uow:
        erase.remove(uow, [ids[0]])
    gone = kept()
    ada.learning.suggest_tags([ids[1]])

    assert len(before) == 1
    assert spared == before
    assert gone == []
    assert ids[0] not in [id_ for sides in json.loads(kept()[0])["said"].values() for side in sides for id_ in side]
