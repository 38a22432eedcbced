"""Script text to its tree: what is kept, where mistakes stand, and that no text takes long or breaks the parser."""

from __future__ import annotations

import time
from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailhelper_core.errors import SieveError
from mailhelper_core.sieve.language.parse import MAX_DEPTH, parse
from mailhelper_core.sieve.language.script import Command, Number, Script, Strings, Tag, Test
from mailhelper_core.sieve.language.tokens import MAX_CHARACTERS


def test_a_script_is_read_into_commands_tests_and_arguments() -> None:
    script = parse('if header :contains "subject" ["a", "b"] { fileinto "X"; }')

    test = Test("header", (Tag("contains"), Strings(("subject",)), Strings(("a", "b"), True)))
    assert script == Script((Command("if", (), (test,), False, (Command("fileinto", (Strings(("X",)),)),)),))


def test_what_is_unknown_is_kept_as_it_is() -> None:
    command = parse('vnd.some :tag 5K "x" othertest :y {}'.replace("vnd.", "vnd_")).commands[0]

    assert command.name == "vnd_some"
    assert command.arguments == (Tag("tag"), Number(5 * 1024), Strings(("x",)))
    assert command.tests == (Test("othertest", (Tag("y"),)),)
    assert command.block == ()


def test_nodes_know_where_they_stand() -> None:
    text = "keep;\n  if true { discard; } # end"

    command = parse(text).commands[1]

    assert text[command.span.start : command.span.end] == "if true { discard; }"
    assert text[command.tests[0].span.start : command.tests[0].span.end] == "true"


def test_a_text_on_several_lines_loses_the_doubled_dots() -> None:
    script = parse("reject text: # why\r\none\r\n..two\r\n.\r\n;")

    assert script.commands[0].arguments == (Strings(("one\r\n.two\r\n",)),)


def test_escapes_in_strings() -> None:
    assert parse(r'a "x\"y\\z\w";').commands[0].arguments == (Strings(('x"y\\zw',)),)


@pytest.mark.parametrize(
    ("text", "line", "column", "message"),
    [
        ("keep;\nif true {\n  keep;\n", 2, 9, "this block is never closed"),
        ('keep;\n  fileinto "A', 2, 12, "this string is never closed"),
        ("keep; /* ", 1, 7, "this comment is never closed"),
        ("reject text:\nno", 1, 8, "this text is never closed"),
        ("keep\n", 2, 1, "the end of 'keep' is missing"),
        ("keep; }", 1, 7, "this block was never opened"),
        ('if header ["a" "b"] "c" {}', 1, 16, "this list is not closed here"),
        ("if anyof (true, ) {}", 1, 17, "')' stands where a test is expected"),
        ("keep; ?", 1, 7, "'?' has no meaning here"),
        ("if size :over 99999999999999999999G {}", 1, 15, "this number is too large"),
        ('"text";', 1, 1, "'\"text\"' stands where a command is expected"),
    ],
)
def test_a_mistake_has_its_line_and_column(text: str, line: int, column: int, message: str) -> None:
    with pytest.raises(SieveError) as caught:
        parse(text)

    assert (caught.value.line, caught.value.column) == (line, column)
    assert caught.value.args[0] == message
    assert caught.value.hint
    assert f"line {line}, column {column}" in str(caught.value)


@pytest.mark.parametrize(
    "text",
    [
        "if true {" * 1_000,
        "if " + "not " * 1_000 + "true { keep; }",
        "if " + "anyof (" * 1_000 + "true" + ")" * 1_000 + " { keep; }",
        "if true {" * 1_000 + "}" * 1_000,
    ],
)
def test_nesting_a_thousand_deep_answers_with_an_error(text: str) -> None:
    with pytest.raises(SieveError, match="nested too deeply"):
        parse(text)


def test_the_deepest_nesting_is_read() -> None:
    depth = MAX_DEPTH // 2

    parse("if true { " * depth + "keep;" + " }" * depth)


@pytest.mark.parametrize(
    "text",
    [
        "keep;\n" * (2**20 // 6),
        'if header "a" "' + "b" * (2**20 - 40) + '" { keep; }',
        "/*" + "*" * (2**20 - 10) + "*/",
        "#" * (2**20 - 1),
        'if header "a" [' + '"x",' * (2**16 - 20) + '"y"] {}',
        "if " + "(" * (2**18 - 10),
        "reject text:\n" + ".." * (2**19 - 20) + "\n.\n;",
        '"' + "\\" * (2**20 - 2),
    ],
    ids=["commands", "string", "stars", "comment", "list", "parentheses", "text", "slashes"],
)
def test_a_megabyte_is_read_or_refused_in_time(text: str) -> None:
    began = time.process_time()

    with suppress(SieveError):
        parse(text)

    assert time.process_time() - began < 8  # a second here; far more means that time is not linear


def test_more_than_a_megabyte_is_refused() -> None:
    with pytest.raises(SieveError, match="too long"):
        parse("#" * (MAX_CHARACTERS + 1))


@given(st.text(alphabet='ab:;{}[]()"\\,#/*.1K \n\r', max_size=60))
def test_any_text_is_read_or_refused(text: str) -> None:
    with suppress(SieveError):
        parse(text)
