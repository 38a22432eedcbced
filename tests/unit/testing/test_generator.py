"""The mailbox generator: the same every time, readable, with a truth for every mail."""

from __future__ import annotations

import email
from collections import Counter, defaultdict
from datetime import UTC, datetime, timedelta
from email import policy
from email.header import decode_header, make_header
from email.message import Message
from email.utils import parseaddr, parsedate_to_datetime
from functools import cache
from pathlib import Path

import pytest

from mailhelper_core.model.mind.opinion import CATEGORIES
from mailhelper_core.testing import GeneratedMail, MailboxGenerator
from mailhelper_core.testing.generator.oddity import DUPLICATE, ODDITIES
from mailhelper_core.testing.mailstore.store import MailStore


@cache
def mailbox(seed: int = 3, templates: str = "a") -> tuple[GeneratedMail, ...]:
    return MailboxGenerator(seed, templates=templates).mails(300 if (seed, templates) == (3, "a") else 120)


def sound(mails: tuple[GeneratedMail, ...]) -> list[GeneratedMail]:
    return [mail for mail in mails if mail.truth.oddity is None]


@cache
def parsed(mail: GeneratedMail) -> Message:
    return email.message_from_bytes(mail.raw)


@cache
def header(mail: GeneratedMail, name: str) -> str:
    return str(make_header(decode_header(str(parsed(mail)[name] or ""))))


@cache
def sender(mail: GeneratedMail) -> str:
    return parseaddr(header(mail, "From"))[1]


@cache
def text_of(mail: GeneratedMail) -> str:
    part = next(part for part in parsed(mail).walk() if part.get_content_maintype() == "text")
    payload = part.get_payload(decode=True)
    assert isinstance(payload, bytes)
    return payload.decode(part.get_content_charset("utf-8")).replace("\r\n", "\n")


def test_the_same_seed_makes_the_same_mails() -> None:
    assert MailboxGenerator(3).mails(80) == MailboxGenerator(3).mails(80)


def test_a_prompt_shows_what_a_mail_is_and_not_all_of_it() -> None:
    mails = MailboxGenerator(seed=7).mails(20)

    assert max(len(repr(mail)) for mail in mails) < 500


def test_another_seed_makes_other_mails() -> None:
    assert not {mail.raw for mail in mailbox()} & {mail.raw for mail in mailbox(4)}


@pytest.mark.parametrize("count", [0, 1, 7, 60])
def test_the_count_is_exact(count: int) -> None:
    assert len(MailboxGenerator(1).mails(count)) == count


def test_mails_come_in_the_order_of_arrival_and_none_from_the_future() -> None:
    until = datetime(2026, 6, 1, 12, tzinfo=UTC)

    dates = [mail.internal_date for mail in MailboxGenerator(1, until=until).mails(100)]

    assert dates == sorted(dates)
    assert dates[0] > until - timedelta(days=61)
    assert dates[-1] < until + timedelta(days=1)  # a late arrival may be a little late


@pytest.mark.parametrize("templates", ["a", "b"])
def test_sound_mails_are_sound_to_the_standard_library(templates: str) -> None:
    for mail in sound(mailbox(templates=templates)):
        assert [defect for part in parsed(mail).walk() for defect in part.defects] == []
        assert header(mail, "Message-ID")
        assert "@" in sender(mail)
        assert parsedate_to_datetime(header(mail, "Date")).tzinfo is not None
        assert text_of(mail).strip() or mail.truth.kind == "scan"


def test_headers_are_sound_to_the_strict_parser() -> None:
    for mail in sound(mailbox())[:25]:
        head = mail.raw.partition(b"\r\n\r\n")[0]
        strict = email.message_from_bytes(head, policy=policy.default)
        assert [defect for field in strict.values() for defect in field.defects] == []


def test_lines_are_short_and_end_in_crlf() -> None:
    for mail in sound(mailbox()):
        lines = mail.raw.split(b"\r\n")
        assert not any(b"\n" in line or b"\r" in line for line in lines)
        assert max(map(len, lines)) <= 998  # RFC 5322 2.1.1


def test_every_slot_is_filled() -> None:
    for mail in sound(mailbox()):
        shown = header(mail, "Subject") + text_of(mail)
        assert "{" not in shown.replace("font-family:{", "")
        assert "@deadline" not in shown


def test_every_category_language_and_level_occurs() -> None:
    truths = [mail.truth for mail in mailbox()]

    assert {truth.category for truth in truths} == set(CATEGORIES)
    assert {truth.language for truth in truths} == {"de", "en"}
    assert {truth.urgency for truth in truths} == {truth.importance for truth in truths} == {1, 2, 3}
    assert 0.05 < sum(truth.spam for truth in truths) / len(truths) < 0.2


def test_people_and_their_conversations_are_the_largest_part() -> None:
    counts = Counter(mail.truth.category for mail in mailbox())

    assert counts["people"] + counts["conversation"] > 75


def test_every_damage_occurs_once_in_three_hundred_mails() -> None:
    oddities = Counter(mail.truth.oddity for mail in mailbox() if mail.truth.oddity)

    assert set(oddities) == {*ODDITIES, DUPLICATE}


def test_threads_are_linked_by_references() -> None:
    threads: dict[int, list[GeneratedMail]] = defaultdict(list)
    for mail in mailbox():
        if mail.truth.thread is not None and mail.truth.oddity is None:
            threads[mail.truth.thread].append(mail)

    assert len(threads) > 5
    for mails in threads.values():
        roots = {(header(mail, "References") or header(mail, "Message-ID")).split()[0] for mail in mails}
        assert len(roots) == 1


def test_some_mail_arrives_after_its_own_answer() -> None:
    late = 0
    for seed in (3, 4):
        arrived: set[str] = set()
        mails = sound(mailbox(seed))
        ids = {header(mail, "Message-ID") for mail in mails}
        for mail in mails:
            parent = header(mail, "In-Reply-To")
            late += parent in ids and parent not in arrived
            arrived.add(header(mail, "Message-ID"))

    assert late > 0


def test_what_the_owner_answered_is_marked_and_the_answer_lies_in_sent() -> None:
    sent = [mail for mail in mailbox() if mail.mailbox == "Sent"]
    answered = {header(mail, "Message-ID") for mail in sound(mailbox()) if "\\Answered" in mail.flags}

    assert {sender(mail) for mail in sent} == {"ada@example.org"}
    assert answered >= {parent for mail in sent if (parent := header(mail, "In-Reply-To"))}


def test_the_senders_are_nobody() -> None:
    reserved = (".test", ".example.com", ".example.net", ".example.org")
    for mail in sound(mailbox()):
        assert f".{sender(mail).partition('@')[2]}".endswith(reserved)


@pytest.mark.parametrize("charset", ["utf-8", "iso-8859-1", "windows-1252"])
def test_charsets_and_encodings_of_the_world_occur(charset: str) -> None:
    parts = [part for mail in sound(mailbox()) for part in parsed(mail).walk() if part.get_content_maintype() == "text"]

    assert charset in {part.get_content_charset() for part in parts}
    encodings = {part["Content-Transfer-Encoding"] for part in parts}
    assert encodings >= {"7bit", "8bit", "base64", "quoted-printable"}


def test_invitations_carry_a_calendar_object() -> None:
    invitations = [mail for mail in sound(mailbox()) if mail.truth.kind == "meeting"]

    assert invitations
    for mail in invitations:
        calendar = next(part for part in parsed(mail).walk() if part.get_content_type() == "text/calendar")
        assert calendar.get_param("method") == "REQUEST"
        assert b"BEGIN:VEVENT" in calendar.get_payload(decode=True)


def test_mails_differ_from_each_other() -> None:
    texts = Counter(text_of(mail) for mail in sound(mailbox()))

    assert len(texts) > 0.95 * sum(texts.values())


def test_no_header_field_gives_the_spam_away() -> None:
    """A field that stands in spam alone would be the label itself."""
    names = {spam: Counter[str]() for spam in (True, False)}
    for seed in (3, 4):
        for mail in sound(mailbox(seed)):
            names[mail.truth.spam].update({name.lower() for name in parsed(mail)})

    total = sum(mail.truth.spam for seed in (3, 4) for mail in sound(mailbox(seed)))
    telling = {name for name, count in names[True].items() if count > total / 2 and not names[False][name]}
    assert telling == set()


def test_the_two_sets_say_it_in_other_words() -> None:
    """But for bounces, which are the words of mail servers."""
    paragraphs = {
        templates: {
            line
            for mail in sound(mailbox(templates=templates))
            if mail.truth.kind != "bounce"
            for line in text_of(mail).split("\n\n")
        }
        for templates in ("a", "b")
    }

    shared = {text for text in paragraphs["a"] & paragraphs["b"] if len(text) > 40}
    assert not shared


def test_one_language_can_be_left_out() -> None:
    mails = MailboxGenerator(1, languages=("de",)).mails(80)

    assert {mail.truth.language for mail in mails if mail.truth.kind != "bounce"} == {"de"}


def test_an_unknown_language_is_refused() -> None:
    with pytest.raises(ValueError, match="no wording 'a' in 'tlh'"):
        MailboxGenerator(1, languages=("tlh",))


def test_fill_puts_mails_flags_and_dates_into_the_store() -> None:
    user = MailStore({"ada": "secret"}).user("ada")

    mails = MailboxGenerator(1).fill(user, count=50)

    stored = [message for box in user.mailboxes for message in box.messages]
    assert sorted(message.raw for message in stored) == sorted(mail.raw for mail in mails)
    in_sent = [(mail.raw, mail.flags, mail.internal_date) for mail in mails if mail.mailbox == "Sent"]
    assert [(m.raw, m.flags, m.internal_date) for m in user.mailbox("Sent").messages] == in_sent


def test_maildir_holds_every_mail_with_its_flags(tmp_path: Path) -> None:
    mails = MailboxGenerator(1).write_maildir(tmp_path / "mail", count=50)

    files = [path for path in (tmp_path / "mail").rglob("*") if path.is_file()]
    assert sorted(path.read_bytes() for path in files) == sorted(mail.raw for mail in mails)
    seen = sum("\\Seen" in mail.flags for mail in mails)
    assert sum("S" in path.name.rpartition(",")[2] for path in files) == seen
    assert (tmp_path / "mail" / ".Sent" / "cur").is_dir() == any(mail.mailbox == "Sent" for mail in mails)


def test_mbox_holds_every_mail(tmp_path: Path) -> None:
    mails = MailboxGenerator(1).write_mbox(tmp_path / "mail.mbox", count=50)

    lines = (tmp_path / "mail.mbox").read_bytes().split(b"\n")
    assert sum(line.startswith(b"From ") for line in lines) == len(mails)


@pytest.mark.parametrize("language", ["de", "en"])
def test_one_language_alone_is_the_owners_too(language: str) -> None:
    mails = MailboxGenerator(languages=(language,)).mails(60)

    # A server that could not deliver says so in English.
    assert {mail.truth.language for mail in sound(mails) if mail.truth.kind != "bounce"} == {language}
