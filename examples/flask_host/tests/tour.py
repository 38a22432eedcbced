"""All pages of the host with something on each, and who looks at them; what is no page is listed with its reason."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

# As the demo's user.
PAGES = {
    "start": "/",
    "inbox": "/mail/?view=inbox",
    "empty": "/mail/?view=trash",
    "search": "/mail/?q=hello",
    "mailboxes": "/mail/boxes",
    "mailbox": "/mail/?view=box-1",
    "search in vain": "/mail/?q=in:inobx",
    "search by meaning": "/mail/?q=dinner&mode=both",
    "search by filters alone": "/mail/?q=is:unread&mode=meaning",
    "similar": "/mail/{thread}/similar",
    "mistake": "/mail/?q=size>x",
    "message": "/mail/1",
    "text": "/mail/1?tab=text",
    "why": "/mail/1?tab=why",
    "timeline": "/mail/1/timeline",
    "why a query finds it": "/mail/1/explain?q=in:inbox -is:flagged",
    "headers": "/mail/1?tab=headers",
    "invitation": "/mail/{invitation}",
    "in a conversation": "/mail/{thread}",
    "suggested tags": "/mail/{suggested}",
    "conversation": "/mail/{thread}/thread",
    "drafts": "/replies/",
    "draft": "/replies/{draft}",
    "rules": "/rules/",
    "rule": "/rules/1",
    "new rule": "/rules/new?when=category:newsletter",
    "sieve": "/rules/sieve/",
    "tags": "/tags/",
    "learning": "/learning/",
    "curves": "/learning/category",
    "history": "/history/",
    "jobs": "/jobs/",
    "a job": "/jobs/{job}",
    "privacy": "/privacy/",
    "what would be sent": "/privacy/preview/1",
    "first sync": "/accounts/1/first",
    "accounts": "/accounts/",
    "account": "/accounts/1",
    "add account": "/accounts/add",
    "preferences": "/preferences/",
    "plugins": "/preferences/plugins/",
    "second factor": "/tf-setup",
    "recovery codes": "/mf-recovery-codes",
    "password": "/change",
    "password again": "/verify",
    "administration": "/admin/",
    "not invited": "/failures/uninvited",
    "nothing": "/mail/999999",
    **{f"failure {status}": f"/failures/{status}" for status in (403, 404, 405, 413, 429, 500, 503)},
    "failure still 500": "/failures/still/500/en",
    "failure still 503": "/failures/still/503/de",
}
# As nobody.
DOORS = {
    "log in": "/login",
    "register": "/register",
    "forgotten password": "/reset",
    "new password": "/reset/{reset}",
    "door failure 404": "/static/nowhere",
}


@dataclass(frozen=True, slots=True)
class Guest:
    """Somebody whose pages are others than the demo's user's."""

    email: str
    pages: Mapping[str, str]
    second_factor: bool = False  # is asked for it at the log-in
    turns_on: bool = False  # has just turned it on


NEW, SLOW = "new@example.org", "slow@example.org"
GUESTS = (
    Guest(NEW, {"welcome": "/"}),
    Guest(SLOW, {"first sync at work": "/accounts/{slow}/first"}),
    Guest(
        "two@example.org",
        {"code": "/tf-validate", "recovery code": "/mf-recovery", "lost phone": "/tf-rescue"},
        second_factor=True,
    ),
    Guest("codes@example.org", {"new recovery codes": "/mf-recovery-codes?show_codes=1"}, turns_on=True),
)
# Answers to GET that are no page of their own.
NO_PAGES = {
    "message.frame": "stands in the page of a message",
    "message.places": "the menu of a message's page",
    "tags.names": "the names that a field offers",
    "message.raw": "a file",
    "message.attachment": "a file",
    "sieve.export": "a file",
    "security.static": "files that no page uses",
    "security.tf_select": "leads on: there is one second factor",
    "preferences.after_second_factor": "leads on",
    "preferences.after_password": "leads on",
    "health.live": "for programs",
    "health.ready": "for programs",
    "openapi_apidoc": "for programs",
    **dict.fromkeys(("api_messages.count", "api_messages.read", "api_messages.search"), "for programs"),
    **dict.fromkeys(("api_lists.jobs", "api_lists.changes", "api_lists.searches"), "for programs"),
    **dict.fromkeys(("api_lists.suggested", "api_lists.thread", "api_lists.attachments"), "for programs"),
    "api_lists.attachment": "a file",
    **dict.fromkeys(("api_work.accounts", "api_work.job", "api_work.rules", "api_work.tags"), "for programs"),
}


def paths() -> Iterator[str]:
    """Yield the addresses of all pages, with names where ids stand."""
    for pages in (PAGES, DOORS, *(guest.pages for guest in GUESTS)):
        yield from pages.values()
