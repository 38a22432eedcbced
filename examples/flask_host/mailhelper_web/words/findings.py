"""What is wrong with rules, and which ones an owner may want, in the reader's language."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from flask_babel import gettext, lazy_gettext
from flask_babel.speaklater import LazyString

from mailhelper_core import Finding, FindingKind, ReadyRule, RuleSuggestion
from mailhelper_web.words.forms import QUOTED, Form, Part, form, told, unquoted
from mailhelper_web.words.hindrances import known_problem
from mailhelper_web.words.names import flag_name
from mailhelper_web.words.wording import role_name

_WISHES: Mapping[str, LazyString] = MappingProxyType({"set": lazy_gettext("set"), "unset": lazy_gettext("taken off")})
FINDINGS: Mapping[FindingKind, tuple[Form, ...]] = MappingProxyType(
    {
        "broken": (),  # why a rule cannot act
        "dead": (
            form(
                "its criteria contradict each other: no mail can meet them",
                lazy_gettext("Its conditions contradict each other: no mail can meet them."),
            ),
        ),
        "shadowed": (
            form(
                "all that it can match, {other!r} matches before and ends there",
                lazy_gettext("All that it could match, “%(other)s” matches before it, and ends there."),
            ),
        ),
        "looping": (
            form(
                "it moves mail from {mailbox} to {target}, and {names} moves it back",
                lazy_gettext("It moves mail from %(mailbox)s to %(target)s, and %(names)s moves it back."),
            ),
            form(
                "it turns the flag {flag} from {other_wish} to {wish}, and {names} turns it back",
                lazy_gettext("The flag “%(flag)s” is %(wish)s here, and %(names)s turns that back."),
            ),
            form(
                "it turns the tag {name} from {other_wish} to {wish}, and {names} turns it back",
                lazy_gettext("The tag “%(name)s” is %(wish)s here, and %(names)s turns that back."),
            ),
            form(
                "it turns the urgency from {other_level} to {level}, and {names} turns it back",
                lazy_gettext("The urgency becomes %(level)s here, and %(names)s turns that back."),
            ),
            form(
                "it turns the importance from {other_level} to {level}, and {names} turns it back",
                lazy_gettext("The importance becomes %(level)s here, and %(names)s turns that back."),
            ),
        ),
        "conflicting": (
            form(
                "it wants the flag {flag} {wish}, and {who} wants it {other_wish}",
                lazy_gettext("The flag “%(flag)s” is %(wish)s here, and %(other_wish)s by %(who)s."),
            ),
            form(
                "it wants the tag {name} {wish}, and {who} wants it {other_wish}",
                lazy_gettext("The tag “%(name)s” is %(wish)s here, and %(other_wish)s by %(who)s."),
            ),
            form(
                "it wants the urgency {level}, and {who} wants it {other_level}",
                lazy_gettext("The urgency is %(level)s here, and %(other_level)s by %(who)s."),
            ),
            form(
                "it wants the importance {level}, and {who} wants it {other_level}",
                lazy_gettext("The importance is %(level)s here, and %(other_level)s by %(who)s."),
            ),
            form(
                "it wants the mailbox {mailbox}, and {who} wants it {target}",
                lazy_gettext("Mail is moved to %(mailbox)s here, and to %(target)s by %(who)s."),
            ),
        ),
        "unknown": (
            form(
                "nothing gives the category {category!r}, and no mail has it; did you mean {name}?",
                lazy_gettext("No mail is of the kind “%(category)s”, and none will be; did you mean “%(name)s”?"),
            ),
            form(
                "nothing gives the category {category!r}, and no mail has it",
                lazy_gettext("No mail is of the kind “%(category)s”, and none will be."),
            ),
            form(
                "no account has the mailbox {named!r} now; did you mean {name}?",
                lazy_gettext("There is no mailbox “%(named)s”; did you mean “%(name)s”?"),
            ),
            form("no account has the mailbox {named!r} now", lazy_gettext("There is no mailbox “%(named)s”.")),
            form(
                "there is no tag {named!r}; did you mean {name}?",
                lazy_gettext("There is no tag “%(named)s”; did you mean “%(name)s”?"),
            ),
            form("there is no tag {named!r}", lazy_gettext("There is no tag “%(named)s”.")),
            form(
                "there is no account {named!r}; did you mean {name}?",
                lazy_gettext("There is no account “%(named)s”; did you mean “%(name)s”?"),
            ),
            form("there is no account {named!r}", lazy_gettext("There is no account “%(named)s”.")),
            form(
                "no own address of account {account} is known, so 'me' is nobody there; "
                "say it with accounts.update({same}, addresses=...)",
                lazy_gettext("No own address of account %(account)s is known, so “me” finds nothing there."),
            ),
        ),
        "costly": (
            form(
                "{test} is asked of every mail; add a test that an index answers, such as from:",
                lazy_gettext("“%(test)s” reads every mail, which is slow; add a quick condition, such as from:"),
            ),
        ),
    }
)

_FROM: tuple[Form, ...] = (
    form("of the list {value}", lazy_gettext("of the list %(value)s")),
    form("from the domain {value}", lazy_gettext("from the domain %(value)s")),
    form("from {value}", lazy_gettext("from %(value)s")),
)
# What became of the mail, by the action that does it, with the end of the engine's sentence.
_FATES: Mapping[str, tuple[str, LazyString]] = MappingProxyType(
    {
        "fileinto": (" lie in {}.", lazy_gettext("lie in %(target)s")),
        "archive": (" are archived.", lazy_gettext("are archived")),
        "discard": (" are in the trash.", lazy_gettext("are in the trash")),
        "tag": (" bear the tag {}.", lazy_gettext("have the tag %(target)s")),
    }
)

READY: Mapping[str, tuple[LazyString, LazyString]] = MappingProxyType(
    {
        "archive-newsletters": (
            lazy_gettext("Archive newsletters"),
            lazy_gettext("Newsletters are marked as read, tagged and archived."),
        ),
        "discard-spam": (
            lazy_gettext("Throw spam away"),
            lazy_gettext("What is almost certainly spam goes into the trash."),
        ),
        "flag-important": (
            lazy_gettext("Flag what is important"),
            lazy_gettext("Important mail from people is flagged, and tagged."),
        ),
        "file-attachments": (
            lazy_gettext("Collect attachments"),
            lazy_gettext("Mail from people with attachments is tagged, and copied into its own mailbox."),
        ),
    }
)


def finding_words(finding: Finding) -> str:
    """Answer what is wrong with a rule; what nobody planned as it is."""
    return known_finding(finding) or finding.message


def known_finding(finding: Finding) -> str | None:
    """Answer the words of a finding that the engine tells, None for anything else."""
    if finding.kind == "broken":
        return known_problem(finding.message)
    return told(finding.message, FINDINGS.get(finding.kind, ()), _PARTS)


def suggestion_words(one: RuleSuggestion) -> str:
    """Answer why a rule is suggested; what nobody planned as it is."""
    return known_suggestion(one) or one.reason


def known_suggestion(one: RuleSuggestion) -> str | None:
    """Answer the words of a suggestion that the engine makes, None for anything else."""
    action = one.rule.then[0] if len(one.rule.then) == 1 else None
    if action is None or action.name not in _FATES:
        return None
    ending, fate = _FATES[action.name]
    head, tail = f"{one.support} of {one.total} mails ", ending.format(action.argument)
    if not (one.reason.startswith(head) and one.reason.endswith(tail)):
        return None
    origin = told(one.reason[len(head) : -len(tail)], _FROM)
    if origin is None:
        return None
    treated = str(fate) % {"target": action.argument}
    total = one.total
    return str(
        gettext(
            "%(support)s of %(total)s mails %(origin)s %(fate)s.",
            support=one.support,
            total=total,
            origin=origin,
            fate=treated,
        )
    )


def ready_title(one: ReadyRule) -> str:
    """Answer the name of a ready-made rule; a plugin's own as it is."""
    return str(READY[one.name][0]) if one.name in READY else one.rule.name


def ready_help(one: ReadyRule) -> str:
    """Answer what a ready-made rule is for; of a plugin's own as it is."""
    return str(READY[one.name][1]) if one.name in READY else one.help


def _who(said: str) -> str:
    """Answer who wants it otherwise: another rule in quotes, or this one."""
    return gettext("another of its actions") if said == "an action of its own" else _named(unquoted(said))


def _names(said: str) -> str:
    return ", ".join(_named(unquoted(name)) for name in QUOTED.findall(said))


def _named(rule: str) -> str:
    return str(gettext("“%(name)s”", name=rule))


_PARTS: Mapping[str, Part] = MappingProxyType(
    {
        "mailbox": role_name,
        "target": role_name,
        "names": _names,
        "who": _who,
        "flag": flag_name,
        "wish": lambda wish: str(_WISHES.get(wish, wish)),
        "other_wish": lambda wish: str(_WISHES.get(wish, wish)),
    }
)
