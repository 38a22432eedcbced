"""The words of a script through the service: names that are taken, other names, another order and the mode `first`."""

from __future__ import annotations

from dataclasses import replace

import pytest

from mailhelper_core.errors import SieveError
from mailhelper_core.model.rules.rule import Rule
from tests.contract.rules.world import World

HEAD = 'require "fileinto";\n'
ONE = '# rule:[one]\nif header :is "subject" "x" { fileinto "A"; stop; } # my note\n'
TWO = '# rule:[two]\nif header :is "subject" "y" { fileinto "B"; } # and this\n'


@pytest.fixture
def sieve(world: World) -> World:
    """An owner whose rules may use Sieve's words."""
    return world.with_sieve()


def test_a_script_of_equal_names_goes_back_word_for_word(sieve: World) -> None:
    script = HEAD + ONE + TWO.replace("two", "one")

    sieve.rules.import_sieve(script)

    found = sieve.rules.export_sieve()
    assert [rule.name for rule in sieve.rules.list()] == ["one", "one (2)"]
    assert (found.text, found.losses) == (script, ())


def test_names_that_were_taken_change_no_words(sieve: World) -> None:
    sieve.rules.save(Rule("one", "is:unread", [("addflag", "x")]))
    sieve.rules.import_sieve(HEAD + ONE)
    sieve.rules.import_sieve(HEAD + ONE)

    found = sieve.rules.export_sieve()

    assert [rule.name for rule in sieve.rules.list()] == ["one", "one (2)", "one (3)"]
    assert found.text.count(ONE) == 2
    assert found.losses == ()


def test_another_name_and_another_order_keep_the_words(sieve: World) -> None:
    sieve.rules.import_sieve(HEAD + ONE + TWO.replace(";", "; stop;"))
    sieve.rules.reorder(["two", "one"])
    sieve.rules.save(replace(sieve.rules.get("one"), name="uno"))

    found = sieve.rules.export_sieve()

    one = ONE.replace("[one]", "[uno]")
    assert found.text == f'require ["fileinto"];\n\n{TWO.replace(";", "; stop;")}\n{one}'
    assert found.losses == ()


def test_the_mode_first_adds_what_is_needed(sieve: World) -> None:
    sieve.rules.import_sieve(HEAD + ONE + TWO)
    sieve.rules.set_mode("first")

    found = sieve.rules.export_sieve()

    assert found.losses == ()
    lines = found.text.splitlines(keepends=True)
    note = [line for line in lines if line.startswith("# mailhelper")]
    assert len(note) == 1
    assert found.text.replace(note[0], "") == HEAD + ONE + TWO.replace('"B";', '"B"; stop;')


@pytest.mark.parametrize(
    ("script", "message"),
    [
        ("keep;" * 200_000, "more than 100000 commands"),
        ('if exists "A" {fileinto "B";fileinto "C";}\n' * 20_000, "more than 1048576 characters come of this"),
    ],
)
def test_a_script_that_grows_too_large_is_refused_by_its_cause(sieve: World, script: str, message: str) -> None:
    with pytest.raises(SieveError, match=message) as caught:
        sieve.rules.import_sieve(HEAD + script, save=False)

    assert caught.value.hint == "cut it into several"
