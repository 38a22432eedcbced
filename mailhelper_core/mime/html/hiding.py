"""What hides text in HTML: declarations, simple selectors of style sheets, and the colour behind the text; pure."""

from __future__ import annotations

import re
from collections.abc import Iterator, Set
from functools import lru_cache
from itertools import islice, pairwise

from selectolax.lexbor import LexborNode

# Read of one style sheet, of one mail's sheets together, and asked of the document.
_MAX_SHEETS, _MAX_SHEET_CHARS, _MAX_RULES, _MAX_SELECTORS = 20, 50_000, 500, 60
_MAX_PARENTS = 100
_IS = r"\s{0,3}:\s{0,3}"
_NUMBER_ENDS = r"\s{0,3}(?:[;!]|$)"
_SOON = ".{0,500}"
_FAR = r"-\s{0,3}(?:\d{4,9}(?:\.\d{0,9})?\s{0,3}px|\d{3,9}(?:\.\d{0,9})?\s{0,3}(?:r?em|%|v[wh]|pt))"
_SMALL = rf"(?:0(?:\.0{{0,9}})?(?:px|pt|em|%)?|0?\.\d{{1,9}}px|1px){_NUMBER_ENDS}"
_NOUGHT = rf"0(?:\.0{{0,9}})?%?{_NUMBER_ENDS}"
_FAINT = rf"(?:0?(?:\.0\d{{0,9}})?|0?\.|0(?:\.\d{{0,9}})?%|[1-5]%){_NUMBER_ENDS}"
_NO_ALPHA = r"0(?:\.0{0,9})?%?\s{0,3}\)"
_NO_COLOUR = (
    rf"(?:transparent|(?:rgb|hsl)a\([^)]{{0,40}},\s{{0,3}}{_NO_ALPHA}|(?:rgb|hsl)a?\([^)/]{{0,40}}/\s{{0,3}}{_NO_ALPHA}"
    r"|#(?:[0-9a-f]{3}0|[0-9a-f]{6}00)(?![0-9a-f]))"
)
_EXTENT = rf"(?<![a-z-])(?:max-)?(?:height|width){_IS}{_SMALL}"
_CUT = rf"overflow{_IS}hidden"
_PLACED = rf"position{_IS}(?:absolute|fixed|relative)"
_ASIDE = rf"(?<![a-z-])(?:left|top|right){_IS}{_FAR}"
_NO_SIDE = r"[01](?:px)?"
_NO_RECTANGLE = rf"rect\(\s{{0,3}}{_NO_SIDE}(?:[\s,]{{1,3}}{_NO_SIDE}){{3}}"
# Each way to hide, of lower-case declarations, behind a word that is in all that it finds: most styles have none of
# them. A name is looked at from its end, for an expression leaps to what it begins with.
_WAYS = tuple(
    (word, re.compile(pattern, re.DOTALL))
    for word, pattern in (
        ("none", rf"display{_IS}none"),
        ("visibility", rf"visibility{_IS}(?:hidden|collapse)"),
        ("mso-hide", rf"mso-hide{_IS}all"),
        ("opacity", rf"opacity(?:{_IS}{_FAINT}|\(\s{{0,3}}{_NO_ALPHA})"),
        ("zoom", rf"zoom(?<![a-z-]zoom){_IS}{_NOUGHT}"),
        ("overflow", rf"{_EXTENT}(?={_SOON}{_CUT})|{_CUT}{_SOON}{_EXTENT}"),
        ("text-indent", rf"text-indent{_IS}{_FAR}"),
        ("margin-", rf"margin-(?:left|top){_IS}{_FAR}"),
        ("position", rf"{_PLACED}{_SOON}{_ASIDE}|{_ASIDE}{_SOON}{_PLACED}"),
        ("color", rf"color(?<![a-z-]color){_IS}{_NO_COLOUR}"),
        ("clip-path", rf"clip-path{_IS}(?:inset\(\s{{0,3}}(?:100|[5-9]\d)%|(?:circle|ellipse)\(\s{{0,3}}0)"),
        ("rect", rf"clip(?<![a-z-]clip){_IS}{_NO_RECTANGLE}"),
        ("scale", rf"transform{_IS}scale[xy]?\(\s{{0,3}}0(?:\.0{{0,9}})?\s{{0,3}}[,)]"),
    )
)
# What an expression that ignores case takes for a letter of ASCII, besides its capital.
_LIKE_ASCII = str.maketrans("\u0130\u0131\u017f\u212a", "iisk")
# Each letter in both cases: an expression that ignores case cannot leap to its first character.
_STYLE = "[sS][tT][yY][lL][eE]"
_OPENS, _CLOSES = re.compile(rf"<{_STYLE}[^>]{{0,500}}>"), re.compile(f"</{_STYLE}")
_ESCAPE = re.compile(r"\\(?:([0-9a-f]{1,6})\s?|(.))", re.IGNORECASE | re.DOTALL)
_REMARK = re.compile(r"/\*.{0,2000}?\*/|<!--|-->", re.DOTALL)
# What holds for a small screen or for print alone says nothing about what its reader sees.
_CONDITIONAL = re.compile(r"@[a-z-]{1,30}[^{};]{0,500}\{(?:[^{}]{0,2000}\{[^{}]{0,2000}\}){0,200}[^{}]{0,2000}\}")
_MAX_SELECTOR_CHARS = 500
_DECLARATIONS = re.compile(r"\{([^{}]{0,2000})\}")
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
    style = (style if style.isascii() else style.translate(_LIKE_ASCII)).lower()
    # A generator would take longer than what it asks.
    for word, pattern in _WAYS:  # noqa: SIM110
        if word in style and pattern.search(style):
            return True
    return False


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


def suspects(lowered: str) -> frozenset[Colour]:
    """Answer the colours of text that may be those of a background, by the colours alone: mostly none.

    The HTML is in lower case.
    """
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
    for selector, declarations in islice(_rules(text), _MAX_RULES):
        if hides(declarations):
            hidden.update(dict.fromkeys(_named(selector)))
        elif hidden and _SHOWN.search(declarations):
            for one in _named(selector):
                hidden.pop(one, None)


def _rules(text: str) -> Iterator[tuple[str, str]]:
    """Yield the selectors and declarations of rules; found by their brace, for what stands before it may be long."""
    end = 0
    for rule in _DECLARATIONS.finditer(text):
        at = rule.start()
        least = max(end, at - _MAX_SELECTOR_CHARS)
        start = max(least, text.rfind("{", least, at) + 1, text.rfind("}", least, at) + 1)
        if start < at:
            end = rule.end()
            yield text[start:at], rule[1]


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
