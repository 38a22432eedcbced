"""A keyword that the server refuses stops none of those that wait on the same message."""

from __future__ import annotations

import pytest

from mailhelper_core.model.mail.keyword import FLAGGED, SEEN
from mailhelper_core.model.work.operation import AddKeyword, Change, CopyMessage, MoveMessage, RemoveKeyword
from mailhelper_core.store.unit_of_work import Store
from mailhelper_core.testing import Answer, Call, Fault, ImapServer
from tests.contract.delivery.conftest import World, make_world

EVIL = "evil"
# Dovecot keeps no keyword that is longer than 50 octets.
TOO_LONG = "k" * 60
ANSWERS = {
    "NO": (Answer(), "waiting", "rejected"),
    "BAD": (Answer("BAD"), "conflicted", "bad_command"),
    "CANNOT": (Answer(code="CANNOT"), "conflicted", "cannot"),
}


def refuse(world: World, answer: Answer | None = None) -> None:
    assert world.server is not None
    world.server.faults.add(Fault("UID STORE", answer or Answer(), times=None, having=EVIL))


def put(world: World, *names: str) -> None:
    for name in names:
        world.put(name)
    world.sync()


def ends(world: World, change: Change) -> list[tuple[str, str]]:
    return [(entry.state, entry.error_code) for entry in world.change(change.id)]


def stores(world: World) -> int:
    assert world.server is not None
    return world.server.log.names.count("UID STORE")


@pytest.mark.parametrize("answer", ANSWERS)
@pytest.mark.parametrize("order", [(SEEN, EVIL, FLAGGED), (EVIL, SEEN)], ids=["between", "first"])
def test_each_keyword_ends_for_itself(home: World, answer: str, order: tuple[str, ...]) -> None:
    said, state, code = ANSWERS[answer]
    put(home, "one")
    change = home.decide(*(AddKeyword(home.id("one"), keyword) for keyword in order))
    refuse(home, said)

    report = home.deliver()

    assert ends(home, change) == [(state, code) if keyword == EVIL else ("delivered", "") for keyword in order]
    assert len(report.errors) == 1
    assert home.on_server() == {"INBOX": [("one", tuple(sorted(set(order) - {EVIL})))]}


def test_what_was_refused_for_now_is_delivered_later(home: World) -> None:
    put(home, "one")
    change = home.decide(*(AddKeyword(home.id("one"), keyword) for keyword in (SEEN, EVIL)))
    refuse(home)
    home.deliver()
    assert home.server is not None
    home.server.faults.clear()
    home.pass_time(hours=1)

    home.deliver()

    assert home.states(change) == ["delivered", "delivered"]
    assert home.shown() == home.on_server() == {"INBOX": [("one", (SEEN, EVIL))]}


def test_a_mailbox_that_takes_three_keywords_takes_three(store: Store) -> None:
    with ImapServer(max_keywords=3) as server:
        world = make_world(store, server.host, server.port, "ada", "secret")
        put(world, "one")
        change = world.decide(*(AddKeyword(world.id("one"), f"k{number}") for number in range(4)))

        world.deliver()

        assert ends(world, change) == [("delivered", "")] * 3 + [("waiting", "limit")]
        assert world.on_server() == {"INBOX": [("one", ("k0", "k1", "k2"))]}


def test_the_refused_one_is_found_by_halving(home: World) -> None:
    put(home, "one")
    home.decide(*(AddKeyword(home.id("one"), f"k{number}") for number in range(15)), AddKeyword(home.id("one"), EVIL))
    refuse(home)

    home.deliver()

    assert stores(home) == 9  # 16 keywords: 1 + 2 for each of four halvings


def test_of_many_messages_the_others_go_together(home: World) -> None:
    names = [f"m{number}" for number in range(8)]
    put(home, *names)
    home.decide(*(AddKeyword(home.id(name), keyword) for name in names for keyword in (SEEN, EVIL)))
    refuse(home)

    report = home.deliver()

    assert (report.delivered, report.retried) == (8, 8)
    assert stores(home) == 1 + 1 + 15  # together, the one that is kept, and the other by halves
    assert home.on_server() == {"INBOX": [(name, (SEEN,)) for name in names]}


def test_a_rules_keywords_do_not_give_way_to_each_other(home: World) -> None:
    put(home, "one", "two")
    keywords = ("$a", "$b", EVIL, "$d")
    changes = [
        home.decide(*(AddKeyword(home.id(name), keyword) for keyword in keywords), by="rule") for name in ("one", "two")
    ]
    refuse(home, Answer(code="CANNOT"))

    home.deliver()

    expected = [("delivered", ""), ("delivered", ""), ("conflicted", "cannot"), ("delivered", "")]
    assert [ends(home, change) for change in changes] == [expected, expected]
    assert home.on_server() == {"INBOX": [(name, ("$a", "$b", "$d")) for name in ("one", "two")]}


def test_what_others_change_between_the_parts_of_a_rule_stops_the_rest(home: World) -> None:
    put(home, "one")
    change = home.decide(*(AddKeyword(home.id("one"), keyword) for keyword in ("$a", "$b", EVIL, "$y")), by="rule")
    refuse(home, Answer(code="CANNOT"))
    assert home.server is not None
    inbox = home.server.store.user("ada").mailbox("INBOX")
    flag = Call(lambda: inbox.add_flags(inbox.uids, [FLAGGED]))
    home.server.faults.add(Fault("UID STORE", flag, having="$y", nth=3))

    home.deliver()

    expected = [("delivered", ""), ("delivered", ""), ("conflicted", "cannot"), ("conflicted", "changed_since")]
    assert ends(home, change) == expected


def test_a_message_in_two_mailboxes_gets_in_both_what_both_take(home: World) -> None:
    put(home, "one")
    home.decide(CopyMessage(home.id("one"), "Finance"))
    home.deliver()
    home.sync()
    change = home.decide(*(AddKeyword(home.id("one"), keyword) for keyword in (SEEN, EVIL)))
    refuse(home, Answer(code="CANNOT"))

    home.deliver()

    assert ends(home, change) == [("delivered", ""), ("conflicted", "cannot")]
    assert home.on_server() == {"Finance": [("one", (SEEN,))], "INBOX": [("one", (SEEN,))]}


def test_what_waits_in_one_mailbox_is_delivered_in_the_other(home: World) -> None:
    put(home, "one")
    home.decide(CopyMessage(home.id("one"), "Finance"))
    home.deliver()
    home.sync()
    change = home.decide(*(AddKeyword(home.id("one"), keyword) for keyword in (SEEN, EVIL)))
    assert home.server is not None
    # The whole and the half of the mailbox that comes first.
    home.server.faults.add(Fault("UID STORE", Answer(code="INUSE"), times=2, having=EVIL))

    report = home.deliver()

    assert (report.delivered, report.retried) == (1, 1)
    assert ends(home, change) == [("delivered", ""), ("waiting", "in_use")]
    home.pass_time(hours=1)
    home.deliver()
    assert home.on_server() == {"Finance": [("one", (SEEN, EVIL))], "INBOX": [("one", (SEEN, EVIL))]}


def test_of_two_entries_about_one_keyword_the_later_one_wins_in_parts_too(home: World) -> None:
    put(home, "one")
    id_ = home.id("one")
    change = home.decide(AddKeyword(id_, "$a"), AddKeyword(id_, EVIL), RemoveKeyword(id_, "$a"), AddKeyword(id_, SEEN))
    refuse(home, Answer(code="CANNOT"))

    home.deliver()

    assert home.states(change) == ["delivered", "conflicted", "delivered", "delivered"]
    assert home.on_server() == {"INBOX": [("one", (SEEN,))]}


def test_a_move_behind_a_keyword_that_waits_waits_too(home: World) -> None:
    put(home, "one")
    id_ = home.id("one")
    change = home.decide(AddKeyword(id_, EVIL), AddKeyword(id_, SEEN), MoveMessage(id_, "Finance"))
    refuse(home)

    home.deliver()

    assert home.states(change) == ["waiting", "delivered", "waiting"]


def test_on_every_server_a_keyword_that_is_too_long_stops_no_other(world: World) -> None:
    put(world, "one")
    if world.server is not None:
        world.server.faults.add(Fault("UID STORE", Answer(), times=None, having=TOO_LONG))
    change = world.decide(*(AddKeyword(world.id("one"), keyword) for keyword in (SEEN, TOO_LONG, FLAGGED)))

    world.deliver()

    assert [state == "delivered" for state in world.states(change)] == [True, False, True]
    assert world.on_server() == {"INBOX": [("one", (FLAGGED, SEEN))]}
