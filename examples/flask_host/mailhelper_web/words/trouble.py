"""What is wrong with a model provider, or with what it wrote, in the reader's language."""

from __future__ import annotations

from dataclasses import dataclass

from flask_babel import lazy_gettext
from flask_babel.speaklater import LazyString

from mailhelper_core import ErrorNote, ProviderError
from mailhelper_web.words.forms import Form, form, told


@dataclass(frozen=True, slots=True)
class Told:
    """What happened, what a reader can do about it, and whether that is done on the privacy page."""

    words: LazyString
    advice: LazyString
    is_privacy: bool = False


_NOTHING_CHANGED = lazy_gettext("Nothing was changed. Try again later.")
_CONSENT = Told(
    lazy_gettext("You have not allowed this."),
    lazy_gettext("A model provider would have to read your mail for it; nothing was sent. You can allow it."),
    is_privacy=True,
)
_BUDGET = Told(
    lazy_gettext("This month's limit for model providers is reached."),
    lazy_gettext("Nothing was sent. Raise the limit, or wait for the next month."),
    is_privacy=True,
)
_GONE = Told(
    lazy_gettext("The model provider that you allowed is no longer here."),
    lazy_gettext("Nothing was sent. Allow another one."),
    is_privacy=True,
)
_AWAY = Told(lazy_gettext("The model provider does not answer now."), _NOTHING_CHANGED)
_BUSY = Told(lazy_gettext("The model provider has too much to do."), _NOTHING_CHANGED)
_LOCKED = Told(
    lazy_gettext("The model provider does not let this server in."),
    lazy_gettext("The administrator has to look at its settings. Nothing was changed."),
)
_WITHHELD = Told(
    lazy_gettext("Nothing was sent: a name or number could not be replaced."),
    lazy_gettext("Your mail stays here. The administrator finds the reason in the log."),
)
_USELESS = Told(lazy_gettext("The model provider gave no answer that can be used."), _NOTHING_CHANGED)
# Whatever else a service does wrong gave no usable answer.
_PROVIDERS = {
    "consent": _CONSENT,
    "budget": _BUDGET,
    "no_provider": _GONE,
    "unreachable": _AWAY,
    "timeout": _AWAY,
    "broken": _AWAY,
    "service": _AWAY,
    "paused": _AWAY,
    "throttled": _BUSY,
    "login": _LOCKED,
    "tls": _LOCKED,
    "no_extra": _LOCKED,
    "no_model": _LOCKED,
    "withheld": _WITHHELD,
    "leak": _WITHHELD,
}
_OUTCOMES = {"answered": lazy_gettext("answered"), "open": lazy_gettext("under way")}
# What a draft of a reply says of itself; a service's own words are for its administrator, in the log.
_DRAFT_NOTES: tuple[Form, ...] = (
    form(
        "written from a template: no model provider may be asked",
        lazy_gettext("Written from a template: no model provider may be asked."),
    ),
    form(
        "written from a template: The month's budget has no room for this call{rest}",
        lazy_gettext("Written from a template: this month's limit for model providers is reached."),
    ),
    form(
        "written from a template: {reason}",
        lazy_gettext("Written from a template: the model provider gave no answer."),
    ),
    form(
        "left blank: links, addresses or numbers that no mail of the thread has ({count:d})",
        lazy_gettext("Links, addresses or numbers that no mail of the conversation has were left blank: %(count)s."),
    ),
)
_FOREIGN = "; no template is in the mail's language"
_NO_TEMPLATE = lazy_gettext("There is no template in the language of the mail.")


def draft_note(note: str) -> str:
    """Answer what is to be known about a draft: why no provider wrote it, or what of a provider's is not there."""
    why, foreign, _rest = note.partition(_FOREIGN)
    words = told(why, _DRAFT_NOTES) or why
    return f"{words} {_NO_TEMPLATE}" if foreign else words


def call_outcome(outcome: str) -> str:
    """Answer in words how the call of a model provider ended."""
    known = _OUTCOMES.get(outcome)
    return str(known if known else _PROVIDERS.get(outcome, _USELESS).words)


def provider_trouble(error: ProviderError | ErrorNote) -> Told:
    """Answer what to tell about a model provider that did not answer, or was not asked."""
    return _PROVIDERS.get(error.code, _USELESS)
