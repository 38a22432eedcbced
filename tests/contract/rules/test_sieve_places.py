"""Where a script files a message, and which of its places get which flags."""

from __future__ import annotations

import pytest
from sqlalchemy import update

from mailhelper_core.store import tables as t
from tests.contract.rules.compared import compare
from tests.contract.rules.world import World
from tests.unit.rules.generated import mail, place

REQUIRE = 'require ["fileinto", "imap4flags", "copy", "special-use", "mailbox"];\n'
FLAGGED = frozenset({"work"})
NONE: frozenset[str] = frozenset()


@pytest.fixture
def sieve(world: World) -> World:
    """An owner whose rules may use Sieve's words."""
    return world.with_sieve()


def filed(world: World, script: str) -> dict[str, frozenset[str]]:
    """The places of a message that a script was run on, with their keywords; a plan says the same."""
    (message,) = world.put([mail("Hello")])
    world.rules.import_sieve(REQUIRE + script)
    compare(world, None)
    return {place.mailbox: place.keywords for place in world.see(message).places}


def give_role(world: World, name: str, role: str) -> None:
    b = t.mailboxes.c
    with world.owner.begin() as uow:
        mine = b.account_id.in_(world.accounts.values())
        uow.execute(update(t.mailboxes).where(mine, b.name == name).values(role=role))


@pytest.mark.parametrize("script", [
    'fileinto :specialuse "\\\\Junk" "Spam";', 'fileinto :specialuse "\\\\JUNK" :create "Spam";',
])  # fmt: skip
def test_mail_goes_to_the_mailbox_of_the_special_use(sieve: World, script: str) -> None:
    give_role(sieve, "Work/Größe", "junk")

    assert filed(sieve, script) == {"Work/Größe": NONE}


def test_a_copy_goes_to_the_mailbox_of_the_special_use(sieve: World) -> None:
    give_role(sieve, "Work/Größe", "junk")

    assert filed(sieve, 'fileinto :copy :specialuse "\\\\Junk" "Spam";') == {"INBOX": NONE, "Work/Größe": NONE}


def test_where_no_mailbox_has_the_special_use_the_named_one_gets_it(sieve: World) -> None:
    assert filed(sieve, 'fileinto :specialuse "\\\\Junk" "Spam";') == {"Spam": NONE}


def test_of_several_with_a_special_use_the_named_one_is_taken(sieve: World) -> None:
    for name in ("Archive", "Work/Größe"):
        give_role(sieve, name, "junk")

    assert filed(sieve, 'fileinto :specialuse "\\\\Junk" "Work/Größe";') == {"Work/Größe": NONE}


@pytest.mark.parametrize(("script", "places"), [
    ('fileinto :flags "work" "A"; keep;', {"A": FLAGGED, "INBOX": NONE}),
    ('fileinto :flags "work" "Archive"; keep;', {"Archive": FLAGGED, "INBOX": NONE}),
    ('fileinto :flags "work" "Archive/"; keep;', {"Archive": FLAGGED, "INBOX": NONE}),
    ('fileinto "A"; keep :flags "work";', {"A": NONE, "INBOX": FLAGGED}),
    ('fileinto :flags "work" "A"; fileinto "Archive";', {"A": FLAGGED, "Archive": NONE}),
    ('fileinto "A"; fileinto :flags "work" "B";', {"A": NONE, "B": FLAGGED}),
    ('fileinto :flags "work" "A"; fileinto :flags "work" "B";', {"A": FLAGGED, "B": FLAGGED}),
    ('fileinto :flags ["work", "x"] "A"; keep :flags "work";', {"A": FLAGGED | {"x"}, "INBOX": FLAGGED}),
    ('fileinto :flags "work" "A";', {"A": FLAGGED}),
    ('addflag "work"; fileinto :copy "A";', {"A": FLAGGED, "INBOX": FLAGGED}),
])  # fmt: skip
def test_flags_are_those_of_their_place(sieve: World, script: str, places: dict[str, frozenset[str]]) -> None:
    assert filed(sieve, script) == places


def test_a_flag_is_taken_from_one_place_alone(sieve: World) -> None:
    (message,) = sieve.put([mail("Hello", places=(place(1, "work", "other"),))])
    before = sieve.see(message).places
    sieve.rules.import_sieve(REQUIRE + 'addflag "kept"; fileinto "A"; removeflag "work"; keep;')

    run = compare(sieve, None)

    places = {one.mailbox: one.keywords for one in sieve.see(message).places}
    assert places == {"A": frozenset({"work", "other", "kept"}), "INBOX": frozenset({"other", "kept"})}
    assert sieve.undo.undo(sieve.change(run.change)).left == 0
    assert sieve.see(message).places == before


def test_flags_of_one_place_are_taken_back(sieve: World) -> None:
    (message,) = sieve.put([mail("Hello")])
    before = sieve.see(message).places
    sieve.rules.import_sieve(REQUIRE + 'fileinto :flags "work" "A"; keep :flags "kept";')

    run = sieve.rules.run()

    assert sieve.undo.undo(sieve.change(run.change)).left == 0
    assert sieve.see(message).places == before
