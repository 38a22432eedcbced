"""How the parts of the engine stand, in the reader's language; what rules of others say is not an admin's to read."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from flask_babel import gettext, lazy_gettext
from flask_babel.speaklater import LazyString

from mailhelper_core import HealthItem
from mailhelper_web.words.forms import Form, form, told

PURPOSES: Mapping[str, LazyString] = MappingProxyType(
    {
        "classify": lazy_gettext("Sort mail"),
        "summarize": lazy_gettext("Summaries"),
        "reply": lazy_gettext("Reply drafts"),
        "embed": lazy_gettext("Search by meaning"),
    }
)
RULES = "rules"
COUNTED = (RULES, "accounts")
NAMES: tuple[Form, ...] = (
    form("database", lazy_gettext("database")),
    form("key", lazy_gettext("key of the passwords")),
    form("accounts", lazy_gettext("accounts")),
    form(RULES, lazy_gettext("rules")),
    form("plugin sets", lazy_gettext("plugins of all processes")),
    form("plugin {name}", lazy_gettext("plugin %(name)s")),
    form("tables {name}", lazy_gettext("tables of the plugin %(name)s")),
)
FOUND: tuple[Form, ...] = (
    form("{address} at {revision}", lazy_gettext("%(address)s, schema %(revision)s")),
    form("opens {count:d} secrets", lazy_gettext("secrets that it opens: %(count)s")),
    form("{mark}, and {count:d} other", lazy_gettext("%(mark)s; other sets: %(count)s")),
    form("{mark}, and {count:d} others", lazy_gettext("%(mark)s; other sets: %(count)s")),
    form("{count:d} provider", lazy_gettext("what it provides: %(count)s")),
    form("{count:d} providers", lazy_gettext("what it provides: %(count)s")),
    form("missing", lazy_gettext("missing")),
    form("behind", lazy_gettext("not migrated yet")),
    form("newer", lazy_gettext("newer than this version of the plugin")),
)
COUNTS: tuple[Form, ...] = (
    form("{count:d} in all", lazy_gettext("%(count)s in total")),
    form("{count:d} cannot act", lazy_gettext("%(count)s that cannot act")),
    form("{count:d} switched off for a reason", lazy_gettext("%(count)s switched off for a reason")),
)
ADVICE: tuple[Form, ...] = (
    form(
        "another process has {there}, this one {here}; install the same everywhere and start all again",
        lazy_gettext(
            "Another process has: %(there)s. This one has: %(here)s. Install the same everywhere and start all again."
        ),
    ),
    form(
        "Add the first: `helper.for_owner(owner).accounts.add(url, username=..., password=...)`.",
        lazy_gettext("Everybody adds their own on the page of accounts."),
    ),
    form("look at the database first", lazy_gettext("Look at the database first.")),
    form(
        "Another version of this plugin has migrated them: give all programs that one.",
        lazy_gettext("Another version of this plugin has migrated them: give all programs that one."),
    ),
)


def health_name(item: HealthItem) -> str:
    """Answer which part of the engine was looked at."""
    return told(item.name, NAMES) or item.name


def health_found(item: HealthItem) -> str:
    """Answer what was found; the code of an error as it is."""
    if item.name in COUNTED:
        return ", ".join(told(part, COUNTS) or part for part in item.found.split(", "))
    return told(item.found, FOUND) or item.found


def health_advice(item: HealthItem) -> str:
    """Answer what to do; of rules only their number is told here, their names and words are their owners'."""
    if item.name == RULES and item.advice:
        return str(gettext("Their owners see on the page of rules why."))
    return told(item.advice, ADVICE) or item.advice


def purpose_name(purpose: str) -> str:
    """Answer what a model provider is asked for."""
    return str(PURPOSES.get(purpose, purpose))
