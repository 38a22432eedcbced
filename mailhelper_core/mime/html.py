"""HTML of strangers: made safe to show, and turned into the text that a reader would see."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from functools import lru_cache
from urllib.parse import unquote

import nh3
from selectolax.lexbor import LexborHTMLParser, LexborNode

from mailhelper_core.model.text import clean_text

# More than any newsletter; both parsers need about 0.5 s for 2 MB of tags.
MAX_HTML_CHARS = 2_000_000


def _names(words: str) -> frozenset[str]:
    return frozenset(words.split())


_BLOCKS = _names(
    "address article aside blockquote body center dd div dl dt fieldset figcaption figure footer form h1 h2 h3 h4"
    " h5 h6 header hr html li main nav ol p pre section table tbody tfoot thead tr ul"
)
_PARAGRAPHS = _names("blockquote dl h1 h2 h3 h4 h5 h6 ol p pre table ul")
_INLINE = _names(
    "a abbr b bdi big br caption cite code col colgroup del dfn em font i img ins kbd mark q s samp small span strike"
    " strong sub sup td th time tt u var wbr"
)
_VOID = _names("br col hr img wbr")
_NO_TEXT = _names(
    "applet audio canvas embed head iframe math noembed noframes noscript object option script select style svg"
    " template textarea title video xmp"
)

# --------------------------------------------------------------------------------------- safe to show

_TAGS = (_BLOCKS | _INLINE) - {"body", "html", "form", "fieldset", "nav"}
_SIZE = {"width", "height"}
_ATTRIBUTES = {
    "*": {"style", "dir", "lang", "title", "align"},
    "a": {"href"},
    "col": {"span", "width"},
    "font": {"color", "face", "size"},
    "img": {"src", "alt", *_SIZE},
    "ol": {"start", "type"},
    "table": {"bgcolor", "border", "cellpadding", "cellspacing", *_SIZE},
    "td": {"bgcolor", "colspan", "rowspan", "nowrap", "valign", *_SIZE},
    "th": {"bgcolor", "colspan", "rowspan", "nowrap", "valign", *_SIZE},
    "tr": {"bgcolor", "valign"},
}
# What lays out text; nothing that can load, overlay the page or leave its box.
_PROPERTIES = _names(
    "background background-color border border-bottom border-collapse border-color border-left border-radius"
    " border-right border-spacing border-style border-top border-width box-sizing caption-side clear color"
    " direction display empty-cells float font font-family font-size font-style font-variant font-weight height"
    " letter-spacing line-height list-style-type margin margin-bottom margin-left margin-right margin-top"
    " max-height max-width min-height min-width overflow-wrap padding padding-bottom padding-left padding-right"
    " padding-top table-layout text-align text-decoration text-indent text-transform vertical-align visibility"
    " white-space width word-break word-spacing word-wrap"
)
# Functions load (url, image-set, src ...) or hide what they do (var, attr); only colors and sums are kept.
_FUNCTION = re.compile(r"([a-z-]{0,40})\(", re.IGNORECASE)
_ESCAPE_OR_RULE = re.compile(r"[\\@<{}]")
_SUSPICIOUS = re.compile(r"[\\@<{}(]")
_HARMLESS_FUNCTIONS = frozenset({"rgb", "rgba", "hsl", "hsla", "calc"})
_LINK = re.compile(r"(?:https?|mailto|tel):", re.IGNORECASE)
_REMOTE = re.compile(r"https?:", re.IGNORECASE)
_INLINE_IMAGE = re.compile(r"data:image/(?:png|jpe?g|gif|webp|bmp);base64,", re.IGNORECASE)


def safe_html(html: str, *, remote_images: bool = False, cid_urls: Mapping[str, str] | None = None) -> str:
    """Answer HTML without scripts, forms and remote loads; images by http(s) only with `remote_images`.

    `cid_urls` maps content ids (no angle brackets) to the URLs where the host serves those parts; other `cid:`
    images lose their source. Show it in a sandboxed frame with a strict Content-Security-Policy all the same.
    """
    cleaner = nh3.Cleaner(
        tags=_TAGS,
        clean_content_tags=_NO_TEXT,
        attributes=_ATTRIBUTES,
        attribute_filter=_attribute_filter(cid_urls or {}, remote_images=remote_images),
        link_rel="noopener noreferrer nofollow",
        set_tag_attribute_values={"a": {"target": "_blank"}, "img": {"referrerpolicy": "no-referrer"}},
        url_schemes={"http", "https", "mailto", "tel", "cid", "data"},
        filter_style_properties=_PROPERTIES,
        url_relative="pass_through",  # the filter has refused what the mail says; the host's own may be relative
    )
    return cleaner.clean(_bounded(html, _start_tag))


def _attribute_filter(cid_urls: Mapping[str, str], *, remote_images: bool) -> Callable[[str, str, str], str | None]:
    def image(value: str) -> str | None:
        if value[:4].lower() == "cid:":
            return cid_urls.get(value[4:]) or cid_urls.get(unquote(value[4:]))
        allowed = _INLINE_IMAGE.match(value) or (remote_images and _REMOTE.match(value))
        return value if allowed else None

    def allow(_tag: str, name: str, value: str) -> str | None:
        if name == "style":
            return ";".join(filter(_is_harmless, value.split(";"))) or None
        if name == "href":
            return value if _LINK.match(value) else None
        return image(value.strip()) if name == "src" else value

    return allow


def _is_harmless(declaration: str) -> bool:
    """Refuse what could load: a function that is not known as harmless, an escape that hides one, a rule."""
    if _SUSPICIOUS.search(declaration) is None:
        return True
    functions = {name.lower() for name in _FUNCTION.findall(declaration)}
    return bool(functions) and functions <= _HARMLESS_FUNCTIONS and not _ESCAPE_OR_RULE.search(declaration)


# --------------------------------------------------------------------------------------------- to text

# The marks are put around elements as text, then the whole text is taken and the marks are read: that is three
# times faster than a walk over all nodes. Cleaned HTML holds none of these controls.
_BREAK, _HIDE, _SHRINK, _GROW, _KEEP, _END = "\x01\x02\x03\x04\x05\x06"
_MARK_REFERENCE = re.compile(r"&#(?:0{0,9}[1-6]|x0{0,9}[1-6])(?![0-9a-f]);?", re.IGNORECASE)
_AREA = re.compile(f"([{_HIDE}{_SHRINK}{_GROW}{_KEEP}{_END}])")
_MARKS = (
    dict.fromkeys(_BLOCKS, (_BREAK, _BREAK))
    | dict.fromkeys(_PARAGRAPHS, (_BREAK * 2, _BREAK * 2))
    | dict.fromkeys(_NO_TEXT, (_HIDE, _END))
    | {"br": (_BREAK, ""), "li": (_BREAK + "- ", _BREAK), "td": (" ", ""), "th": (" ", "")}
    | {"pre": (_BREAK + _KEEP, _END + _BREAK)}
)
# Padding behind a preheader and marks that split words against filters; joiners of emoji stay.
_INVISIBLE = "\u00ad\u034f\u200b\u200c\u200e\u200f\u2060\ufeff"
# Real ones have some hundred characters.
_MAX_STYLE_CHARS = 4_000
_HIDDEN = re.compile(
    r"display\s{0,3}:\s{0,3}none|visibility\s{0,3}:\s{0,3}hidden|mso-hide\s{0,3}:\s{0,3}all"
    r"|opacity\s{0,3}:\s{0,3}0(?:\.0*)?\s{0,3}(?:[;!]|$)"
    r"|(?<![a-z-])(?:max-)?height\s{0,3}:\s{0,3}0(?:px)?\s{0,3}(?:[;!]|$)(?=.{0,500}overflow\s{0,3}:\s{0,3}hidden)",
    re.IGNORECASE | re.DOTALL,
)
_FONT_SIZE = re.compile(
    r"font(?:-size)?\s{0,3}:[^;]{0,80}?(?<![\w.#])(\d{1,4}(?:\.\d{1,4})?|\.\d{1,4})(px|pt|em|rem|%|[\s;!/]|$)",
    re.IGNORECASE,
)


def html_to_text(html: str) -> str:
    """Answer the visible text: blocks on their own lines, links as their text, nothing that is styled away."""
    html = _bounded(html, _styled_tag)
    body = LexborHTMLParser(_MARK_REFERENCE.sub("", html) if "&#" in html else html).body
    if body is None:
        return ""
    marks = [(node, mark) for node in body.traverse() if (mark := _MARKS.get(node.tag or ""))]
    marks += _style_marks(body)
    for node, (before, after) in marks:
        node.insert_before(before)
        if after:
            node.insert_after(after)
    text = " ".join(_read_areas(body.text()).split())
    text = "\n".join([line.strip() for line in text.split(_BREAK)])
    return clean_text(_paragraphs(_without_invisible(text)))  # a reference such as &#8; stands for a control


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


# A newsletter says the same few styles again and again.
@lru_cache(maxsize=256)
def _read_style(style: str) -> tuple[str, str] | None:
    if _HIDDEN.search(style):
        return _HIDE, _END
    if match := _FONT_SIZE.search(style):
        size = float(match[1])
        is_too_small = size == 0 or (size <= 1 and match[2].lower() in ("px", "pt"))
        return _SHRINK if is_too_small else _GROW, _END
    return None


def _read_areas(text: str) -> str:
    """Leave out what lies between the marks of hidden and too small elements, keep the lines of `pre`."""
    if _END not in text:
        return text
    out = []
    areas = [""]
    for piece in _AREA.split(text):
        if piece == _END:
            areas.pop()
        elif _AREA.fullmatch(piece):
            areas.append(_inner_area(areas[-1], piece))
        elif areas[-1] in ("", _GROW):
            out.append(piece)
        elif areas[-1] == _KEEP:
            out.append(piece.replace("\n", _BREAK))
    return "".join(out)


def _inner_area(outer: str, mark: str) -> str:
    """Answer what holds inside: nothing shows within a hidden element, a font size undoes a smaller one."""
    if outer == _HIDE or (outer == _SHRINK and mark == _KEEP):
        return outer
    return outer if mark == _GROW and outer == _KEEP else mark


# --------------------------------------------------------------------------------- bounds for parsers

# Time and memory of every HTML parser grow with the square of the depth and of the formatting left open
# (100,000 nested div: 40 s; 2,000 open b before 2,000 p: 1 GB). Up to here that is below 0.3 s and 100 MB.
_FREE_TAGS = 1_000
_MAX_DEPTH = 100
_MAX_TAGS = 200_000
_MARKUP = re.compile(r"<!--|<(/?)([a-zA-Z][a-zA-Z0-9]{0,20})([^<>]*+)>")
_MANY_BREAKS = re.compile(r"(?:<br>){3,}+")
_STYLED = re.compile("style|hidden", re.IGNORECASE)
_ATTRIBUTE = re.compile(r"([a-zA-Z-]{1,40}+)\s{0,9}=\s{0,9}(?:\"([^\"]*+)\"|'([^']*+)'|([^\s\"'>]++))")


def _bounded(html: str, start_tag: Callable[[str, str], str]) -> str:
    html = clean_text(html[:MAX_HTML_CHARS])
    if html.count("<") <= _FREE_TAGS:
        return html
    return _MANY_BREAKS.sub("<br><br>", "".join(_rewritten(html, start_tag)))


def _rewritten(html: str, start_tag: Callable[[str, str], str]) -> Iterator[str]:
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
        if not name or (name in _NO_TEXT and not slash):
            position = _end_of_content(html, match.end(), name)
            continue
        position = match.end()
        if slash:
            yield from _closed(stack, name)
        elif name in _VOID:
            yield start_tag(name, rest)
        elif name in _TAGS:
            yield from _opened(stack, name, start_tag(name, rest))
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
    if name in _BLOCKS:
        yield from _closed(stack, "p")
    if len(stack) < _MAX_DEPTH:
        stack.append(name)
        yield tag
    elif name in _BLOCKS:
        yield "<br>"


def _closed(stack: list[str], name: str) -> Iterator[str]:
    """Close the innermost open element of this name and all within it."""
    if name in stack:
        while (inner := stack.pop()) != name:
            yield f"</{inner}>"
        yield f"</{name}>"


def _start_tag(name: str, rest: str) -> str:
    attributes = "".join(
        f' {key}="{(double or single or bare).replace(chr(34), "&quot;")}"'
        for key, double, single, bare in _ATTRIBUTE.findall(rest)
    )
    return f"<{name}{attributes}>"


def _styled_tag(name: str, rest: str) -> str:
    """Write a tag for its text alone: other attributes say nothing about what is visible."""
    return _start_tag(name, rest) if _STYLED.search(rest) else f"<{name}>"
