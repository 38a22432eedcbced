"""Bounds that HTML is brought into before a parser sees it: length, depth, number of tags."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

from mailhelper_core.mime.html.elements import BLOCKS, NO_TEXT, TAGS, VOID
from mailhelper_core.model.mail.text import clean_text

# More than any newsletter; both parsers need about 0.5 s for 2 MB of tags.
MAX_HTML_CHARS = 2_000_000
# Time and memory of every HTML parser grow with the square of the depth and of the formatting left open
# (100,000 nested div: 40 s; 2,000 open b before 2,000 p: 1 GB). Up to here that is below 0.3 s and 100 MB.
FREE_TAGS = 1_000
_MAX_DEPTH = 100
_MAX_TAGS = 200_000
_MARKUP = re.compile(r"<!--|<(/?)([a-zA-Z][a-zA-Z0-9]{0,20})([^<>]*+)>")
_MANY_BREAKS = re.compile(r"(?:<br>){3,}+")
_STYLED = re.compile("style|hidden", re.IGNORECASE)
_ATTRIBUTE = re.compile(r"([a-zA-Z-]{1,40}+)\s{0,9}=\s{0,9}(?:\"([^\"]*+)\"|'([^']*+)'|([^\s\"'>]++))")


def bounded(html: str, write: Callable[[str, str], str]) -> str:
    """Answer cleaned HTML that no parser needs long for; `write` writes the start tags of large HTML."""
    html = clean_text(html[:MAX_HTML_CHARS])
    if html.count("<") <= FREE_TAGS:
        return html
    return _MANY_BREAKS.sub("<br><br>", "".join(_rewritten(html, write)))


def _rewritten(html: str, write: Callable[[str, str], str]) -> Iterator[str]:
    """Write the known tags again, well nested and at most `_MAX_DEPTH` deep; the text between them stays."""
    stack: list[str] = []
    position = 0
    for _ in range(_MAX_TAGS):
        match = _MARKUP.search(html, position)
        if match is None:
            break
        yield html[position : match.start()].replace("<", "&lt;")
        slash, name, rest = match.groups()
        name = (name or "").lower()
        if not name or (name in NO_TEXT and not slash):
            position = _end_of_content(html, match.end(), name)
            continue
        position = match.end()
        if slash:
            yield from _closed(stack, name)
        elif name in VOID:
            yield write(name, rest)
        elif name in TAGS:
            yield from _opened(stack, name, write(name, rest))
    else:
        position = len(html)
    yield html[position:].replace("<", "&lt;")
    yield from (f"</{name}>" for name in reversed(stack))


def _end_of_content(html: str, start: int, name: str) -> int:
    """Find where a comment (no name) or an element without text ends."""
    if not name:
        end = html.find("-->", start)
        return len(html) if end < 0 else end + 3
    match = re.compile(f"</{name}[^>]{{0,100}}>", re.IGNORECASE).search(html, start)
    return match.end() if match else len(html)


def _opened(stack: list[str], name: str, tag: str) -> Iterator[str]:
    """Open an element, after the paragraph that it ends; what would lie too deep leaves a line break."""
    if name in BLOCKS:
        yield from _closed(stack, "p")
    if len(stack) < _MAX_DEPTH:
        stack.append(name)
        yield tag
    elif name in BLOCKS:
        yield "<br>"


def _closed(stack: list[str], name: str) -> Iterator[str]:
    """Close the innermost open element of this name and all within it."""
    if name in stack:
        while (inner := stack.pop()) != name:
            yield f"</{inner}>"
        yield f"</{name}>"


def start_tag(name: str, rest: str) -> str:
    """Write a tag with all its attributes."""
    attributes = "".join(
        f' {key}="{(double or single or bare).replace(chr(34), "&quot;")}"'
        for key, double, single, bare in _ATTRIBUTE.findall(rest)
    )
    return f"<{name}{attributes}>"


def styled_tag(name: str, rest: str) -> str:
    """Write a tag for its text alone: other attributes say nothing about what is visible."""
    return start_tag(name, rest) if _STYLED.search(rest) else f"<{name}>"
