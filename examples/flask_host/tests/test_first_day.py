"""The owner's first day in a real Chromium: from registering to a rule, a search and a draft."""

from __future__ import annotations

import re

from passlib.totp import TOTP
from playwright.sync_api import Browser, expect

from examples.flask_host.tests.live import Live, Watched, open_page
from mailhelper_core.testing import ImapServer
from mailhelper_web.commands import DEMO_SECRET


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
