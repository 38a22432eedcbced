"""Mail that attacks, in a real Chromium: nothing runs, nobody is asked, files are only kept."""

from __future__ import annotations

import base64
import json
import re
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from email.message import EmailMessage
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from examples.flask_host.tests.live import Live, open_page
from mailhelper_core import Rule

# Every frame knows this function, and whoever calls it is heard; payloads say it where they would say alert.
MARK = "window.attacked = (...said) => window.heard(String(said));"
OURS = "<script>attacked(1)</script><img src=x onerror=attacked(2)><b onclick=attacked(3)>x</b>"
PIXEL = base64.b64decode("R0lGODlhAQABAIAAAAAAAP///yH5BAEAAAAALAAAAAABAAEAAAIBRAA7")
# All that a mail may ask for elsewhere; with one click it gets the image, and nothing else ever.
ASKING = """<html><head><link rel="stylesheet" href="{url}/style.css"><style>body {{ background: url({url}/style.gif) }}
@import url({url}/import.css); @font-face {{ font-family: f; src: url({url}/font.woff2) }}</style></head>
<body background="{url}/body.gif"><p style="font-family: f; background-image: url({url}/inline.gif)">Hello</p>
<img src="{url}/image.gif?to=ada" width="9" height="9" alt="A lantern"><img srcset="{url}/set.gif 1x" alt="">
<picture><source srcset="{url}/source.gif"></picture><iframe src="{url}/frame.html"></iframe>
<video src="{url}/video.mp4" poster="{url}/poster.gif" autoplay></video><audio src="{url}/audio.mp3" autoplay></audio>
<object data="{url}/object.html"></object><embed src="{url}/embed.swf"><input type="image" src="{url}/input.gif">
<table background="{url}/table.gif"><tr><td>x</td></tr></table><svg><image href="{url}/svg.gif"></image></svg>
</body></html>"""


@dataclass
class Elsewhere:
    """A web server that is not ours: what it was asked for, and by whom."""

    url: str
    asked: list[tuple[str, str | None, str | None]] = field(default_factory=list)


@pytest.fixture
def elsewhere() -> Iterator[Elsewhere]:
    """A server that answers a picture to everything."""
    found = Elsewhere("")

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            found.asked.append((self.path, self.headers.get("Referer"), self.headers.get("Cookie")))
            self.send_response(200)
            self.send_header("Content-Type", "image/gif")
            self.end_headers()
            self.wfile.write(PIXEL)

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        found.url = f"http://127.0.0.1:{server.server_address[1]}"
        yield found
        server.shutdown()
        thread.join()


def _listen(page: Page) -> list[str]:
    """Answer what scripts of a page and of its frames say when they run."""
    heard: list[str] = []
    page.expose_function("heard", lambda said: heard.append(said))
    page.add_init_script(MARK)
    return heard


def test_a_script_that_ran_would_be_heard(browser: Browser, live: Live):
    with open_page(browser, live.url) as watched:
        heard = _listen(watched.page)
        watched.page.goto("about:blank")
        watched.page.set_content(OURS)
        watched.page.wait_for_function("document.images.length && document.images[0].complete")
        watched.page.locator("b").click()

        assert set(heard) == {"1", "2", "3"}


@pytest.mark.shared_data
def test_no_mail_runs_anything_or_asks_anybody(
    browser: Browser, live: Live, shared_data: Path, request: pytest.FixtureRequest
):
    known = [one["html"] for one in json.loads((shared_data / "html" / "xss_payloads.json").read_text())]
    if not request.config.getoption("--full"):
        known = known[::20]
    payloads = [OURS] + [re.sub(r"\balert\b", "attacked", payload) for payload in known]
    ada = live.app.extensions["mailhelper"].for_owner("1")
    account = ada.accounts.list()[0]
    folder = live.imap.store.user("ada").mailbox("INBOX")
    kinds = ["html"] * len(payloads) + ["plain"]
    payloads.append(OURS)
    for number, (payload, kind) in enumerate(zip(payloads, kinds, strict=True)):
        folder.append(_attack(number, payload, kind))
    before = {one.id for one in ada.search("", limit=1_000)}
    ada.run(account.id)
    attacks = sorted({one.id for one in ada.search("", limit=1_000)} - before)
    assert len(attacks) == len(payloads)
    for message_id, payload in zip(attacks, payloads, strict=True):
        ada.tags.assign([message_id], " ".join(payload.split())[:50] or "x")
        ada.rules.save(Rule(f"{message_id} {payload[:80]}", when="subject:never", then=[("tag", "never")]))

    with open_page(browser, live.url) as watched:
        heard = _listen(watched.page)
        watched.log_in()
        for message_id in attacks:
            watched.page.goto(f"{live.url}/mail/{message_id}", wait_until="load")
            watched.page.goto(f"{live.url}/mail/{message_id}/frame", wait_until="load")
        for path in ("/mail/?view=all", "/mail/?q=from:attacker.example", "/mail/?q=x", "/tags/", "/rules/"):
            watched.go(path)

        assert watched.foreign == []
        assert watched.dialogs == []
        assert heard == []


def test_one_click_loads_the_images_of_a_mail_and_nothing_else(browser: Browser, live: Live, elsewhere: Elsewhere):
    message_id = _received(live, "asking", ASKING.format(url=elsewhere.url))
    with open_page(browser, live.url) as watched:
        watched.log_in()
        watched.go(f"/mail/{message_id}")
        frame = watched.page.frame_locator("iframe.mail-frame")
        expect(frame.get_by_text("Hello")).to_be_visible()
        watched.page.wait_for_load_state("networkidle")
        assert (elsewhere.asked, watched.foreign) == ([], [])

        watched.page.get_by_role("link", name="Load remote images").click()

        expect(frame.get_by_text("Hello")).to_be_visible()
        watched.page.wait_for_load_state("networkidle")
        # Exactly the image; by nobody in particular.
        assert elsewhere.asked == [("/image.gif?to=ada", None, None)]
        watched.go(f"/mail/{message_id}")
        assert len(elsewhere.asked) == 1  # it was for that view alone


def test_a_file_is_kept_under_its_name(browser: Browser, live: Live):
    message_id = _received(live, "file", "<p>See the file.</p>", "Größe 10 € – 日本.html")
    with open_page(browser, live.url) as watched:
        heard = _listen(watched.page)
        watched.log_in()
        watched.go(f"/mail/{message_id}")

        with watched.page.expect_download() as kept:
            watched.page.locator(".files a").click()

        assert kept.value.suggested_filename == "Größe 10 € – 日本.html"
        assert kept.value.path().read_text() == OURS
        assert heard == []


def _received(live: Live, name: str, html: str, filename: str = "") -> int:
    """Let a mail of HTML come, with a file if it has a name, and answer its id."""
    mail = EmailMessage()
    mail["From"], mail["To"], mail["Subject"] = "shop@lanterns.example", "ada@example.org", f"hostile {name}"
    mail["Message-ID"] = f"<{name}@lanterns.example>"
    mail.set_content(html, subtype="html")
    if filename:
        mail.add_attachment(OURS.encode(), maintype="text", subtype="html", filename=filename)
    live.imap.store.user("ada").mailbox("INBOX").append(mail.as_bytes())
    ada = live.app.extensions["mailhelper"].for_owner("1")
    ada.run(ada.accounts.list()[0].id)
    return ada.search(f'subject:"hostile {name}"', limit=1)[0].id


def _attack(number: int, payload: str, kind: str) -> bytes:
    """A mail that attacks through its body, subject, sender's name and file name."""
    word = base64.b64encode(payload.encode()[:600]).decode()
    lines = [
        f"From: =?utf-8?B?{word}?= <a{number}@attacker.example>",
        "To: ada@example.org",
        f"Subject: =?utf-8?B?{word}?=",
        f"Message-ID: <{number}@attacker.example>",
        "Date: Mon, 23 Nov 2026 10:00:00 +0000",
        "MIME-Version: 1.0",
        "Content-Type: multipart/mixed; boundary=x",
        "",
        "--x",
        f"Content-Type: text/{kind}; charset=utf-8",
        "Content-Transfer-Encoding: base64",
        "",
        base64.b64encode(payload.encode()).decode(),
        "--x",
        "Content-Type: application/octet-stream",
        f"Content-Disposition: attachment; filename*=utf-8''{''.join(f'%{b:02x}' for b in payload.encode()[:150])}",
        "",
        "x",
        "--x--",
        "",
    ]
    return "\r\n".join(lines).encode()
