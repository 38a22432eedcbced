"""What hides text in HTML: declarations, simple selectors of style sheets, and the colour behind the text; pure."""

from __future__ import annotations

import re
from collections.abc import Iterator, Set
from functools import lru_cache
from itertools import pairwise

from selectolax.lexbor import LexborNode

# Read of one style sheet, of one mail's sheets together, and asked of the document.
_MAX_SHEETS, _MAX_SHEET_CHARS, _MAX_RULES, _MAX_SELECTORS = 20, 50_000, 500, 60
_MAX_PARENTS = 100
_FAR = r"-\s{0,3}(?:\d{4,9}(?:\.\d{0,9})?\s{0,3}px|\d{3,9}(?:\.\d{0,9})?\s{0,3}(?:r?em|%|v[wh]|pt))"
_NUMBER_ENDS = r"\s{0,3}(?:[;!]|$)"
_ZERO = rf"(?:0(?:\.0{{0,9}})?(?:px|pt|em|%)?|0?\.\d{{1,9}}px|1px){_NUMBER_ENDS}"
_FAINT = rf"(?:0?(?:\.0\d{{0,9}})?|0?\.|0(?:\.\d{{0,9}})?%|[1-5]%){_NUMBER_ENDS}"
_NO_ALPHA = r"0(?:\.0{0,9})?%?\s{0,3}\)"
_HIDDEN = re.compile(
    r"display\s{0,3}:\s{0,3}none|visibility\s{0,3}:\s{0,3}(?:hidden|collapse)|mso-hide\s{0,3}:\s{0,3}all"
    rf"|opacity\s{{0,3}}:\s{{0,3}}{_FAINT}|opacity\(\s{{0,3}}{_NO_ALPHA}"
    rf"|(?<![a-z-])zoom\s{{0,3}}:\s{{0,3}}0(?:\.0{{0,9}})?%?{_NUMBER_ENDS}"
    rf"|(?<![a-z-])(?:max-)?(?:height|width)\s{{0,3}}:\s{{0,3}}{_ZERO}(?=.{{0,500}}overflow\s{{0,3}}:\s{{0,3}}hidden)"
    rf"|overflow\s{{0,3}}:\s{{0,3}}hidden.{{0,500}}(?<![a-z-])(?:max-)?(?:height|width)\s{{0,3}}:\s{{0,3}}{_ZERO}"
    rf"|(?:text-indent|margin-(?:left|top))\s{{0,3}}:\s{{0,3}}{_FAR}"
    rf"|position\s{{0,3}}:\s{{0,3}}(?:absolute|fixed|relative).{{0,500}}(?<![a-z-])(?:left|top|right)\s{{0,3}}:\s{{0,3}}{_FAR}"
    rf"|(?<![a-z-])(?:left|top|right)\s{{0,3}}:\s{{0,3}}{_FAR}.{{0,500}}position\s{{0,3}}:\s{{0,3}}(?:absolute|fixed|relative)"
    rf"|(?<![a-z-])color\s{{0,3}}:\s{{0,3}}(?:transparent|(?:rgb|hsl)a\([^)]{{0,40}},\s{{0,3}}{_NO_ALPHA}"
    rf"|(?:rgb|hsl)a?\([^)/]{{0,40}}/\s{{0,3}}{_NO_ALPHA}|#(?:[0-9a-f]{{3}}0|[0-9a-f]{{6}}00)(?![0-9a-f]))"
    r"|clip-path\s{0,3}:\s{0,3}(?:inset\(\s{0,3}(?:100|[5-9]\d)%|(?:circle|ellipse)\(\s{0,3}0)"
    r"|(?<![a-z-])clip\s{0,3}:\s{0,3}rect\(\s{0,3}[01](?:px)?[\s,]{1,3}[01](?:px)?[\s,]{1,3}[01](?:px)?[\s,]{1,3}[01](?:px)?"
    r"|transform\s{0,3}:\s{0,3}scale[xy]?\(\s{0,3}0(?:\.0{0,9})?\s{0,3}[,)]",
    re.IGNORECASE | re.DOTALL,
)
# One of these is in all that `_HIDDEN` finds, and in few styles; to look for them costs a tenth of it.
_MAY_HIDE = re.compile(r"none|hid|collapse|opacity|:\s{0,3}-|transparent|rgb|hsl|#[0-9a-f]{3,6}0|clip|scale|zoom")
_OPENS, _CLOSES = re.compile(r"<style[^>]{0,500}>", re.IGNORECASE), re.compile("</style", re.IGNORECASE)
_ESCAPE = re.compile(r"\\(?:([0-9a-f]{1,6})\s?|(.))", re.IGNORECASE | re.DOTALL)
_REMARK = re.compile(r"/\*.{0,2000}?\*/|<!--|-->", re.DOTALL)
# What holds for a small screen or for print alone says nothing about what its reader sees.
_CONDITIONAL = re.compile(r"@[a-z-]{1,30}[^{};]{0,500}\{(?:[^{}]{0,2000}\{[^{}]{0,2000}\}){0,200}[^{}]{0,2000}\}")
_RULE = re.compile(r"([^{}]{1,500})\{([^{}]{0,2000})\}")
_SIMPLE = re.compile(r"(?:[a-z][a-z0-9]{0,20})?(?:[.#][a-z_][\w-]{0,100})?\Z", re.IGNORECASE)
_SHOWN = re.compile(r"display\s{0,3}:|visibility\s{0,3}:|opacity\s{0,3}:", re.IGNORECASE)
_WORDS = re.compile(r"none|hidden|opacity|indent|left|transparent|clip|scale|collapse", re.IGNORECASE)
_COLOUR = re.compile(r"(?<![a-z-])color\s{0,3}:\s{0,3}([^;!]{1,40})", re.IGNORECASE)
_GROUND = re.compile(r"background(?:-color)?\s{0,3}:\s{0,3}([^;!]{1,80})", re.IGNORECASE)
_VALUE = re.compile(
    r"\s{0,3}[=:]\s{0,3}[\"']?\s{0,3}(#[0-9a-f]{3,6}|rgba?\([\d,./% ]{5,30}\)|hsla?\([\d,./% a-z]{5,30}\)|[a-z]{3,20})"
)
# More than that can match.
_MAX_VALUE_CHARS = 60
_HEX = re.compile(r"#([0-9a-f]{3}|[0-9a-f]{6})\Z", re.IGNORECASE)
_RGB = re.compile(r"rgba?\(\s{0,3}(\d{1,3})[\s,]{1,6}(\d{1,3})[\s,]{1,6}(\d{1,3})(?![\d%])", re.IGNORECASE)
# Of these white and black alone are told: text hides in the colour of a page.
_HSL = re.compile(
    r"hsla?\(\s{0,3}[\d.a-z]{1,12}[\s,]{1,6}[\d.]{1,6}%[\s,]{1,6}(?:(?P<white>100|9[89])|[0-2])%", re.IGNORECASE
)
_NAMED = {"white": (255, 255, 255), "snow": (255, 250, 250), "black": (0, 0, 0), "ivory": (255, 255, 240)}
# Colours that no eye tells apart, by channel.
_SAME = 8
_SETS_COLOUR = "[color],[bgcolor],[background],[style*=color],[style*=background]"
Colour = tuple[int, int, int]
WHITE: Colour = (255, 255, 255)


def selectors(html: str) -> str:
    """Answer the simple selectors (tag, .class, #id) that style sheets hide, joined for a query; mostly empty."""
    if "<style" not in html and "<STYLE" not in html:
        return ""
    hidden: dict[str, None] = {}
    for text in _sheets(html):
        if _WORDS.search(text):
            _read_sheet(_CONDITIONAL.sub("", _REMARK.sub("", text)), hidden)
    return ",".join(list(hidden)[:_MAX_SELECTORS])


def hides(style: str) -> bool:
    """Say whether declarations hide what they are for."""
    if "\\" in style or "/*" in style:
        style = _plain(style)
    # Beyond ASCII some letters are those of ASCII to an expression that ignores case.
    if style.isascii() and not _MAY_HIDE.search(style.lower()):
        return False
    return _HIDDEN.search(style) is not None


def _plain(style: str) -> str:
    """Answer declarations without comments and escapes, which browsers read over (CSS Syntax 4.3)."""
    return _ESCAPE.sub(_unescaped, _REMARK.sub("", style))


def _unescaped(match: re.Match[str]) -> str:
    return chr(int(match[1], 16)) if match[1] and int(match[1], 16) < 0x110000 else (match[2] or "")


def shows_itself(style: str) -> bool:
    """Say whether a style attribute decides about showing, which goes before style sheets."""
    return bool(_SHOWN.search(style))


@lru_cache(maxsize=256)
def own_colour(style: str) -> tuple[Colour | None, Colour | str | None]:
    """Answer the colours of text and background of a style; a background that is no plain colour as it stands."""
    text, ground = _COLOUR.search(style), _GROUND.search(style)
    behind = (_colour(ground[1]) or ground[1]) if ground else None
    return (_colour(text[1]) if text else None), behind


def suspects(html: str) -> frozenset[Colour]:
    """Answer the colours of text that may be those of a background, by the colours alone: mostly none."""
    lowered = html.lower()
    pieces = lowered.split("color")
    texts, grounds = set[str](), {"white"}
    for before, behind in pairwise(pieces):
        if value := _VALUE.match(behind):
            (grounds if before.endswith(("bg", "-")) else texts).add(value[1])
    if not texts:
        return frozenset()
    for part in lowered.split("background:")[1:]:
        if value := _VALUE.match(":" + part[:_MAX_VALUE_CHARS].partition("color")[0]):
            grounds.add(value[1])
    behind_text = [found for ground in grounds if (found := _colour(ground))]
    colours = [found for text in texts if (found := _colour(text))]
    return frozenset(text for text in colours if any(_same(text, ground) for ground in behind_text))


def _same(one: Colour, other: Colour) -> bool:
    return abs(one[0] - other[0]) <= _SAME and abs(one[1] - other[1]) <= _SAME and abs(one[2] - other[2]) <= _SAME


def is_unseen(node: LexborNode, suspected: Set[Colour]) -> bool:
    """Say whether an element's text has the colour of what is behind it, and nothing within it sets another."""
    attributes = node.attributes
    text, ground = own_colour((attributes.get("style") or "")[:4_000])
    if text is None and node.tag == "font":
        text = _colour(attributes.get("color") or "")
    if text is None or text not in suspected:
        return False
    behind = ground if ground is not None else _behind(node)
    if isinstance(behind, str) or not _same(text, behind):
        return False
    return not [one for one in node.css(_SETS_COLOUR) if one.mem_id != node.mem_id]


def _behind(node: LexborNode) -> Colour | str:
    """Answer the background that shows behind an element: the nearest one that is set, white without one."""
    at: LexborNode | None = node
    for _ in range(_MAX_PARENTS):
        if at is None:
            break
        attributes = at.attributes
        if attributes.get("background"):
            return "picture"
        if said := attributes.get("bgcolor"):
            return _colour(said) or said
        _, ground = own_colour((attributes.get("style") or "")[:4_000])
        if ground is not None:
            return ground
        at = at.parent
    return WHITE


def _sheets(html: str) -> Iterator[str]:
    """Yield the text of the first style sheets, as far as they are read together: hostile ones are dear."""
    at, left = 0, _MAX_SHEET_CHARS
    for _ in range(_MAX_SHEETS):
        opens = _OPENS.search(html, at)
        if opens is None:
            return
        closes = _CLOSES.search(html, opens.end())
        at = closes.end() if closes else len(html)
        text = html[opens.end() : min(closes.start() if closes else at, opens.end() + left)]
        left -= len(text)
        yield text


def _read_sheet(text: str, hidden: dict[str, None]) -> None:
    """Note what is hidden; a later rule that shows it again ends that."""
    for number, rule in enumerate(_RULE.finditer(text)):
        if number >= _MAX_RULES:
            break
        named = list(_named(rule[1]))
        if hides(rule[2]):
            hidden.update(dict.fromkeys(named))
        elif _SHOWN.search(rule[2]):
            for one in named:
                hidden.pop(one, None)


def _named(text: str) -> Iterator[str]:
    for one in text.split(","):
        name = one.strip()
        if name and name.lower() not in ("body", "html") and _SIMPLE.match(name):
            yield name


@lru_cache(maxsize=1024)
def _colour(text: str) -> Colour | None:
    said = text.strip().lower()
    if found := _HEX.match(said):
        digits = found[1] if len(found[1]) == 6 else "".join(2 * digit for digit in found[1])
        return int(digits[:2], 16), int(digits[2:4], 16), int(digits[4:], 16)
    if found := _RGB.match(said):
        return int(found[1]), int(found[2]), int(found[3])
    if found := _HSL.match(said):
        return WHITE if found["white"] else (0, 0, 0)
    return _NAMED.get(said)
