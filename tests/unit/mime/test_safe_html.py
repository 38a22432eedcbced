"""HTML that is safe to show: judged by what a parser finds in the answer."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
from selectolax.lexbor import LexborHTMLParser

from mailhelper_core.mime.html.safe import safe_html

# What runs, loads, submits, refreshes or embeds.
ACTIVE_TAGS = frozenset(
    [
        "script", "style", "link", "meta", "base", "iframe", "frame", "frameset", "object", "embed", "applet", "form",
        "input", "button", "select", "textarea", "option", "svg", "math", "template", "audio", "video", "source",
        "track", "portal", "noscript", "marquee", "keygen", "isindex", "xml", "bgsound", "layer", "dialog",
    ]
)  # fmt: skip
LOADING_ATTRIBUTES = frozenset(
    ["srcset", "background", "poster", "data", "action", "formaction", "ping", "manifest", "longdesc", "lowsrc",
     "dynsrc", "xlink:href", "usemap", "classid", "codebase", "srcdoc", "is", "name", "id", "class"]
)  # fmt: skip
LINK = re.compile(r"(?:https?|mailto|tel):", re.IGNORECASE)


def faults(html: str, *, images: str = r"data:image/(png|jpe?g|gif|webp|bmp);base64,") -> list[str]:
    """Answer what in this HTML could run or load."""
    found = []
    for node in LexborHTMLParser(f"<!doctype html><html><head></head><body>{html}</body></html>").css("body *"):
        if node.tag in ACTIVE_TAGS:
            found.append(f"<{node.tag}>")
        for name, value in node.attributes.items():
            found += [f"{node.tag} {fault}" for fault in _attribute_faults(name, value or "", images)]
    return found


def _attribute_faults(name: str, value: str, images: str) -> list[str]:
    compact = re.sub(r"[\x00-\x20]", "", value).lower()
    checks = {
        "an event": name.startswith("on"),
        "loading": name in LOADING_ATTRIBUTES,
        "a link": name == "href" and not LINK.match(value),
        "a source": name == "src" and not re.match(images, value, re.IGNORECASE),
        "a style": name == "style" and bool(re.search(r"url\(|image|expression|@|\\|position|behavior|var\(", compact)),
    }
    return [f"{fault}: {name}={value[:60]}" for fault, is_there in checks.items() if is_there]


@pytest.mark.shared_data
def test_no_payload_stays_active(shared_data: Path) -> None:
    payloads = [entry["html"] for entry in json.loads((shared_data / "html" / "xss_payloads.json").read_text())]

    bad = {payload[:80]: found for payload in payloads if (found := faults(safe_html(payload)))}

    assert len(payloads) > 200
    assert bad == {}


@pytest.mark.shared_data
def test_no_payload_stays_active_when_it_is_rewritten(shared_data: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("mailhelper_core.mime.html.bounds.FREE_TAGS", 0)  # as in large HTML
    payloads = [entry["html"] for entry in json.loads((shared_data / "html" / "xss_payloads.json").read_text())]

    assert [found for payload in payloads if (found := faults(safe_html(payload)))] == []


@pytest.mark.parametrize(
    "html",
    [
        '<img src="http://t.example/1.gif">',
        '<img src="//t.example/1.gif">',
        '<img src="/1.gif">',
        '<img src=" https://t.example/1.gif">',
        '<img src="data:image/svg+xml;base64,PHN2Zz4=">',
        '<img src="data:text/html;base64,PHN2Zz4=">',
        '<img src="file:///etc/passwd">',
        '<img srcset="http://t.example/1.gif 2x">',
        '<img src="cid:unknown@x">',
        '<picture><source srcset="http://t.example/1.gif"><img></picture>',
        '<table background="http://t.example/1.gif"><tr><td background="//t.example">x</td></tr></table>',
        '<body background="http://t.example/1.gif">x',
        '<div style="background:url(http://t.example/1.gif)">x</div>',
        '<div style="background:u\\72l(http://t.example/1.gif)">x</div>',
        "<div style=\"background-image:image-set('http://t.example/1.gif' 1x)\">x</div>",
        '<div style="list-style:url(http://t.example/1.gif);color:red">x</div>',
        '<div style="background:/**/url(//t.example)">x</div>',
        '<div style="width:expression(alert(1))">x</div>',
        "<div style=\"font-family:'a;background:url(//t.example)'\">x</div>",
        '<div style="--x:url(//t.example);background:var(--x)">x</div>',
        '<div style="font-family:a@import //t.example">x</div>',
        '<div style="content:url(//t.example);cursor:url(//t.example),auto">x</div>',
        '<video poster="http://t.example/1.jpg" src="http://t.example/1.mp4"></video>',
        '<audio src="http://t.example/1.mp3"></audio>',
        '<link rel="stylesheet" href="http://t.example/1.css">',
        '<link rel="preconnect" href="http://t.example">',
        '<base href="http://t.example/"><img src="1.gif">',
        '<meta http-equiv="refresh" content="0;url=http://t.example">',
        '<iframe src="http://t.example"></iframe><object data="http://t.example"></object>',
        '<embed src="http://t.example"><input type="image" src="http://t.example/1.gif">',
        '<style>@import "http://t.example/1.css"; body{background:url(http://t.example)}</style>',
        '<svg><image href="http://t.example/1.gif"/><use href="http://t.example/#a"/></svg>',
        '<a href="https://x.org" ping="http://t.example">x</a>',
        '<form action="http://t.example"><button formaction="http://t.example">x</button></form>',
    ],
)
def test_nothing_is_loaded_from_elsewhere(html: str) -> None:
    safe = safe_html(html)

    assert faults(safe) == []
    assert "t.example" not in safe
    assert "passwd" not in safe


def test_remote_images_load_when_the_owner_wants_them() -> None:
    html = (
        '<img src="https://t.example/1.gif"><img src="//t.example/2.gif"><p style="background:url(https://t.example)">'
    )

    safe = safe_html(html, remote_images=True)

    assert faults(safe, images="https://") == []
    assert 'src="https://t.example/1.gif"' in safe
    assert 'referrerpolicy="no-referrer"' in safe
    assert safe.count("t.example") == 1


def test_pictures_of_the_mail_come_from_the_host() -> None:
    html = '<img src="cid:logo@x"><img src="CID:a%20b"><img src="cid:other">'

    safe = safe_html(html, cid_urls={"logo@x": "/parts/2?a=1&b=2", "a b": "/parts/3"})

    assert re.findall(r'src="([^"]*)"', safe) == ["/parts/2?a=1&amp;b=2", "/parts/3"]


def test_small_pictures_within_the_html_stay() -> None:
    assert 'src="data:image/png;base64,iVBORw0="' in safe_html('<img src="data:image/png;base64,iVBORw0=">')


def test_links_open_apart_and_tell_nothing() -> None:
    safe = safe_html('<a href="https://x.org/?a=1" target="_self" rel="opener">x</a>')

    assert 'href="https://x.org/?a=1"' in safe
    assert 'target="_blank"' in safe
    assert 'rel="noopener noreferrer nofollow"' in safe


@pytest.mark.parametrize(
    "link", ["javascript:alert(1)", "JaVa\nScript:alert(1)", "data:text/html,x", "/logout", "#a", "cid:x", "vbscript:x"]
)
def test_links_that_run_or_stay_here_are_dropped(link: str) -> None:
    assert "href" not in safe_html(f'<a href="{link}">x</a>')


def test_layout_stays() -> None:
    html = (
        '<table width="600" cellpadding="0" bgcolor="#eee"><tr><td colspan="2" style="padding:4px;color:rgb(1, 2, 3)">'
        '<b>bold</b> <font color="red" size="2">red</font></td></tr></table><ul><li>one</li></ul>'
    )

    safe = safe_html(html)

    for kept in (
        'width="600"',
        'bgcolor="#eee"',
        'colspan="2"',
        "padding:4px",
        "rgb(1",
        "<b>bold</b>",
        'color="red"',
        "<li>",
    ):
        assert kept in safe


def test_titles_scripts_and_styles_leave_no_text() -> None:
    assert safe_html("<title>t</title><script>s</script><style>c</style><textarea>x</textarea>ok") == "ok"
