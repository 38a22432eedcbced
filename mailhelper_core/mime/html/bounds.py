"""Bounds that HTML is brought into before a parser sees it: length, depth, number of tags."""

from __future__ import annotations

import re
from collections.abc import Callable

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
_ATTRIBUTE = re.compile(r"([a-zA-Z-]{1,40}+)\s{0,9}=\s{0,9}(?:\"([^\"]*+)\"|'([^']*+)'|([^\s\"'>]++))")


def bounded(html: str, write: Callable[[str, str], str], *, is_clean: bool = False) -> str:
    """Answer cleaned HTML that no parser needs long for; `write` writes the start tags of large HTML.

    is_clean says that it came out of `clean_text` already.
    """
    html = html[:MAX_HTML_CHARS] if is_clean else clean_text(html[:MAX_HTML_CHARS])
    if html.count("<") <= FREE_TAGS:
        return html
    return _MANY_BREAKS.sub("<br><br>", "".join(_rewritten(html, write)))


def _rewritten(html: str, write: Callable[[str, str], str]) -> list[str]:
    """Write the known tags again, well nested and at most `_MAX_DEPTH` deep; the text between them stays."""
    out: list[str] = []
    stack: list[str] = []
    position = 0
    for _ in range(_MAX_TAGS):
        match = _MARKUP.search(html, position)
        if match is None:
            break
        out.append(html[position : match.start()].replace("<", "&lt;"))
        slash, name, rest = match.groups()
        name = (name or "").lower()
        if not name or (name in NO_TEXT and not slash):
            position = _end_of_content(html, match.end(), name)
            continue
        position = match.end()
        if slash:
            _close(stack, name, out)
        elif name in VOID:
            out.append(write(name, rest))
        elif name in TAGS:
            _open(stack, name, write(name, rest), out)
    else:
        position = len(html)
    out.append(html[position:].replace("<", "&lt;"))
    out += [f"</{name}>" for name in reversed(stack)]
    return out


def _end_of_content(html: str, start: int, name: str) -> int:
    """Find where a comment (no name) or an element without text ends."""
    if not name:
        end = html.find("-->", start)
        return len(html) if end < 0 else end + 3
    match = re.compile(f"</{name}[^>]{{0,100}}>", re.IGNORECASE).search(html, start)
    return match.end() if match else len(html)


def _open(stack: list[str], name: str, tag: str, out: list[str]) -> None:
    """Open an element, after the paragraph that it ends; what would lie too deep leaves a line break."""
    if name in BLOCKS:
        _close(stack, "p", out)
    if len(stack) < _MAX_DEPTH:
        stack.append(name)
        out.append(tag)
    elif name in BLOCKS:
        out.append("<br>")


def _close(stack: list[str], name: str, out: list[str]) -> None:
    """Close the innermost open element of this name and all within it."""
    if name in stack:
        while (inner := stack.pop()) != name:
            out.append(f"</{inner}>")
        out.append(f"</{name}>")


def start_tag(name: str, rest: str) -> str:
    """Write a tag with all its attributes."""
    attributes = "".join(
        f' {key}="{(double or single or bare).replace(chr(34), "&quot;")}"'
        for key, double, single, bare in _ATTRIBUTE.findall(rest)
    )
    return f"<{name}{attributes}>"


def styled_tag(name: str, rest: str) -> str:
    """Write a tag for its text alone: other attributes say nothing about what is visible."""
    said = rest.lower()
    return start_tag(name, rest) if "style" in said or "hidden" in said else f"<{name}>"
