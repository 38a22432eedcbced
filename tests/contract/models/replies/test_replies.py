"""Replies: drafted in the owner's style, by template or provider; saved as drafts, never sent."""

from __future__ import annotations

import json
import re
import threading
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from email import message_from_bytes, policy

import pytest

from mailhelper_core import ConflictError, InvalidError, NotFoundError, ReplyStyle, Rule
from mailhelper_core.app.stages import stages
from mailhelper_core.store.work import drafts as stored_drafts

ASK = ("Termin am Freitag", "Hallo Ada,\n\nkannst du am Freitag um 10 Uhr kommen?\n\nViele Grüße\nBob")
BOB = "Bob Builder <bob@shop.example>"


def raw_of(desk, change):
    with desk.ada.egress.owner.read() as uow:
        return message_from_bytes(stored_drafts.octets(uow, change.entries[0].operation), policy=policy.default)


@pytest.mark.parametrize("tone", ["formal", "friendly", "brief", "decline"])
def test_without_a_provider_a_template_answers_in_the_language_of_the_mail_and_says_so(desk, tone):
    id_ = desk.mail(*ASK)

    draft = desk.ada.replies.draft(id_, tone=tone)

    assert (draft.state, draft.made_by, draft.language, draft.mail_type) == ("made", "template", "de", "question")
    assert "template" in draft.note
    assert "Bob" in draft.body
    assert "(...)" in draft.body
    assert draft.subject == "Re: Termin am Freitag"
    assert desk.ada.outbox.pending() == ()


@pytest.mark.parametrize(
    "headers",
    [{"List_Unsubscribe": "<https://shop.example/u>"}, {"Auto_Submitted": "auto-generated"}, {"Precedence": "bulk"}],
)
def test_a_newsletter_gets_no_draft(desk, headers):
    id_ = desk.mail("Sale", "Buy now", **headers)

    draft = desk.ada.replies.draft(id_)

    assert (draft.state, draft.id, draft.body) == ("none", 0, "")
    assert len(desk.ada.replies.list()) == 0


def test_nobody_answers_a_no_reply_address(desk):
    assert desk.ada.replies.draft(desk.mail("Hi", "Hello?", from_="Shop <no-reply@shop.example>")).state == "none"


def test_a_stranger_who_writes_the_owners_address_teaches_nothing_where_there_is_sent_mail(desk):
    ask = ("Friday?", "Can you come on Friday? Thanks for the help with this.")
    for number in range(4):
        desk.put(f"Mail {number}", "Hey Bob!\n\nPay me.\n\nOr else\nAda", from_="Ada <ada@home.example>", to=BOB)
    for name in ("cur", "new", "tmp"):
        (desk.folder / ".Sent" / name).mkdir(parents=True)
    own = next(desk.folder.glob("cur/*"))
    own.rename(desk.folder / ".Sent" / "cur" / own.name)
    desk.allow("reply")
    desk.server.answer = lambda _: json.dumps({"body": "Yes."})

    desk.ada.replies.draft(desk.mail(*ask))

    assert desk.ada.replies.styles.learned(desk.account.id).mails == 1
    assert desk.server.questions()[0].text.count(" example>>") == 1


def test_a_provider_writes_the_middle_and_the_style_begins_and_ends_it(desk):
    desk.ada.replies.styles.set(ReplyStyle(closing="Cheers", signature="Ada\nLovelace Ltd", instructions="Be short."))
    desk.ada.replies.styles.set(ReplyStyle(account_id=desk.account.id, tone="friendly", salutation="Moin {first}!"))
    desk.allow("reply")
    desk.server.answer = lambda question: json.dumps({"body": "Freitag passt, [NAME_1]. (...)"})
    id_ = desk.mail(*ASK)

    draft = desk.ada.replies.draft(id_)

    assert draft.body.startswith("Moin Bob!\n\nFreitag passt, ")
    assert "[NAME_1]" not in draft.body
    assert draft.body.endswith("Cheers\nAda\nLovelace Ltd")
    assert draft.made_by == "local:fast reply-1 fast-model"
    sent = desk.server.questions()[0].text
    assert "Be short." in sent
    assert "Bob" not in sent


def test_a_salutation_of_the_providers_own_is_not_a_second_one(desk):
    desk.allow("reply")
    desk.server.answer = lambda _: json.dumps({"body": "Hallo Bob Builder,\n\nFreitag passt."})

    draft = desk.ada.replies.draft(desk.mail(*ASK))

    assert draft.body.startswith("Hallo Bob,\n\nFreitag passt.")


def test_a_style_of_several_lines_is_kept_whatever_ends_them(desk):
    kept = desk.ada.replies.styles.set(ReplyStyle(closing="Cheers\x00", signature="Ada\r\nLovelace Ltd\rLondon"))

    assert (kept.closing, kept.signature) == ("Cheers", "Ada\nLovelace Ltd\nLondon")
    assert desk.ada.replies.styles.list() == (kept,)


def test_examples_of_how_the_owner_writes_name_nobody_and_hide_nothing(desk):
    own = {"from_": "Ada <ada@home.example>", "to": "Petronella Quast <p@quast.example>"}
    desk.put("Plan", "I send it on Monday, as I said, Petronella, and not before.", **own)
    desk.put("Plan", "Call me: \uff10\uff13\uff10 \uff11\uff12\u200b\uff13\uff14\uff15\uff16\uff17", **own)
    desk.allow("reply")
    desk.server.answer = lambda _: json.dumps({"body": "Yes."})
    id_ = desk.mail("Monday", "Can you come on Monday?")

    desk.ada.replies.draft(id_)

    sent = desk.server.questions()[0].text
    assert sent.count(" example>>") == 2
    assert "Petronella" not in sent
    assert not re.search("[\uff10-\uff19\u200b]|1234567", sent)


def test_the_preview_of_a_reply_is_what_is_sent(desk):
    desk.allow("reply")
    desk.server.answer = lambda question: json.dumps({"body": "Ja."})
    id_ = desk.mail(*ASK)

    preview = desk.ada.egress.preview(id_, "reply")
    desk.ada.replies.draft(id_)

    assert desk.server.questions()[0].text == preview.text


@pytest.mark.parametrize("what", ["refusal", "html", "login"])
def test_a_provider_that_fails_leaves_a_template_that_says_why(desk, what):
    desk.allow("reply")
    desk.server.misbehave(what, what)

    draft = desk.ada.replies.draft(desk.mail(*ASK))

    assert draft.made_by == "template"
    assert draft.note.startswith("written from a template: ")


def test_a_saved_draft_goes_through_the_outbox_into_the_thread(desk):
    id_ = desk.mail(*ASK)
    draft = desk.ada.replies.draft(id_)

    change = desk.ada.replies.save(draft.id)

    raw = raw_of(desk, change)
    assert (raw["To"], raw["From"], raw["Subject"]) == (BOB, "ada@home.example", "Re: Termin am Freitag")
    assert raw["In-Reply-To"] == desk.message_id == raw["References"]
    assert "> kannst du am Freitag" in raw.get_content()
    assert desk.ada.replies.get(draft.id).state == "saved"
    with pytest.raises(ConflictError):
        desk.ada.replies.save(draft.id)
    with pytest.raises(ConflictError):
        desk.ada.replies.edit(draft.id, body="other")


def test_a_draft_is_saved_once_by_two_requests_at_once(desk, monkeypatch):
    draft = desk.ada.replies.draft(desk.mail(*ASK))
    both, prepare = threading.Barrier(2), stored_drafts.prepare

    def meet(*args, **kwargs):
        with suppress(threading.BrokenBarrierError):  # one alone has come so far
            both.wait(0.5)
        return prepare(*args, **kwargs)

    monkeypatch.setattr(stored_drafts, "prepare", meet)
    with ThreadPoolExecutor(2) as pool:
        errors = [one.exception() for one in [pool.submit(desk.ada.replies.save, draft.id) for _ in range(2)]]

    assert sorted(type(error).__name__ for error in errors) == ["ConflictError", "NoneType"]


def test_edits_are_measured(desk):
    draft = desk.ada.replies.draft(desk.mail(*ASK))

    half = desk.ada.replies.edit(draft.id, body=draft.body.replace("(...)", "Freitag passt gut."))
    none = desk.ada.replies.edit(draft.id, body="0000")

    assert 0.7 < half.kept < 1
    assert none.kept < 0.1
    assert desk.ada.replies.list(message_id=draft.message_id)[0].kept == none.kept


def test_a_rule_asks_for_a_draft_and_the_run_makes_it(desk):
    desk.ada.rules.save(Rule("answer", "from:bob@shop.example", [("draft_reply", "formal")]))
    id_ = desk.mail(*ASK)

    report = desk.ada.run(desk.account.id)

    (draft,) = desk.ada.replies.list()
    assert (report.drafted, draft.message_id, draft.tone, draft.state) == (1, id_, "formal", "made")
    assert desk.ada.outbox.pending() == ()
    assert desk.ada.run(desk.account.id).drafted == 0


def test_drafting_is_a_job_and_newsletters_leave_nothing_behind(desk):
    desk.ada.rules.save(Rule("answer", "from:bob@shop.example", ["draft_reply"]))
    desk.mail("Sale", "Buy now", Precedence="bulk")
    desk.ada.process(desk.account.id)
    desk.ada.rules.run(desk.account.id)

    job = desk.ada.jobs.submit("draft_reply", account_id=desk.account.id)
    desk.helper.jobs.run(job.id)

    assert desk.ada.jobs.get(job.id).state == "done"
    assert len(desk.ada.replies.list()) == 0


def test_drafts_are_made_in_slices_of_at_least_one(desk):
    desk.ada.rules.save(Rule("answer", "from:bob@shop.example", ["draft_reply"]))
    for number in range(3):
        desk.mail(f"{ASK[0]} {number}", ASK[1])
    desk.ada.process(desk.account.id)
    desk.ada.rules.run(desk.account.id)
    replies = stages(desk.helper._wiring, desk.ada.jobs.owner).replies
    looks = iter([False, True] * 4)  # a slice that is over as soon as something was done

    made = [replies.make_asked(desk.account.id, cancel=lambda: next(looks))[0] for _ in range(4)]

    assert made == [1, 1, 1, 0]


def test_bad_input_is_refused(desk):
    id_ = desk.mail(*ASK)
    draft = desk.ada.replies.draft(id_)
    eve = desk.helper.for_owner("eve")

    with pytest.raises(InvalidError):
        desk.ada.replies.draft(id_, tone="angry")
    with pytest.raises(InvalidError):
        desk.ada.replies.styles.set(ReplyStyle(tone="angry"))
    with pytest.raises(InvalidError):
        desk.ada.rules.save(Rule("x", "from:x", [("draft_reply", "angry")]))
    with pytest.raises(NotFoundError):
        eve.replies.draft(id_)
    with pytest.raises(NotFoundError):
        eve.replies.get(draft.id)
    with pytest.raises(NotFoundError):
        eve.replies.styles.set(ReplyStyle(account_id=desk.account.id))


@pytest.mark.parametrize(
    ("subject", "text", "name"),
    [
        ("", "", ""),
        ("x" * 5_000, "y" * 200_000, "Z" * 500),
        ("你好", "明天见?", "王"),
        ("مرحبا", "هل يمكنك الحضور؟", "علي"),
        ("=?utf-8?q?broken", "=C3=28 base64 soup " + "QUJD" * 500, "a, b; c"),
    ],
)
def test_strange_mail_gets_a_draft_whose_header_is_sound(desk, subject, text, name):
    id_ = desk.mail(subject, text, from_=f'"{name}" <bob@shop.example>')
    draft = desk.ada.replies.draft(id_)

    raw = raw_of(desk, desk.ada.replies.save(draft.id))

    assert raw["To"].addresses[0].addr_spec == "bob@shop.example"
    assert raw["Bcc"] is None
    assert desk.ada.replies.styles.list() == ()
