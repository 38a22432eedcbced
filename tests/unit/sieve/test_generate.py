"""Trees to text: reading what was written answers the same tree."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from mailhelper_core.sieve.language.generate import generate
from mailhelper_core.sieve.language.parse import parse
from mailhelper_core.sieve.language.script import Command, Number, Script, Strings, Tag, Test

_names = st.from_regex(r"[a-z_][a-z0-9_]{0,9}", fullmatch=True).filter(lambda name: name != "text")
_texts = st.text(st.characters(exclude_categories=["Cs"]), max_size=12)
_strings = st.one_of(
    st.builds(lambda text: Strings((text,)), _texts),
    st.builds(lambda texts: Strings(tuple(texts), True), st.lists(_texts, min_size=1, max_size=3)),
)
_arguments = st.lists(
    st.one_of(st.builds(Tag, _names), st.builds(Number, st.integers(0, 2**63 - 1)), _strings), max_size=4
).map(tuple)


def _with_tests(inner: st.SearchStrategy[Test]) -> st.SearchStrategy[Test]:
    one = st.builds(lambda name, arguments, test: Test(name, arguments, (test,)), _names, _arguments, inner)
    several = st.builds(
        lambda name, arguments, tests: Test(name, arguments, tuple(tests), True),
        _names,
        _arguments,
        st.lists(inner, min_size=1, max_size=3),
    )
    return st.one_of(one, several)


_tests = st.recursive(st.builds(Test, _names, _arguments), _with_tests, max_leaves=4)


def _with_blocks(inner: st.SearchStrategy[Command]) -> st.SearchStrategy[Command]:
    blocks = st.lists(inner, max_size=3).map(tuple)
    conditional = st.builds(lambda name, test, block: Command(name, (), (test,), False, block), _names, _tests, blocks)
    return st.one_of(conditional, st.builds(lambda name, block: Command(name, block=block), _names, blocks))


_commands = st.recursive(st.builds(Command, _names, _arguments), _with_blocks, max_leaves=4)
scripts = st.lists(_commands, max_size=4).map(lambda commands: Script(tuple(commands)))


@given(scripts)
def test_reading_what_was_written_answers_the_same_tree(script: Script) -> None:
    assert parse(generate(script)) == script


@given(scripts)
def test_what_is_written_is_canonical(script: Script) -> None:
    text = generate(script)

    assert generate(parse(text)) == text


def test_a_script_is_written_with_one_command_a_line() -> None:
    text = 'if anyof(header "a" ["b","c"],not size:over 2048){fileinto"A\\"B";}else{keep;}'

    assert generate(parse(text)) == (
        'if anyof (header "a" ["b", "c"], not size :over 2K) {\n    fileinto "A\\"B";\n}\nelse {\n    keep;\n}\n'
    )
