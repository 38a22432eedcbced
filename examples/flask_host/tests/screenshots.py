"""`./dev screenshots`: every page at desk and phone width, in light and dark; `--readme` writes the README's three."""

from __future__ import annotations

import argparse
import json
import tempfile
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path

from playwright.sync_api import Browser, sync_playwright

from examples.flask_host.tests.live import Live, Watched, live_host, open_page
from examples.flask_host.tests.tour import DOORS, GUESTS, PAGES
from mailhelper_core.testing import ModelServer
from mailhelper_web.words.languages import LANGUAGES
from tests.servers import chromium

# Name of the picture: page (empty: a message that is urgent), width, colours.
README = {
    "start": ("/", "desktop", "light"),
    "message": ("", "desktop", "dark"),
    "phone": ("/mail/?view=inbox", "phone", "light"),
}
SUMMARY = "They still look for somebody who helps, and would like an answer by the end of the week."
README_FOLDER = Path("docs/pictures")


def main() -> None:
    """Serve the demo on a free port and take the pictures."""
    parser = argparse.ArgumentParser(prog="./dev screenshots", description=__doc__)
    parser.add_argument("--folder", type=Path, default=Path("screenshots"), help="where they are kept")
    parser.add_argument("--readme", action="store_true", help="write the README's three into docs/pictures")
    parser.add_argument("--only", default="", metavar="WORD", help="pages whose name holds it")
    parser.add_argument("--language", default="en", choices=tuple(LANGUAGES), help="of the pages")
    asked = parser.parse_args()
    with (
        tempfile.TemporaryDirectory(prefix="mailhelper-web-") as folder,
        ModelServer(lambda _: json.dumps({"summary": SUMMARY})) as model,
        live_host(Path(folder), count=300, until=datetime.now(UTC), model=model) as live,
        sync_playwright() as playwright,
    ):
        browser = playwright.chromium.launch(executable_path=chromium.find_program(), args=list(chromium.ARGUMENTS))
        if asked.readme:
            _take_readme(browser, live)
        else:
            _file_some(live)
            live.app.extensions["mailhelper"].for_owner("1").opinions.summarize(live.thread, provider=True)
            _take_all(browser, live, asked)
        browser.close()


def _file_some(live: Live) -> None:
    """Let Ada have mailboxes of her own."""
    ada = live.app.extensions["mailhelper"].for_owner("1")
    for name, query in (("Family", "category:people"), ("Shopping/2026", "category:shopping"), ("Travel", "is:read")):
        ada.messages.move([one.id for one in ada.search(f"in:inbox {query}", limit=4)], name)
    ada.run(ada.accounts.list()[0].id)


def _take_all(browser: Browser, live: Live, asked: argparse.Namespace) -> None:
    for view in ("desktop", "phone"):
        for scheme in ("light", "dark"):
            look, how = f"{view}-{scheme}", {"view": view, "scheme": scheme, "language": asked.language}
            with open_page(browser, live.url, **how) as watched:
                _take_some(watched, live.pages(DOORS), look, asked)
                watched.log_in()
                _take_some(watched, live.pages(PAGES), look, asked)
            for guest in GUESTS:
                with open_page(browser, live.url, **how) as watched:
                    live.let_in(watched, guest)
                    _take_some(watched, live.pages(guest.pages), look, asked)


def _take_some(watched: Watched, pages: Mapping[str, str], look: str, asked: argparse.Namespace) -> None:
    for name, path in pages.items():
        if asked.only in name:
            _take(watched, path, asked.folder / f"{look}-{name.replace(' ', '-')}.png", whole=True)


def _take_readme(browser: Browser, live: Live) -> None:
    README_FOLDER.mkdir(parents=True, exist_ok=True)
    urgent = live.app.extensions["mailhelper"].for_owner("1").search("category:people priority:red in:inbox", limit=1)
    for name, (path, view, scheme) in README.items():
        with open_page(browser, live.url, view=view, scheme=scheme) as watched:
            watched.log_in()
            _take(watched, path or f"/mail/{urgent[0].id}", README_FOLDER / f"{name}.png")


def _take(watched: Watched, path: str, file: Path, *, whole: bool = False) -> None:
    watched.go(path)
    page = watched.page
    page.evaluate("document.fonts.ready")
    size = page.viewport_size
    if whole and size:
        # As high as the page, so that what stays at the foot of the window stands at its foot.
        height = page.evaluate("document.documentElement.scrollHeight")
        page.set_viewport_size({"width": size["width"], "height": max(height, size["height"])})
    page.screenshot(path=file)
    if size:
        page.set_viewport_size(size)


if __name__ == "__main__":
    main()
