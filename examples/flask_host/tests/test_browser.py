"""The pages in a real Chromium: the owner's first day, accessibility, and mail that attacks."""

from __future__ import annotations

import base64
import json
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from passlib.totp import TOTP
from playwright.sync_api import Browser, expect, sync_playwright

from examples.flask_host.tests.live import VIEWPORTS, Live, Watched, live_host, open_page
from examples.flask_host.tests.screenshots import PAGES
from mailhelper_core import Rule
from mailhelper_core.testing import ImapServer, ModelServer
from mailhelper_web.commands import DEMO_SECRET
from tests.servers import chromium
from tests.servers.process import MissingServerError

WCAG = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]}
# One page of each kind; all of them with --full.
OFTEN = (
    "start", "inbox", "mailboxes", "search", "search in vain", "message", "why", "conversation", "search by meaning",
    "privacy", "rules", "new rule", "tags", "history", "add account", "administration", "nothing", "failure 503",
    "failure still 503",
)  # fmt: skip
CONTRAST = {"runOnly": ["color-contrast"]}


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """Debian's Chromium."""
    try:
        program = chromium.find_program()
    except MissingServerError as error:
        pytest.skip(f"missing server: {error}")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program, args=list(chromium.ARGUMENTS))
        yield browser
        browser.close()


@pytest.fixture(scope="module")
def live(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Live]:
    """The host with the demo's mail."""
    with ModelServer() as model, live_host(tmp_path_factory.mktemp("live"), model=model) as host:
        yield host


@pytest.fixture
def page(browser: Browser, live: Live) -> Iterator[Watched]:
    """A page where the demo's user is logged in."""
    with open_page(browser, live.url) as watched:
        watched.log_in()
        yield watched
        assert watched.foreign == []


def test_pages_are_accessible_in_light_dark_and_on_a_phone(
    browser: Browser, live: Live, request: pytest.FixtureRequest
):
    names = PAGES if request.config.getoption("--full") else OFTEN
    problems = []
    pages = live.pages(PAGES)
    with open_page(browser, live.url) as watched:
        watched.log_in()
        for name in names:
            watched.go(pages[name])
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


def test_the_first_day_of_a_new_user(browser: Browser, live: Live):
    with open_page(browser, live.url) as watched:
        page = watched.page
        watched.go("/register")
        page.fill("#email", "new@example.org")
        page.fill("#password", "correct horse battery")
        page.fill("#password_confirm", "correct horse battery")
        page.click("#submit")
        expect(page.get_by_role("button", name="Add a mail account")).to_be_visible()

        _turn_on_second_factor(watched)
        _add_account(watched, live.imap)
        expect(page.get_by_role("button", name="See what needs you")).to_be_visible(timeout=30_000)
        page.get_by_role("button", name="See what needs you").click()
        expect(page.locator(".matrix")).to_be_visible()

        _correct(watched)
        _rule_with_preview_run_and_undo(watched)
        page.fill("#search", "subject:re")
        page.press("#search", "Enter")
        expect(page.get_by_role("heading", name="Search")).to_be_visible()
        _draft_a_reply(watched)
        watched.go("/jobs/")
        expect(page.get_by_text("Fetch and sort mail")).to_be_visible()
        page.get_by_text("Fetch and sort mail").click()
        expect(page.get_by_text("new messages")).to_be_visible()
        assert watched.foreign == []
        assert watched.complaints == []


def test_the_keyboard_moves_selects_and_archives(page: Watched):
    page.go("/mail/?view=inbox")
    first = page.page.locator("[data-list] > .row").first.get_attribute("data-id")
    page.page.keyboard.press("j")
    expect(page.page.locator(".row.current")).to_have_attribute("data-id", first or "")

    page.page.keyboard.press("e")

    expect(page.page.locator(".toast")).to_contain_text("1 message archived.")
    expect(page.page.locator(f'[data-id="{first}"]')).to_have_count(0)
    page.page.get_by_role("button", name="Undo").click()
    expect(page.page.locator(f'[data-id="{first}"]')).to_have_count(1)


@pytest.mark.parametrize("view", ["desktop", "phone"])
def test_what_is_done_to_mail_stays_in_sight_and_hides_no_focus(browser: Browser, live: Live, view: str):
    under_it = """() => {
        const bar = document.querySelector("#bulk").getBoundingClientRect();
        const node = document.activeElement.getBoundingClientRect();
        const foot = document.querySelector(".side").getBoundingClientRect();
        const covered = getComputedStyle(document.querySelector(".side")).position === "fixed" ? foot.top : innerHeight;
        return node.top < bar.bottom - 1 || node.bottom > covered + 1;
    }"""
    with open_page(browser, live.url, view=view) as watched:
        watched.log_in()
        watched.go("/mail/?view=all")
        page = watched.page
        bar = page.locator("#bulk")
        page.evaluate("scrollTo(0, 1500)")
        expect(bar).to_be_in_viewport(ratio=1)
        assert bar.bounding_box()["y"] >= page.locator("header.bar").bounding_box()["height"] - 1
        page.locator('[data-list] input[name="id"]').nth(20).focus()
        for key in ("Shift+Tab",) * 24 + ("Tab",) * 30:
            page.keyboard.press(key)
            assert not page.evaluate(under_it), key
        page.locator('[data-list] input[name="id"]').nth(5).check()
        page.evaluate("scrollTo(0, 1500)")
        bar.get_by_role("button", name="Flag", exact=True).click()
        expect(page.locator(".toast")).to_be_visible()


def test_mailboxes_stay_as_they_were_left(page: Watched, live: Live):
    live.imap.store.user("ada").create("Own")
    ada = live.app.extensions["mailhelper"].for_owner("1")
    ada.run(ada.accounts.list()[0].id)
    live.app.extensions["boxes"].by_owner.clear()
    page.go("/rules/")
    beside = page.page.locator(".side .boxes")

    expect(beside.get_by_role("link", name="Own")).to_be_visible()
    beside.locator("summary").click()
    page.go("/tags/")
    expect(beside.get_by_role("link", name="Own")).to_be_hidden()
    beside.locator("summary").press("Enter")
    page.go("/rules/")
    beside.get_by_role("link", name="Own").click()
    expect(page.page.locator("h1")).to_have_text("Own")


def test_a_message_is_read_when_it_is_opened_and_keys_go_on_to_the_next(page: Watched, live: Live):
    ada = live.app.extensions["mailhelper"].for_owner("1")
    page.go("/mail/?view=unread")
    first, second = (page.page.locator("[data-list] > .row").nth(at).get_attribute("data-id") for at in (0, 1))
    page.page.keyboard.press("?")
    expect(page.page.get_by_role("heading", name="Keys")).to_be_visible()
    page.page.keyboard.press("Escape")
    expect(page.page.get_by_role("heading", name="Keys")).not_to_be_visible()

    page.page.keyboard.press("j")
    page.page.keyboard.press("Enter")
    expect(page.page.get_by_role("button", name="Unread")).to_be_visible()
    assert ada.messages.get(int(first)).is_seen
    page.page.keyboard.press("j")
    page.page.wait_for_url(f"**/mail/{second}?view=unread")
    page.page.keyboard.press("k")
    page.page.wait_for_url(f"**/mail/{first}?view=unread")
    page.page.keyboard.press("u")

    page.page.wait_for_url("**/mail/?view=unread")
    expect(page.page.locator(".toast")).to_contain_text("1 message marked as unread.")
    assert not ada.messages.get(int(first)).is_seen


def test_enter_in_the_field_of_the_tag_tags(page: Watched, live: Live):
    page.go(f"/mail/{live.thread}")
    page.page.fill('[name="tag_argument"]', "by enter")

    page.page.press('[name="tag_argument"]', "Enter")

    expect(page.page.get_by_role("button", name="Remove tag by enter")).to_be_visible()
    assert live.app.extensions["mailhelper"].for_owner("1").count(f"id:{live.thread} in:archive") == 0
    page.page.press('[name="tag_argument"]', "Enter")
    expect(page.page.get_by_role("heading", name="Is this right?")).to_be_visible()


def test_a_phone_can_tag_correct_where_it_is_and_close_what_it_was_told(browser: Browser, live: Live):
    with open_page(browser, live.url, view="phone") as watched:
        watched.log_in()
        page = watched.page
        watched.go(f"/mail/{live.thread}?tab=why")
        expect(page.locator(".tabs [aria-current]")).to_be_in_viewport(ratio=1)
        page.get_by_role("link", name="Mail", exact=True).click()
        page.fill('[name="tag_argument"]', "by thumb")
        page.locator(".tag-tool button").click()
        expect(page.get_by_role("button", name="Remove tag by thumb")).to_be_visible()

        page.get_by_role("group", name="Importance").get_by_role("button", name="2").click()

        expect(page.get_by_role("group", name="Importance")).to_be_in_viewport()
        expect(page.locator(".toast")).to_contain_text("Importance")
        page.get_by_role("button", name="Close").click()
        expect(page.locator(".toast")).to_have_count(0)


def test_older_messages_come_below_without_a_new_page(page: Watched):
    page.go("/mail/?view=all")
    before = page.page.locator("[data-list] > .row").count()

    page.page.get_by_role("button", name="Older messages").click()

    expect(page.page.locator("[data-list] > .row").nth(before)).to_be_visible()
    assert page.page.url.endswith("view=all")


@pytest.mark.shared_data
def test_no_mail_runs_anything_or_asks_anybody(
    browser: Browser, live: Live, shared_data: Path, request: pytest.FixtureRequest
):
    payloads = [one["html"] for one in json.loads((shared_data / "html" / "xss_payloads.json").read_text())]
    if not request.config.getoption("--full"):
        payloads = payloads[::20]
    ada = live.app.extensions["mailhelper"].for_owner("1")
    account = ada.accounts.list()[0]
    folder = live.imap.store.user("ada").mailbox("INBOX")
    for number, payload in enumerate(payloads):
        folder.append(_attack(number, payload))
    before = {one.id for one in ada.search("", limit=1_000)}
    ada.run(account.id)
    attacks = sorted({one.id for one in ada.search("", limit=1_000)} - before)
    assert len(attacks) == len(payloads)
    for message_id, payload in zip(attacks, payloads, strict=True):
        ada.tags.assign([message_id], " ".join(payload.split())[:50] or "x")
        ada.rules.save(Rule(f"{message_id} {payload[:80]}", when="subject:never", then=[("tag", "never")]))

    with open_page(browser, live.url) as watched:
        watched.log_in()
        for message_id in attacks:
            watched.page.goto(f"{live.url}/mail/{message_id}", wait_until="load")
            watched.page.goto(f"{live.url}/mail/{message_id}/frame", wait_until="load")
        for path in ("/mail/?view=all", "/mail/?q=from:attacker.example", "/mail/?q=x", "/tags/", "/rules/"):
            watched.go(path)

        assert watched.foreign == []
        assert watched.dialogs == []
        assert watched.page.evaluate("window.attacked") is None


def _violations(watched: Watched, name: str, rules: dict[str, list[str]]) -> list[str]:
    found = Axe().run(watched.page, options=rules).response["violations"]
    return [f"{name}: {one['id']} {one['nodes'][0]['html'][:120]}" for one in found]


def _attack(number: int, payload: str) -> bytes:
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
        "Content-Type: text/html; charset=utf-8",
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


def _turn_on_second_factor(watched: Watched) -> None:
    page = watched.page
    watched.go("/tf-setup")
    page.get_by_role("button", name="Set up").click()
    page.wait_for_selector('input[name="code"]')
    secret = re.search(r">\s*([A-Z2-7]{4}(?:-[A-Z2-7]{1,4}){3,})\s*<", page.content())
    assert secret is not None
    page.fill('input[name="code"]', "000000")
    page.get_by_role("button", name="Turn on").click()
    # The app keeps its key: a mistyped code is mended where it was typed.
    page.fill('input[name="code"]', TOTP(secret[1]).generate().token)
    page.get_by_role("button", name="Continue").click()
    page.get_by_role("button", name="Make recovery codes").click()
    expect(page.locator(".codes > li").first).to_be_visible()
    page.get_by_role("link", name="Back to preferences").click()
    expect(page.get_by_text("On: an app shows the second code.")).to_be_visible()


def _add_account(watched: Watched, imap: ImapServer) -> None:
    page = watched.page
    watched.go("/accounts/add")
    page.fill('input[name="address"]', "second@example.org")
    page.fill('input[name="password"]', DEMO_SECRET)
    page.get_by_text("I know my server").click()
    page.fill('input[name="host"]', imap.host)
    page.fill('input[name="port"]', str(imap.port))
    page.fill('input[name="username"]', "second")
    page.select_option('select[name="security"]', "none")
    page.get_by_role("button", name="Check and add").click()
    page.wait_for_url("**/first")


def _correct(watched: Watched) -> None:
    page = watched.page
    watched.go("/mail/?view=inbox")
    page.locator("[data-list] > .row a").first.click()
    page.get_by_role("group", name="Urgency").get_by_role("button", name="3").click()
    expect(page.locator(".toast")).to_contain_text("Urgency")
    expect(page.get_by_role("group", name="Urgency").get_by_role("button", name="3")).to_have_attribute(
        "aria-pressed", "true"
    )


def _rule_with_preview_run_and_undo(watched: Watched) -> None:
    page = watched.page
    watched.go("/rules/new")
    page.fill('input[name="name"]', "everything")
    page.fill('textarea[name="when"]', "in:inbox")
    page.select_option('select[name="action"]', "tag")
    expect(page.locator('input[name="argument"]')).to_have_attribute("placeholder", "bills")
    page.fill('input[name="argument"]', "seen here")
    expect(page.locator("#preview .chip.green").first).to_contain_text("tag seen here")
    page.get_by_role("button", name="Save").click()
    page.get_by_role("button", name="Run on mail that is here").click()
    expect(page.get_by_text("matches of rules")).to_be_visible(timeout=15_000)
    page.get_by_role("button", name="Undo").click()
    expect(page.locator(".toast").first).to_contain_text("Undone")


def _draft_a_reply(watched: Watched) -> None:
    page = watched.page
    watched.go("/mail/?q=category:people in:inbox")
    page.locator("[data-list] > .row a").first.click()
    page.get_by_role("button", name="Draft a reply").click()
    expect(page.get_by_role("heading", name="Reply draft")).to_be_visible()
    page.get_by_label("Text").fill("Yes, gladly.")
    page.get_by_role("button", name="Put into my drafts").click()
    expect(page.locator(".toast")).to_contain_text("It goes into your drafts")
