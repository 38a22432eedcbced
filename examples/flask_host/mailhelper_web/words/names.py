"""What opinions are about and what they answer, by name in the reader's language."""

from __future__ import annotations

from flask_babel import lazy_gettext
from flask_babel.speaklater import LazyString

CATEGORY_NAMES: dict[str, LazyString] = {
    "people": lazy_gettext("People"),
    "conversation": lazy_gettext("Conversations"),
    "newsletter": lazy_gettext("Newsletters"),
    "notification": lazy_gettext("Notifications"),
    "finance": lazy_gettext("Finance"),
    "shopping": lazy_gettext("Shopping"),
    "invitation": lazy_gettext("Invitations"),
    "social": lazy_gettext("Social"),
    "security": lazy_gettext("Security"),
    "other": lazy_gettext("Other"),
}

_KIND_NAMES: dict[str, LazyString] = {
    "spam": lazy_gettext("Spam"),
    "category": lazy_gettext("Kind"),
    "urgency": lazy_gettext("Urgency"),
    "importance": lazy_gettext("Importance"),
    "summary": lazy_gettext("Summary"),
    "language": lazy_gettext("Language"),
    "reply": lazy_gettext("Needs an answer"),
}


def category_names() -> dict[str, str]:
    """Answer the names of all categories in the reader's language, for a page that needs many."""
    return {category: str(name) for category, name in CATEGORY_NAMES.items()}


def kind_name(kind: str) -> str:
    """Answer what an opinion is about in the reader's language; a plugin's own kind as it is."""
    return str(_KIND_NAMES.get(kind, kind))


def category_name(category: str | None) -> str:
    """Answer a category in the reader's language; a plugin's own as it is."""
    return str(CATEGORY_NAMES.get(category, category)) if category else ""


def percent(share: float | None) -> str:
    """Answer a probability as whole percents."""
    return "" if share is None else f"{share:.0%}"
