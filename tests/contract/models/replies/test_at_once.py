"""Replies that two workers ask for or make at once: there is one, and it stays what the owner made of it."""

from __future__ import annotations

import json
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress

from mailhelper_core import Rule
from mailhelper_core.app.stages import stages
from mailhelper_core.store.mind import replies as stored_replies
from tests.contract.models.replies.test_replies import ASK


def test_two_who_ask_for_the_same_reply_at_once_ask_once(desk):
    id_, store = desk.mail(*ASK), desk.ada.jobs.owner

    def ask():
        with store.begin() as uow:
            stored_replies.ask(uow, desk.account.id, id_, "formal")

    with ThreadPoolExecutor(1) as pool:
        with store.begin() as uow:
            stored_replies.ask(uow, desk.account.id, id_, "formal")
            other = pool.submit(ask)
            with suppress(TimeoutError):  # it waits for this transaction's end
                other.result(timeout=0.5)
        other.result(timeout=30.0)

    assert len(desk.ada.replies.list()) == 1


def test_a_draft_that_two_workers_make_at_once_is_made_once_and_keeps_what_the_owner_wrote(desk):
    desk.ada.rules.save(Rule("answer", "from:bob@shop.example", ["draft_reply"]))
    desk.mail(*ASK)
    desk.ada.process(desk.account.id)
    desk.ada.rules.run(desk.account.id)
    desk.allow("reply")
    replies = stages(desk.helper._wiring, desk.ada.jobs.owner).replies
    made = []

    def answer(_):
        if not made:  # while the first worker waits for its model, a second one makes the draft, and the owner edits it
            made.append(0)
            made[0] = replies.make_asked(desk.account.id)[0]
            desk.ada.replies.edit(desk.ada.replies.list().items[0].id, body="I come.")
        return json.dumps({"body": "Ja."})

    desk.server.answer = answer
    count, errors = replies.make_asked(desk.account.id)

    (draft,) = desk.ada.replies.list()
    assert (made, count, errors) == ([1], 0, ())
    assert (draft.body, draft.state) == ("I come.", "made")
