"""Mail in a real Chromium: keys, and what stays in sight on a desk and a phone."""

from __future__ import annotations

from itertools import pairwise

import pytest
from playwright.sync_api import Browser, expect

from examples.flask_host.tests.live import VIEWPORTS, Live, Watched, open_page
from examples.flask_host.tests.tour import PAGES
from mailhelper_web.commands import DEMO_SECRET


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


def test_the_bar_of_a_phone_has_five_places_of_one_width(browser: Browser, live: Live):
    live.imap.store.user("ada").create("Of a phone")
    ada = live.ada
    ada.run(ada.accounts.list()[0].id)
    live.app.extensions["boxes"].by_owner.clear()
    with open_page(browser, live.url, view="phone") as watched:
        watched.log_in()
        watched.go("/rules/")
        middles = watched.page.evaluate("""() => [...document.querySelectorAll(".side > ul > li")]
            .map(one => one.getBoundingClientRect()).filter(one => one.width).map(one => one.x + one.width / 2)""")

    steps = [right - left for left, right in pairwise(middles)]
    assert len(middles) == 5
    assert max(steps) < 1.35 * min(steps), steps


def test_long_names_of_accounts_and_mailboxes_stay_within_a_phone(browser: Browser, live: Live):
    ada = live.ada
    name = "ada@a-very-long-name-of-a-company.example.com"
    second = ada.accounts.add(live.imap.url, username="second", password=DEMO_SECRET, name=name)
    live.imap.store.user("second").create("Projects/The roof and the heating of the whole house")
    ada.run(second.id)
    message = ada.search(f"account:{second.id}", limit=1)[0].id
    with open_page(browser, live.url, view="phone") as watched:
        watched.log_in()
        wide = {}
        for path in ("/", f"/?account={second.id}", "/mail/boxes", "/accounts/", f"/accounts/{second.id}", "/privacy/"):
            watched.go(path)
            wide[path] = watched.page.evaluate("document.documentElement.scrollWidth - innerWidth")
        watched.go(f"/mail/{message}")
        watched.page.locator(".toolbar .menu summary").click()
        menu = watched.page.locator(".toolbar .menu-card")
        expect(menu.get_by_role("button", name="The roof and the heating")).to_be_visible()
        expect(menu).to_be_in_viewport(ratio=1)
        place = menu.bounding_box()
    ada.accounts.remove(second.id)

    assert {path: by for path, by in wide.items() if by > 0} == {}
    assert place["x"] >= 0
    assert place["x"] + place["width"] <= VIEWPORTS["phone"]["width"]


@pytest.mark.parametrize("width", [320, 600, 800, 1024])
def test_nothing_of_a_page_stands_beside_it_at_other_widths(browser: Browser, live: Live, width: int):
    beside = """() => [...document.querySelectorAll("main *")].filter(one => {
        const place = one.getBoundingClientRect();
        const cut = one.parentElement.closest(".scroll, .tabs, .row, .thread, .hidden, details:not([open])");
        return place.width && !cut && place.right > document.documentElement.clientWidth + 1;
    }).map(one => one.outerHTML.slice(0, 80))"""
    outside = """() => [...document.querySelectorAll(".bars a, .row .chip")].filter(one => {
        const inner = one.lastElementChild || one, box = one.closest(".card, section, .list");
        return inner.getBoundingClientRect().right > box.getBoundingClientRect().right + 1;
    }).map(one => one.outerHTML.slice(0, 80))"""
    pages = live.pages({name: PAGES[name] for name in ("start", "inbox", "message", "rule", "what would be sent")})
    found = {}
    with open_page(browser, live.url, language="de") as watched:
        watched.log_in()
        watched.page.set_viewport_size({"width": width, "height": 800})
        for name, path in pages.items():
            watched.go(path)
            found[name] = watched.page.evaluate(beside) + watched.page.evaluate(outside)

    assert {name: what for name, what in found.items() if what} == {}


def test_back_from_a_refusal_leads_to_what_was_typed(page: Watched, live: Live):
    live.ada.tags.create("taken")
    page.go("/tags/")
    form = page.page.locator(".new-tag")
    form.get_by_label("New tag").fill("taken")
    form.get_by_label("What it is for").fill("a long text")
    form.get_by_role("button", name="Create").click()
    expect(page.page.locator(".failed")).to_be_visible()

    page.page.get_by_role("button", name="Back", exact=True).click()

    page.page.wait_for_url("**/tags/")
    expect(form.get_by_label("New tag")).to_have_value("taken")
    expect(form.get_by_label("What it is for")).to_have_value("a long text")


def test_older_messages_come_below_without_a_new_page(page: Watched):
    page.go("/mail/?view=all")
    before = page.page.locator("[data-list] > .row").count()

    page.page.get_by_role("button", name="Older messages").click()

    expect(page.page.locator("[data-list] > .row").nth(before)).to_be_visible()
    assert page.page.url.endswith("view=all")
