"""HTML becomes the text that a reader would see, whatever its depth and size."""

from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st
from selectolax.lexbor import LexborHTMLParser

from mailhelper_core.mime.html.safe import safe_html
from mailhelper_core.mime.html.text import _MARKS, _marks_by_number, html_to_text
from mailhelper_core.model.mail.text import clean_text

TAGS = ("p", "div", "b", "td", "table", "tr", "li", "ul", "br", "pre", "style", "svg", "title", "a", "span", "/p")


@pytest.mark.parametrize(
    ("html", "text"),
    [
        ("", ""),
        ("plain", "plain"),
        ("<p>one</p><p>two</p>", "one\n\ntwo"),
        ("<div>one</div>two<div>three</div>", "one\ntwo\nthree"),
        ("a<br>b<br/>c", "a\nb\nc"),
        ("<b>a</b> <i>b</i>\n  c", "a b c"),
        ("<b>a</b><i>b</i>", "ab"),
        ("see <a href='https://x.org'>this page</a>.", "see this page."),
        ("<ul><li>one</li><li>two</li></ul>", "- one\n\n- two"),
        ("<table><tr><td>a</td><td>b</td></tr><tr><td>c</td></tr></table>", "a b\n\nc"),
        ("<h1>Title</h1>text", "Title\n\ntext"),
        ("<pre>a\n  b</pre>c", "a\nb\nc"),
        ("a&nbsp;&amp;&nbsp;b", "a & b"),
        ("<title>no</title><style>no{}</style><script>no()</script>yes", "yes"),
        ("<svg><title>no</title><text>no</text></svg>yes", "yes"),
        ("<!-- no -->yes", "yes"),
        ("yes<noscript>no</noscript><select><option>no</option></select>", "yes"),
        ("yes<img src=x alt=no>", "yes"),
        ("pass\u200bword\u00ad", "password"),
    ],
)
def test_visible_text_is_taken(html: str, text: str) -> None:
    assert html_to_text(html).replace("\n\n\n", "\n\n") == text


@pytest.mark.parametrize(
    "style",
    [
        "display:none",
        "DISPLAY : None !important",
        "visibility:hidden",
        "mso-hide:all",
        "opacity:0",
        "font-size:0",
        "font-size: 0px; color: red",
        "font-size:1px",
        "font:0/0 a",
        "max-height:0;overflow:hidden",
    ],
)
def test_what_is_styled_away_is_left_out(style: str) -> None:
    assert html_to_text(f'<div>a<span style="{style}">no <b>no</b></span>b</div>') == "ab"


@pytest.mark.parametrize(
    "style",
    ["display:block", "opacity:0.5", "font-size:10px", "font-size:0.9em", "font-size:1em", "line-height:0", "height:0"],
)
def test_what_is_styled_otherwise_is_seen(style: str) -> None:
    assert html_to_text(f'<span style="{style}">yes</span>') == "yes"


def test_a_hidden_attribute_hides() -> None:
    assert html_to_text("<p hidden>no<b>no</b></p>yes") == "yes"


def test_a_size_within_size_0_shows_again() -> None:
    assert html_to_text('<div style="font-size:0">no<div style="font-size:13px">yes</div>no</div>') == "yes"


def test_nothing_shows_again_within_a_hidden_element() -> None:
    html = '<div style="display:none">no<div style="display:block;font-size:13px">no<pre>no</pre></div></div>yes'

    assert html_to_text(html) == "yes"


def test_character_references_cannot_forge_marks() -> None:
    html = '<p style="display:none">no&#6;&#x6;&#4;no</p>&#2;yes&#x02;'

    assert html_to_text(html) == "yes"


@pytest.mark.parametrize("closed", ["", "</div>" * 90_000])
def test_100_000_nested_elements_are_read(closed: str) -> None:
    started = time.process_time()

    text = html_to_text("<div>" * 100_000 + "deep" + closed + "<p>after</p>")

    assert text.split() == ["deep", "after"]
    assert time.process_time() - started < 2


def test_open_formatting_does_not_multiply() -> None:
    bomb = "<p>" + "".join(f"<b a={number}>" for number in range(5_000)) + "<p>x" * 5_000
    started = time.process_time()

    assert html_to_text(bomb).split() == ["x"] * 5_000
    assert safe_html(bomb).count("x") == 5_000
    assert time.process_time() - started < 2


def test_large_html_reads_like_small() -> None:
    row = '<tr><td><b title="a>b">one</b></td><td><a href="https://x.org/">two</a><!-- <b> --></td></tr>'
    small, large = f"<table>{row * 3}</table>", f"<table>{row * 300}</table>"

    assert html_to_text(large).split("\n\n")[0].replace('b">', "") == html_to_text(small).split("\n\n")[0]
    assert safe_html(large).count('href="https://x.org/"') == 300


@given(
    st.lists(
        st.sampled_from([*(f"<{tag}>" for tag in TAGS), "</b>", "</div>", "text ", "&lt;", "<p style='font-size:0'>"])
    )
)
def test_any_order_of_tags_is_read(pieces: list[str]) -> None:
    html = "".join(pieces)

    text = html_to_text(html)

    assert not {char for char in text if char < " "} - {"\n"}


@given(st.text(st.characters() | st.sampled_from("<>&\x00\ud800"), max_size=100))
def test_any_text_is_read(html: str) -> None:
    assert html_to_text(html).encode() is not None
    assert safe_html(html).encode() is not None


def test_references_to_controls_leave_clean_text() -> None:
    found = html_to_text("<p>a&#7;b&#x8;c&#27;[31md</p>")

    assert found == "abc[31md"
    assert clean_text(found) == found


def test_marks_are_found_by_the_number_of_each_element() -> None:
    """Also with the oldest parser that is allowed, which ends the process where it is asked in another way."""
    found = _marks_by_number()

    assert len(found) == len(_MARKS)
    root = LexborHTMLParser("<ul><li>a</ul><pre>b</pre>c<br>d<table><tr><td>e<th>f</table>").root
    assert root is not None
    nodes = [node for node in root.traverse() if node.tag in ("li", "pre", "br", "td", "th")]
    assert len(nodes) == 5
    assert [found[node.tag_id] for node in nodes] == [_MARKS[node.tag] for node in nodes]
