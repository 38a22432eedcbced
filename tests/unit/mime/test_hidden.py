"""Text that nobody sees is no text: each way to hide it that is known, and what only looks like one."""

from __future__ import annotations

from time import process_time

import pytest

from mailhelper_core.mime.html.text import html_to_text

STYLES = (
    "position:absolute;left:-9999px", "left: -9999px; position: absolute", "text-indent:-9999px",
    "margin-left:-5000px",
    "color:transparent", "color: rgba(0, 0, 0, 0)", "color:#fff;background:#fff",
    "color:white;background-color:#fefefe",
    "background:#222;color:#222", "color:white", "color:#ffffff", "clip-path:inset(100%)", "clip:rect(0 0 0 0)",
    "clip: rect(0px, 0px, 0px, 0px)", "opacity:0", "opacity:0.0 !important", "height:0;overflow:hidden",
    "opacity:.01", "opacity:1%", "filter:opacity(0)", "filter: opacity( 0% )", "zoom:0",
    "max-height:1px;overflow:hidden",
    "color:#0000", "color:#12345600", "color:rgb(1 2 3 / 0)", "color:hsla(0, 0%, 0%, 0)", "color:hsl(0,0%,100%)",
    "color:rgb(255 255 255 / 1)", r"d\69splay:none", r"display:n\6fne", "display/**/:/**/none", r"vis\ibility:hidden",
    "overflow:hidden;max-height:0px", "width:0;overflow:hidden", "transform:scale(0)", "visibility:collapse",
    "DISPLAY:None", "di\u017fplay:none", "mso-hide:all", "OVERFLOW:hidden;Height:0", "LEFT:-9999PX;position:Absolute",
)  # fmt: skip
SHEETS = (
    "<style>.q{display:none}</style><p class=q>no</p>", "<style>#q { display : none }</style><p id=q>no</p>",
    "<style>p.q, .r {left:-9999px;position:absolute}</style><p class='a q'>no</p>",
    "<STYLE>.q{opacity:0}</STYLE><i class=q>no</i>",
    "<style>/* a */ .b{color:red} i{display:none}</style><i>no</i>",
    "<style><!-- .q{text-indent:-9999px} --></style><p class=q>no</p>",
    f"<style>a{{{'}' * 9}{'.w,' * 200}.q{{display:none}}</style><p class=q>no</p>",
    "<style>.q{display:block}</style><style>.q{display:none}</style><p class=q>no</p>",
)  # fmt: skip
SEEN = (
    "<style>@media (max-width:600px){.q{display:none}}</style><p class=q>seen</p>",
    "<style>.q{display:none} .q{display:block}</style><p class=q>seen</p>",
    "<style>.q{display:none}</style><p class=q style='display:block'>seen</p>",
    "<style>.other{display:none}</style><p class=q>seen</p>",
    "<style>body{display:none}</style><p>seen</p>",
    "<table><tr><td bgcolor='#003366'><font color=white>seen</font></td></tr></table>",
    "<div style='background:#036'><p style='color:#fff'>seen</p></div>",
    "<div style='background:url(a.png)'><p style='color:#fff'>seen</p></div>",
    "<div style='color:#fff'><p style='background:#036'>seen</p></div>",
    "<div style='color:#fff'><p style='color:#000'>seen</p></div>",
    "<p style='color:#fff;background:#036'>seen</p>", "<p style='color:#eee'>seen</p>", "<p style='left:-5px'>seen</p>",
    "<p style='left:-9999px'>seen</p>", "<p style='margin-top:-20px'>seen</p>",
    "<p style='background-color:white'>seen</p>",
    "<p style='opacity:.9'>seen</p>", "<p style='opacity:1'>seen</p>", "<p style='zoom:0.9'>seen</p>",
    "<p style='color:#000'>seen</p>", "<p style='color:#112200'>seen</p>", "<p style='color:rgb(1 2 3 / .9)'>seen</p>",
    "<p style='color:hsl(0,0%,50%)'>seen</p>", "<p style='filter:opacity(0.9)'>seen</p>", "<dialog open>seen</dialog>",
    "<p style='text-decoration:none'>seen</p>", "<p style='border-color:transparent'>seen</p>",
    "<style>.q{text-decoration:none}</style><p class=q>seen</p>", "<p style='rezoom:0'>seen</p>",
    "<p style='width:0'>seen</p>", "<p style='border-color:white'>seen</p>",
)  # fmt: skip


@pytest.mark.parametrize("style", STYLES)
def test_a_style_hides(style: str) -> None:
    assert html_to_text(f"<p>yes</p><div style='{style}'>no<b>no</b></div>") == "yes"


@pytest.mark.parametrize(
    "html",
    [
        *SHEETS,
        "<font color=white>no</font>",
        "<FONT COLOR='#FFFFFF'>no</FONT>",
        "<dialog>no</dialog>",
        "<DIALOG>no</DIALOG>",
        "<datalist>no</datalist>",
        "<div popover>no</div>",
    ],
)
def test_a_style_sheet_or_a_colour_hides(html: str) -> None:
    assert html_to_text(f"<html><body><p>yes</p>{html}</body></html>") == "yes"


@pytest.mark.parametrize("number", range(1, 7))
def test_what_stands_for_a_control_is_none_of_our_marks(number: int) -> None:
    assert html_to_text(f"<b>a</b>&#{number:020};b&#x{number:020};<p>c</p>") == "ab\n\nc"


def test_a_style_sheet_hides_in_large_html_too() -> None:
    many = "<p>yes</p>" * 1_500

    assert "no" not in html_to_text(f"<style>.q{{display:none}}</style>{many}<p class='q'>no</p>")


@pytest.mark.parametrize("html", SEEN)
def test_what_is_seen_stays(html: str) -> None:
    assert html_to_text(html) == "seen"


@pytest.mark.parametrize(
    "html",
    [
        "<style>" * 20_000, "<style>" + ".q{display:none}" * 50_000, "<style>@media{" + "a{" * 100_000 + "</style>",
        "<p style='position:absolute;" + "left:-" * 600 + "'>x</p>" * 500, "<style>" + "/*" * 50_000 + "none</style>",
        *(f"<style>{mark * (50_000 // len(mark))}none</style>" * 20 for mark in ("/*", "@a", "a", "<!--")),
        "<font color=white>" * 3_000, "<div style='color:#fff'>" * 900 + "x",
    ],
    ids=range(11),
)  # fmt: skip
def test_nobody_lets_it_take_long(html: str) -> None:
    started = process_time()

    html_to_text(html)

    assert process_time() - started < 2
