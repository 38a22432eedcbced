"""HTML of strangers, made safe to show."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from functools import cache
from typing import TYPE_CHECKING
from urllib.parse import unquote

from mailhelper_core.mime.html.bounds import bounded, start_tag
from mailhelper_core.mime.html.elements import NO_TEXT, TAGS, words

if TYPE_CHECKING:
    from nh3 import Cleaner

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
_PROPERTIES = words(
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
    cleaner = _cleaner(cid_urls, remote_images=remote_images) if cid_urls else _usual_cleaner(remote_images)
    return cleaner.clean(bounded(html, start_tag))


@cache
def _usual_cleaner(remote_images: bool) -> Cleaner:  # noqa: FBT001 - a key
    return _cleaner({}, remote_images=remote_images)


def _cleaner(cid_urls: Mapping[str, str], *, remote_images: bool) -> Cleaner:
    import nh3  # noqa: PLC0415 - 1.6 MB that only who shows mail needs, not a worker that syncs

    return nh3.Cleaner(
        tags=TAGS,
        clean_content_tags=NO_TEXT,
        attributes=_ATTRIBUTES,
        attribute_filter=_attribute_filter(cid_urls, remote_images=remote_images),
        link_rel="noopener noreferrer nofollow",
        set_tag_attribute_values={"a": {"target": "_blank"}, "img": {"referrerpolicy": "no-referrer"}},
        url_schemes={"http", "https", "mailto", "tel", "cid", "data"},
        filter_style_properties=_PROPERTIES,
        url_relative="pass_through",  # the filter has refused what the mail says; the host's own may be relative
    )


def _attribute_filter(cid_urls: Mapping[str, str], *, remote_images: bool) -> Callable[[str, str, str], str | None]:
    suspicious = _SUSPICIOUS.search

    def image(value: str) -> str | None:
        if value[:4].lower() == "cid:":
            return cid_urls.get(value[4:]) or cid_urls.get(unquote(value[4:]))
        allowed = _INLINE_IMAGE.match(value) or (remote_images and _REMOTE.match(value))
        return value if allowed else None

    def allow(_tag: str, name: str, value: str) -> str | None:
        if name == "style":
            # Most need no look at each declaration: mail has one style in every cell of its tables.
            return (value if suspicious(value) is None else ";".join(filter(_is_harmless, value.split(";")))) or None
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
