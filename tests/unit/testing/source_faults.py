"""What the suite for mail sources says of each that breaks its contract in one thing."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from mailhelper_core import ServerError, SourceType
from mailhelper_core.model.source.uidset import NO_UIDS
from tests.unit.testing.broken_sources import (
    BY_UIDS,
    RAWS,
    Good,
    Revalidated,
    any_name,
    changes,
    connecting,
    counter,
    does,
    doubling,
    fickle_bodies,
    hanging_when_made,
    hangs,
    ignoring_uids,
    inbox,
    known_alone,
    lf_alone,
    lists,
    losing,
    losing_alone,
    marks_as_read,
    opens,
    overrides,
    raises,
    renumbered,
    said,
    source,
    with_mod_seq,
    without,
)

OTHER = b"Message-ID: <other@example.org>\r\nSubject: Two\r\n\r\n"
CHANGES = ("store", "move", "copy", "append", "create", "expunge")
# What the suite says of a source, and the source.
SOURCES: tuple[tuple[str, SourceType], ...] = (
    # what is there
    ("of 4 messages 3 came as they are", source(inbox(*RAWS[:3]))),
    ("under two uids; give each one uid", source(inbox(*RAWS, _9=RAWS[0]))),
    ("of 4 messages 4 came as they are, and 1 that you did not", source(inbox(*RAWS, b"Subject: x\r\n\r\n"))),
    ("a uid is a positive number", source(inbox(*RAWS, first=0))),
    ("a uid is a positive number below", source(inbox(*RAWS, first=2**63))),
    ("write UidSet.of", source(does("uids", lambda uids: list(uids)))),
    # who a uid is
    ("uid is that of another message; make uids", source(overrides(shelved=lambda self: renumbered()))),
    ("another uid_validity", source(Revalidated)),
    ("uid_validity \\(3, .*open", source(opens(uid_validity=lambda _: next(counter)))),
    ("say 1, if the uids", source(opens(uid_validity=0))),
    ("say 0 where a new message", source(opens(uid_next=2))),
    ("status counts 9 messages", source(opens(messages=9))),
    # what was asked for
    *((f"{name}.. answered uid 1, which was not asked for", source(ignoring_uids(name))) for name in BY_UIDS),
    *((f"{name}.. left out uid 2; not every uid", source(does(name, losing(2)))) for name in BY_UIDS),
    *((f"{name}.. answered uid 1 twice", source(does(name, doubling))) for name in BY_UIDS),
    ("bodies.. left out uid 1 when asked", source(overrides(bodies=losing_alone))),
    ("flags.. ignores changed_since", source(with_mod_seq(ignores=True))),
    ("answers no delta", source(with_mod_seq(resync=True))),
    ("no highest_mod_seq", source(overrides(info=with_mod_seq().info))),
    # what is said of a message
    ("a time that has no zone; give a datetime", source(changes("metadata", received_at=datetime(2026, 1, 1)))),  # noqa: DTZ001
    ("a time that is a str; give a datetime", source(changes("metadata", received_at="2026-01-01"))),
    ("a size that is negative", source(changes("metadata", size=-1))),
    ("the size of uid 1 is 0.*count those", source(changes("metadata", size=0))),
    ("the size of uid 1 is 37", source(changes("metadata", size=lambda one: one.size // 2))),
    ("size answered a str; give an int", source(changes("metadata", size="7"))),
    ("what metadata.. says of the header", source(changes("metadata", header=b""))),
    ("what metadata.. says of the header", source(changes("metadata", header=OTHER))),
    ("keywords answered a list; give a frozenset", source(changes("metadata", keywords=["\\Seen"]))),
    ("spells .seen; write .Seen", source(changes("flags", keywords=frozenset(("\\seen",))))),
    ("spells Work; write work, or answer normalize_keywords", source(changes("flags", keywords=frozenset(("Work",))))),
    ("answered 'to do', which is no keyword", source(changes("flags", keywords=frozenset(("to do",))))),
    ("answer other keywords for uid 1", source(changes("flags", keywords=frozenset()))),
    ("without setting .Seen", source(overrides(bodies=marks_as_read))),
    ("the header of uid 1 is not that of its body", source(does("headers", said(b"")))),
    ("the header of uid 1 is not that of its body", source(does("headers", said(OTHER)))),
    ("all that is before the text", source(overrides(headers=Good.bodies))),
    ("of 4 messages 0 came as they are, and 4", source(does("bodies", lf_alone))),
    ("bodies.. answered a str; yield the octets", source(does("bodies", said("text")))),
    ("bodies.. answered a bytes; yield pairs", source(does("bodies", lambda found: (raw for _, raw in found)))),
    ("answered other octets of uid 1 when asked again", source(overrides(bodies=fickle_bodies))),
    ("does not find uid 1 by its Message-ID", source(does("find_message_id", lambda _: NO_UIDS))),
    ("add what bodies.. reads", source(overrides(body_bytes=property(lambda self: 0)))),
    ("body_bytes is None", source(overrides(body_bytes=property(lambda self: None)))),
    ("commands is None; count from 0", source(overrides(commands=property(lambda self: None)))),
    # mailboxes
    ("lists INBOX twice", source(lists(lambda one: one))),
    ("role 'bin'; leave it empty", source(lists(lambda one: replace(one, name="B", role="bin", selectable=False)))),
    ("a mailbox without a name", source(lists(lambda one: replace(one, name="")))),
    ("delimiter answered None", source(lists(lambda one: replace(one, name="New", delimiter=None)))),
    # how it refuses, and ends
    ("raised KeyError, not ServerError; raise it with code='no_mailbox'", source(overrides(open=known_alone))),
    ("open.. of a mailbox that is not there raised nothing", source(overrides(open=any_name))),
    ("read_only, and store.. raised NotImplementedError", source(raises(NotImplementedError(), *CHANGES))),
    ("read_only, and store.. raised nothing", source(overrides(store=lambda self, *_, **__: ()))),
    ("a session has no find_message_id; write them all", source(without("find_message_id"))),  # type: ignore[arg-type]
    ("close.. raised OSError", source(raises(OSError(), "close"))),
    ("a wrong password raised OSError, not LoginError", connecting(OSError("refused"))),
    ("a wrong password raised ServerError, not LoginError", connecting(ServerError("refused"))),
    ("a wrong password raised nothing", connecting(None)),
    ("nobody answers raised OSError, not ServerError", connecting(OSError(), away=True)),
)
HANGING: tuple[tuple[str, SourceType], ...] = (
    ("bad: connect.. did not come back", source(connect=hangs)),
    ("INBOX: bodies.. did not come back", source(overrides(bodies=hangs))),
    ("mailboxes.. did not come back", source(overrides(mailboxes=hanging_when_made))),
)
