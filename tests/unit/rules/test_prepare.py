"""What is wrong with a rule is said when it is saved: where, and what to write instead."""

from __future__ import annotations

import pytest

from mailhelper_core.errors import InvalidError, QueryError
from mailhelper_core.model.extension import ActionType, Condition
from mailhelper_core.model.rules.rule import Action, Rule
from mailhelper_core.rules.prepare import MAX_ACTIONS, MAX_NAME_CHARACTERS, check, problem
from tests.unit.rules.compiled import BUILT_IN, with_plugin

KEEP = ["keep"]


@pytest.mark.parametrize("switch", ["enabled", "otherwise", "propose"])
@pytest.mark.parametrize("value", ["on", "", None, 2, []])
def test_a_switch_of_a_rule_is_on_or_off(switch: str, value: object) -> None:
    with pytest.raises(InvalidError, match=switch):
        check(Rule("bills", "", ["keep"], **{switch: value}), BUILT_IN)  # type: ignore[arg-type]


def test_several_rules_are_no_rule() -> None:
    with pytest.raises(InvalidError, match="one by one"):
        check([Rule("bills", "", ["keep"])], BUILT_IN)  # type: ignore[arg-type]


def test_a_sound_rule_has_no_problem() -> None:
    assert problem(Rule("bills", "from:bank.example", KEEP), BUILT_IN) == ""


@pytest.mark.parametrize(
    ("query", "position", "hint"),
    [
        ("from:bank subjct:x", 10, "subject"),
        ("from:bank (is:unread", 10, "add ')'"),
        ("urgency>5", 8, ""),
        ("body~(", 5, "RE2"),
        ("is:unred", 3, "unread"),
    ],
)
def test_a_mistake_in_the_criteria_has_a_position_and_a_hint(query: str, position: int, hint: str) -> None:
    with pytest.raises(QueryError) as caught:
        check(Rule("bills", query, KEEP), BUILT_IN)

    assert caught.value.position == position
    assert caught.value.hint


@pytest.mark.parametrize("name", ["", "  ", "\n", "x" * (MAX_NAME_CHARACTERS + 1)])
def test_a_name_that_no_list_could_show_is_refused(name: str) -> None:
    with pytest.raises(InvalidError, match="name"):
        check(Rule(name, "", KEEP), BUILT_IN)


@pytest.mark.parametrize("count", [0, MAX_ACTIONS + 1])
def test_a_rule_without_actions_or_with_too_many_is_refused(count: int) -> None:
    with pytest.raises(InvalidError, match=f"1 to {MAX_ACTIONS} actions"):
        check(Rule("bills", "", KEEP * count), BUILT_IN)


def test_an_unknown_action_is_refused_with_the_nearest_one() -> None:
    with pytest.raises(InvalidError, match=r"Action 2: there is no action 'fileinot'; did you mean fileinto\?"):
        check(Rule("bills", "", ["keep", ("fileinot", "Finance")]), BUILT_IN)


@pytest.mark.parametrize("text", ["tag due bills", "tag:due bills", "tag: due bills", "tag=due bills"])
def test_an_action_written_with_its_argument_in_one_text_is_refused_with_what_to_write(text: str) -> None:
    with pytest.raises(InvalidError, match=rf"no action '{text}'; write \('tag', 'due bills'\)\."):
        check(Rule("bills", "", [text]), BUILT_IN)


def test_an_action_that_is_like_none_is_refused_with_all_there_are() -> None:
    with pytest.raises(InvalidError, match=r"there are addflag, archive, .*untag") as caught:
        check(Rule("bills", "", ["x" * 10_000]), BUILT_IN)

    assert len(str(caught.value)) < 300


@pytest.mark.parametrize(("action", "hint"), [
    (Action("tag", "a", colour="#123456"), "color, name"),
    (Action("fileinto", "A", create="yes"), "mailbox"),
    (Action("priority", urgency=3, importanc=2), "importance, urgency"),
    (Action("addflag", "work", flag="x"), "none"),
])  # fmt: skip
def test_a_misspelt_option_is_refused_with_those_there_are(action: Action, hint: str) -> None:
    with pytest.raises(InvalidError, match=f"Action 2: .*{hint}"):
        check(Rule("bills", "", ["keep", action]), BUILT_IN)


def test_options_that_there_are_may_be_given() -> None:
    given = [
        Action("tag", name="a", color="#123456"),
        Action("fileinto", mailbox="A"),
        Action("draft_reply", tone="formal"),
    ]
    check(Rule("bills", "", given), BUILT_IN)


def test_an_argument_of_a_megabyte_is_refused() -> None:
    with pytest.raises(InvalidError, match="at most 10000 characters"):
        check(Rule("bills", "", [("notify", "x" * 1_000_000)]), BUILT_IN)


def test_a_plugin_that_cannot_read_an_argument_refuses_the_rule_in_its_words() -> None:
    registry = with_plugin(ActionType("snooze", lambda message, _: [], argument=int))

    with pytest.raises(InvalidError, match="snooze cannot read its argument: invalid literal for int"):
        check(Rule("later", "", [("snooze", "tomorrow")]), registry)


@pytest.mark.parametrize("error", [KeyError, SystemExit])
def test_a_plugin_that_fails_while_it_reads_an_argument_is_named(error: type[BaseException]) -> None:
    def explode(text: str) -> object:
        raise error(text)

    registry = with_plugin(ActionType("snooze", lambda message, _: [], argument=explode))

    with pytest.raises(InvalidError, match=f"plugin 'demo' raised {error.__name__}"):
        check(Rule("later", "", [("snooze", "secret")]), registry)


def test_a_rule_whose_plugin_is_missing_has_a_problem_until_it_is_back() -> None:
    rules = [Rule("a", "longer:3", KEEP), Rule("b", "", ["snooze"])]
    registry = with_plugin(
        Condition("longer", lambda message, size: True, argument=int), ActionType("snooze", lambda message, _: [])
    )

    assert ["longer" in problem(rules[0], BUILT_IN), "snooze" in problem(rules[1], BUILT_IN)] == [True, True]
    assert [problem(rule, registry) for rule in rules] == ["", ""]


def test_actions_have_short_forms() -> None:
    rule = Rule("a", then=["stop", ("fileinto", "Finance"), ["tag", "bills"], Action("priority", urgency=3)])  # type: ignore[list-item]

    assert rule.then == (
        Action("stop"), Action("fileinto", "Finance"), Action("tag", "bills"), Action("priority", urgency="3"),
    )  # fmt: skip
    assert Rule("a", then="archive").then == (Action("archive"),)


@pytest.mark.parametrize("action", [7, None, (), ("tag",), ("tag", "a", "b"), ("tag", None), {"tag": "a"}])
def test_an_action_in_no_known_form_is_refused_with_what_to_write(action: object) -> None:
    with pytest.raises(InvalidError, match="fileinto"):
        Rule("a", then=[action])  # type: ignore[list-item]


def test_an_action_looks_as_it_is_written() -> None:
    actions = [Action("stop"), Action("fileinto", "Finance"), Action("tag", "bills", color="#3366ff")]

    assert [eval(repr(action)) for action in actions] == actions
    assert repr(actions[2]) == "Action('tag', 'bills', color='#3366ff')"
