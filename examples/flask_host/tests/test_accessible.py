"""The pages in a real Chromium can be used by everybody: WCAG in light, dark and on a phone, and without JavaScript."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from urllib.parse import urlsplit

import pytest
from axe_playwright_python.base import AXE_SCRIPT
from playwright.sync_api import Browser, expect
from werkzeug.exceptions import NotFound

from examples.flask_host.tests.live import VIEWPORTS, Live, Watched, open_page
from examples.flask_host.tests.tour import DOORS, GUESTS, NO_PAGES, PAGES, Guest, paths

WCAG = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]}
# One page of each kind; all of them with --full.
OFTEN = (
    "start", "inbox", "mailboxes", "search", "search in vain", "message", "invitation", "why", "conversation",
    "suggested tags", "search by meaning", "draft", "privacy", "rules", "new rule", "tags", "learning", "curves",
    "account", "plugins", "history", "add account", "administration", "nothing", "failure 503", "failure still 503",
)  # fmt: skip
# Pages of what failed; on all others there is something to see.
FAIL = ("failure 4", "failure 5", "door failure", "nothing")
CONTRAST = {"runOnly": ["color-contrast"]}


def test_every_page_is_looked_at_or_is_none(live: Live):
    addresses = live.app.url_map.bind("localhost")
    seen = set()
    for path in paths():
        with suppress(NotFound):  # the page of what is not there
            seen.add(addresses.match(urlsplit(path.format_map(_Numbers())).path, method="GET")[0])

    routes = {rule.endpoint for rule in live.app.url_map.iter_rules() if "GET" in rule.methods}
    assert seen & NO_PAGES.keys() == set()
    assert seen | NO_PAGES.keys() == routes


def test_pages_are_accessible_in_light_dark_and_on_a_phone(
    browser: Browser, live: Live, request: pytest.FixtureRequest
):
    names = PAGES if request.config.getoption("--full") else OFTEN
    pages = live.pages(PAGES)
    with open_page(browser, live.url) as watched:
        watched.log_in()
        _require_accessible(watched, {name: pages[name] for name in names})


def test_doors_are_accessible(browser: Browser, live: Live):
    with open_page(browser, live.url) as watched:
        _require_accessible(watched, live.pages(DOORS))


def test_what_is_not_accessible_is_named_at_the_first_look_and_at_the_next(browser: Browser, live: Live):
    with open_page(browser, live.url) as watched:
        watched.go("/login")
        watched.page.evaluate("document.documentElement.removeAttribute('lang')")
        first = _violations(watched, "login", WCAG)
        pale = "one => one.style.cssText = 'color: #888; background: #999'"
        watched.page.evaluate(f"document.querySelectorAll('label').forEach({pale})")

        second = _violations(watched, "login", CONTRAST)

    assert [text.partition(" <")[0] for text in first] == ["login: html-has-lang"]
    assert [text.partition(" <")[0] for text in second] == ["login: color-contrast"]


@pytest.mark.parametrize("guest", GUESTS, ids=lambda guest: guest.email.partition("@")[0])
def test_pages_of_others_are_accessible(browser: Browser, live: Live, guest: Guest):
    pages = live.pages(guest.pages)
    with open_page(browser, live.url) as watched:
        live.let_in(watched, guest)
        _require_accessible(watched, pages)


@pytest.mark.full
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_every_page_is_accessible_on_a_phone(browser: Browser, live: Live, scheme: str):
    problems = []
    with open_page(browser, live.url, view="phone", scheme=scheme) as watched:
        watched.log_in()
        for name, path in live.pages(PAGES).items():
            watched.go(path)
            problems += _violations(watched, name, WCAG)
    assert not problems, "\n".join(problems)


def test_mail_can_be_read_without_javascript(browser: Browser, live: Live):
    context = browser.new_context(java_script_enabled=False)
    watched = Watched(context.new_page(), live.url)
    watched.log_in()

    watched.go("/mail/?view=all")
    watched.page.get_by_role("button", name="Older messages").click()
    watched.page.locator("[data-list] > .row a").first.click()
    watched.page.get_by_role("link", name="Text").click()

    expect(watched.page.locator("pre.text")).not_to_be_empty()
    watched.page.get_by_role("link", name="Why is it here?").click()
    watched.page.get_by_role("link", name="Timeline").click()
    expect(watched.page.locator(".timeline > li").first).to_be_visible()
    context.close()


class _Numbers(dict[str, str]):
    """A number for every name in an address."""

    def __missing__(self, name: str) -> str:
        return "1"


def _require_accessible(watched: Watched, pages: Mapping[str, str]) -> None:
    """Look at pages in light, in dark and as wide as a phone."""
    problems = []
    for name, path in pages.items():
        status = watched.go(path)
        assert (status < 400) == (not name.startswith(FAIL)), f"{name}: {status}"
        assert urlsplit(watched.page.url).path == path.partition("?")[0], name  # and not where it leads on to
        problems += _violations(watched, name, WCAG)
        watched.page.emulate_media(color_scheme="dark")
        problems += _violations(watched, f"{name}, dark", CONTRAST)
        watched.page.set_viewport_size(VIEWPORTS["phone"])
        if watched.page.evaluate("document.documentElement.scrollWidth > innerWidth + 1"):
            problems.append(f"{name}: wider than the phone")
        watched.page.emulate_media(color_scheme="light")
        watched.page.set_viewport_size(VIEWPORTS["desktop"])
    assert watched.foreign == []
    assert [text for text in watched.complaints if "responded with a status of" not in text] == []
    assert not problems, "\n".join(problems)


def _violations(watched: Watched, name: str, rules: dict[str, list[str]]) -> list[str]:
    if not watched.page.evaluate("'axe' in window"):  # it is there from the look before, until the page is left
        watched.page.evaluate(AXE_SCRIPT)
    # What passed is half of the work where it is answered, too.
    found = watched.page.evaluate("options => axe.run(options)", {**rules, "resultTypes": ["violations"]})["violations"]
    return [f"{name}: {one['id']} {one['nodes'][0]['html'][:120]}" for one in found]
