"""HTML of strangers, turned into the text that a reader would see."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from functools import cache, lru_cache

from selectolax.lexbor import LexborHTMLParser, LexborNode

from mailhelper_core.mime.html.bounds import bounded, start_tag, styled_tag
from mailhelper_core.mime.html.elements import BLOCKS, NO_TEXT, PARAGRAPHS
from mailhelper_core.mime.html.hiding import hides, is_unseen, selectors, shows_itself, suspects
from mailhelper_core.model.mail.text import clean_text

# The marks are put around elements as text, then the whole text is taken and the marks are read: that is three
# times faster than a walk over all nodes. Cleaned HTML holds none of these controls; an area is one, and a letter.
_BREAK, _AREA = "\x01\x02"
_HIDE, _SHRINK, _GROW, _KEEP, _END = (_AREA + kind for kind in "hsgke")
_MARK_REFERENCE = re.compile(r"&#(?:0*+[12]|[xX]0*+[12])(?![0-9a-fA-F]);?")
_MARKS = (
    dict.fromkeys(BLOCKS, (_BREAK, _BREAK))
    | dict.fromkeys(PARAGRAPHS, (_BREAK * 2, _BREAK * 2))
    | dict.fromkeys(NO_TEXT, (_HIDE, _END))
    | {"br": (_BREAK, ""), "li": (_BREAK + "- ", _BREAK), "td": (" ", ""), "th": (" ", "")}
    | {"pre": (_BREAK + _KEEP, _END + _BREAK)}
)
# Where elements may stand that the parser leaves out elsewhere.
_AROUND = ("", "<body>", "<table>", "<table><tr>", "<table><colgroup>", "<select>", "<frameset>")
# Padding behind a preheader and marks that split words against filters; joiners of emoji stay.
_INVISIBLE = "\u00ad\u034f\u200b\u200c\u200e\u200f\u2060\ufeff"
# Elements that set the colour of their text themselves; most colours are far from that of a page.
_COLOURED = "font[color],[style*=color]"
# What shows only when a script opens it.
_UNOPENED = "[popover],dialog:not([open])"
# Real ones have some hundred characters.
_MAX_STYLE_CHARS = 4_000
_FONT_SIZE = re.compile(
    r"font(?:-size)?\s{0,3}:[^;]{0,80}?(?<![\w.#])(\d{1,4}(?:\.\d{1,4})?|\.\d{1,4})(px|pt|em|rem|%|[\s;!/]|$)",
    re.IGNORECASE,
)


def html_to_text(html: str, *, is_clean: bool = False) -> str:
    """Answer the visible text: blocks on their own lines, links as their text, nothing that is styled away.

    is_clean says that the HTML came out of `clean_text` already.
    """
    hidden = selectors(html)
    html = bounded(html, start_tag if hidden else styled_tag, is_clean=is_clean)
    has_references = "&#" in html
    body = LexborHTMLParser(_MARK_REFERENCE.sub("", html) if has_references else html).body
    if body is None:
        return ""
    mark_of = _marks_by_number().get
    marks = [(node, mark) for node in body.traverse() if (mark := mark_of(node.tag_id))]
    lowered = _lowered(html)
    if "style" in lowered or "hidden" in lowered:
        marks += _style_marks(body)
    if hidden:
        marks += _sheet_marks(body, hidden)
    if "popover" in lowered or "dialog" in lowered:
        marks += [(node, (_HIDE, _END)) for node in body.css(_UNOPENED)]
    if suspected := suspects(lowered):
        marks += [(node, (_HIDE, _END)) for node in body.css(_COLOURED) if is_unseen(node, suspected)]
    for node, (before, after) in marks:
        node.insert_before(before)
        if after:
            node.insert_after(after)
    text = " ".join(_read_areas(body.text()).split())
    text = "\n".join([line.strip() for line in text.split(_BREAK)])
    text = _paragraphs(_without_invisible(text))
    return clean_text(text) if has_references else text  # a reference such as &#8; stands for a control


def _lowered(html: str) -> str:
    """Answer HTML with ASCII in lower case: all that HTML has names in, and forty times as fast as other letters."""
    return html.lower() if html.isascii() else html.encode().lower().decode()


@cache
def _marks_by_number() -> Mapping[int, tuple[str, str]]:
    """Answer the marks by the parser's numbers of elements, which are asked for in half the time of their names."""
    return {_number(name): mark for name, mark in _MARKS.items()}


def _number(name: str) -> int:
    # What `create_tag` makes has no number in selectolax 0.4: asking for it ends the process.
    documents = (LexborHTMLParser(f"{around}<{name}>").root for around in _AROUND)
    return next(node.tag_id for root in documents if root for node in root.traverse() if node.tag == name)


def _paragraphs(text: str) -> str:
    """Leave one empty line where there are several."""
    paragraphs = [stripped for paragraph in text.split("\n\n") if (stripped := paragraph.strip("\n"))]
    return "\n\n".join(paragraphs).strip()


def _without_invisible(text: str) -> str:
    for char in "" if text.isascii() else _INVISIBLE:
        if char in text:
            text = text.replace(char, "")
    return text


def _style_marks(body: LexborNode) -> Iterator[tuple[LexborNode, tuple[str, str]]]:
    """Yield the elements that hide themselves, or whose font is too small to see, or visible again, and their marks."""
    for node in body.css("[style],[hidden]"):
        attributes = node.attributes
        style = (attributes.get("style") or "")[:_MAX_STYLE_CHARS]
        if mark := (_HIDE, _END) if "hidden" in attributes else _read_style(style):
            yield node, mark


def _sheet_marks(body: LexborNode, hidden: str) -> Iterator[tuple[LexborNode, tuple[str, str]]]:
    """Yield the elements that style sheets hide, but those that say of themselves whether they show."""
    for node in body.css(hidden):
        if not shows_itself((node.attributes.get("style") or "")[:_MAX_STYLE_CHARS]):
            yield node, (_HIDE, _END)


# A newsletter says the same few styles again and again.
@lru_cache(maxsize=256)
def _read_style(style: str) -> tuple[str, str] | None:
    if hides(style):
        return _HIDE, _END
    if match := _FONT_SIZE.search(style):
        size = float(match[1])
        is_too_small = size == 0 or (size <= 1 and match[2].lower() in ("px", "pt"))
        return _SHRINK if is_too_small else _GROW, _END
    return None


def _read_areas(text: str) -> str:
    """Leave out what lies between the marks of hidden and too small elements, keep the lines of `pre`."""
    before, *pieces = text.split(_AREA)
    out = [before]
    areas = [""]
    for piece in pieces:
        mark = _AREA + piece[0]
        if mark == _END:
            areas.pop()
        else:
            areas.append(_inner_area(areas[-1], mark))
        if areas[-1] in ("", _GROW):
            out.append(piece[1:])
        elif areas[-1] == _KEEP:
            out.append(piece[1:].replace("\n", _BREAK))
    return "".join(out)


def _inner_area(outer: str, mark: str) -> str:
    """Answer what holds inside: nothing shows within a hidden element, a font size undoes a smaller one."""
    if outer == _HIDE or (outer == _SHRINK and mark == _KEEP):
        return outer
    return outer if mark == _GROW and outer == _KEEP else mark
