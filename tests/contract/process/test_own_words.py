"""What a rule set is no word of the owner's: a flag of a rule makes nothing important, one of the owner does."""

from __future__ import annotations

from sqlalchemy import insert

from mailhelper_core.model.mail.keyword import FLAGGED
from mailhelper_core.model.work.operation import AddKeyword, RemoveKeyword
from mailhelper_core.store import tables as t
from mailhelper_core.store.work import changes
from mailhelper_core.store.work.decisions import Decision, decide
from mailhelper_core.store.work.outbox import DecidedBy
from tests.contract.process.hands import Hands, service

REASON = "flagged by the owner"


def placed(ada: Hands) -> int:
    """Put a message into a mailbox."""
    message_id = ada.message()
    with ada.owner.begin() as uow:
        mailbox = insert(t.mailboxes).values(account_id=ada.account_id, name="INBOX", role="inbox", uid_validity=1)
        mailbox_id = uow.connection.scalar(mailbox.returning(t.mailboxes.c.id))
        at = {"account_id": ada.account_id, "mailbox_id": mailbox_id, "message_id": message_id}
        says = {"base_flags": 0, "base_keywords": "", "flags": 0, "keywords": ""}
        uow.execute(insert(t.placements).values(uid_validity=1, uid=7, **at, **says))
    return message_id


def decided(ada: Hands, operation: AddKeyword | RemoveKeyword, by: DecidedBy) -> None:
    with ada.owner.begin() as uow:
        assert decide(uow, changes.new_change(uow, "test"), [Decision(operation, by)])


def reasons(ada: Hands, message_id: int) -> tuple[str, ...]:
    processing = service(ada, built_in=True)
    processing.reprocess()
    processing.process()
    return ada.said(message_id)["importance", "heuristics"].reasons


def test_a_rule_s_flag_is_not_read_as_the_owner_s(ada: Hands) -> None:
    message_id = placed(ada)
    decided(ada, AddKeyword(message_id, FLAGGED), "rule")

    assert ada.see(message_id).is_flagged
    assert REASON not in reasons(ada, message_id)


def test_the_owner_s_flag_counts_also_where_a_rule_had_said_it_before(ada: Hands) -> None:
    message_id = placed(ada)
    decided(ada, AddKeyword(message_id, FLAGGED), "rule")
    decided(ada, RemoveKeyword(message_id, FLAGGED), "owner")
    decided(ada, AddKeyword(message_id, FLAGGED), "owner")

    assert REASON in reasons(ada, message_id)
