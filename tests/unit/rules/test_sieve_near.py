"""What a server does otherwise than rules: an export and an import say so, and lose nothing on the way."""

from __future__ import annotations

from dataclasses import replace

import pytest

from mailhelper_core.errors import SieveError
from mailhelper_core.model.rules.rule import Rule
from mailhelper_core.rules.sieve.reading import MAX_RULES, import_script
from mailhelper_core.rules.sieve.script import export_script
from mailhelper_core.sieve.language.parse import parse
from tests.unit.rules.scripts import plain


def test_what_a_whole_value_takes_for_the_same_is_reported() -> None:
    """Our `=` finds Café for cafe, which no server does; what came from a script is exact, and goes back as it was."""
    found = export_script([Rule("a", "subject=cafe", ["keep"]), Rule("b", "header:X-A=1", ["keep"])])

    assert [(loss.rule, loss.kind, loss.what) for loss in found.losses] == [("a", "near", "subject=cafe")]
    script = 'if header :is "subject" "cafe" {\n    keep;\n}\n'
    (rule,) = import_script(script).rules
    back = export_script([replace(rule, source="")])
    assert (back.text, back.losses) == (f"# rule:[Sieve 1]\n{script}", ())


def test_of_several_authors_one_is_known_here_which_both_ways_report() -> None:
    script = 'if anyof (address "from" "ada@b.example", address :domain "from" "c.example") {\n    keep;\n}\n'
    rules = [Rule(when, when, ["keep"]) for when in ("from=ada@b.example", "domain:b.example", "to=ada@b.example")]

    found, imported = export_script(rules), import_script(script)

    assert [(loss.kind, loss.what) for loss in found.losses] == [
        ("near", "from=ada@b.example"),
        ("near", "domain:b.example"),
    ]
    assert [(loss.rule, loss.kind, loss.what, loss.line) for loss in imported.losses] == [
        ("Sieve 1", "near", "address", 1)
    ]
    assert import_script('if address "to" "a@b.example" { keep; }').losses == ()
    assert [loss.what for loss in export_script([Rule("a", "to=ada", ["keep"])]).losses] == ["to=ada"]


def test_a_field_that_is_there_and_empty_is_none_for_a_query_and_is_reported() -> None:
    """`To: undisclosed-recipients:;` exists for a server, and names nobody here."""
    rules = [Rule("a", "to:*", ["keep"]), Rule("b", "header:To:*", ["keep"])]

    found = export_script(rules)

    assert [(loss.rule, loss.kind, loss.what) for loss in found.losses] == [("a", "near", "to:*")]
    assert found.text.count('exists "to"') + found.text.count('exists "To"') == 2
    assert plain(import_script(found.text).rules) == rules


@pytest.mark.parametrize(
    ("then", "commands"),
    [
        (["archive", "stop", ("addflag", "\\Seen")], ["addflag", "fileinto", "stop"]),
        ([("fileinto", "A"), ("addflag", "x")], ["addflag", "fileinto"]),
        ([("copy", "A"), ("removeflag", "x"), ("addflag", "y")], ["removeflag", "addflag", "fileinto"]),
        (["stop", ("copy", "A"), ("copy", "B")], ["fileinto", "fileinto", "stop"]),
    ],
)
def test_what_acts_here_acts_on_a_server(then: list[object], commands: list[str]) -> None:
    """Behind a stop a rule goes on, and a flag is for a message wherever it lies; a script says both otherwise."""
    rule = Rule("a", "", then)  # type: ignore[arg-type]

    found = export_script([rule])

    assert [one.name for one in parse(found.text).commands if one.name != "require"] == commands
    assert found.losses == ()
    assert plain(import_script(found.text).rules) == [rule]


@pytest.mark.parametrize(
    "then",
    [
        [("fileinto", "A"), ("fileinto", "B")], [("fileinto", "A"), "keep"], ["discard", ("copy", "A")],
        [("sieve", "keep;"), ("fileinto", "A")],
    ],
)  # fmt: skip
def test_actions_that_a_server_does_all_are_reported(then: list[object]) -> None:
    rule = Rule("a", "", then)  # type: ignore[arg-type]

    found = export_script([rule])

    assert ("near", "order") in [(loss.kind, loss.what) for loss in found.losses]
    assert plain(import_script(found.text).rules) == [rule]


def test_rules_that_a_server_does_all_are_reported_and_stay_apart() -> None:
    rules = [Rule("a", "header:A:*", [("fileinto", "A")]), Rule("b", "header:B:*", [("fileinto", "B")])]

    found = export_script(rules)

    assert [(loss.rule, loss.kind, loss.what) for loss in found.losses] == [("b", "near", "order")]
    assert plain(import_script(found.text).rules) == rules
    assert import_script(found.text).losses == ()


def test_sources_of_several_scripts_stay_apart() -> None:
    first = import_script('require "fileinto";\n# rule:[a]\nif exists "A" { fileinto "A"; } # mine\n').rules
    second = import_script('require "fileinto";\n# rule:[b]\nif exists "B" { fileinto "B"; } # too\n').rules

    found = export_script([*first, *second])

    assert plain(import_script(found.text).rules) == plain((*first, *second))
    assert [(loss.rule, loss.kind, loss.what) for loss in found.losses] == [("b", "near", "order")]
    assert "# mine" in found.text
    assert "# too" in found.text
    assert export_script(import_script(found.text).rules).text == found.text


def test_a_script_that_stops_is_reported_where_rules_stand_behind_it() -> None:
    text = 'require ["variables", "fileinto"]; if exists "A" { set "a" "b"; fileinto "${a}"; stop; }'
    (script,) = import_script(text).rules

    found = export_script([script, Rule("b", "", [("addflag", "x")])])

    assert [(loss.rule, loss.what) for loss in found.losses] == [("Sieve 1", "stop")]
    assert export_script([script]).losses == ()


def test_other_line_ends_are_a_named_loss() -> None:
    found = import_script('require "fileinto";\r\nfileinto "A";\r\n')

    assert [(loss.kind, loss.what, loss.line) for loss in found.losses] == [("near", "line ends", 1)]
    assert export_script(found.rules).text == 'require "fileinto";\nfileinto "A";\n'


def test_more_rules_than_anybody_has_are_refused_with_their_place() -> None:
    script = 'if exists "A" { stop; }\n' * MAX_RULES

    assert len(import_script(script).rules) == MAX_RULES
    with pytest.raises(SieveError, match=r"more than 2000 rules") as caught:
        import_script(script + "\n stop;")
    assert (caught.value.line, caught.value.column) == (MAX_RULES + 2, 2)
