"""What a Sieve script and rules cannot say to each other, in the reader's language."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from flask_babel import lazy_gettext
from flask_babel.speaklater import LazyString

from mailhelper_core import SieveLoss, SieveLossKind
from mailhelper_web.words.forms import Form, form, told
from mailhelper_web.words.hindrances import known_problem

KINDS: Mapping[SieveLossKind, LazyString] = MappingProxyType(
    {
        "near": lazy_gettext("nearly the same"),
        "kept": lazy_gettext("kept, but does nothing"),
        "left_out": lazy_gettext("left out"),
    }
)
# Settings of a rule as a whole; whatever else is lost stands as it is written.
_SETTINGS: Mapping[tuple[str, str], LazyString] = MappingProxyType(
    {
        ("off", "it is switched off"): lazy_gettext("off"),
        ("otherwise", "Sieve knows no rule for what no other matched"): lazy_gettext("otherwise"),
        ("delay", "Sieve acts at delivery"): lazy_gettext("Only after"),
        ("schedule", "Sieve acts at delivery"): lazy_gettext("By the clock"),
        ("account", "a script does not say whose it is; import it for this account"): lazy_gettext("account"),
        ("comments", "no rule comes of it, so nothing of it is kept"): lazy_gettext("all of it"),
        ("comments", "what it came from is written anew, without them"): lazy_gettext("comments"),
        ("order", "on a server each of them counts, here the last one that acts on a message"): lazy_gettext("order"),
        ("order", "where one before it acts too, a script has another end"): lazy_gettext("order"),
        ("line ends", "they come back as LF alone"): lazy_gettext("line ends"),
        (
            "first",
            "the rule mode is first: where this rule acts, none behind it does, as a script lets them",
        ): lazy_gettext("only the first"),
        ("first", "where it acts, the rules behind it act too"): lazy_gettext("only the first"),
        ("propose", "Sieve does not ask before it acts"): lazy_gettext("ask me before it acts"),
    }
)
LOSSES: tuple[Form, ...] = (
    # rules as a script
    form("it is switched off", lazy_gettext("The rule is switched off.")),
    form(
        "Sieve knows no rule for what no other matched",
        lazy_gettext("Sieve knows no rule for mail that no other rule matched."),
    ),
    form(
        "Sieve asks for the field, which may be empty",
        lazy_gettext("Sieve only asks whether the field is there; it may be empty."),
    ),
    form(
        "Sieve asks for the field, which may name nobody",
        lazy_gettext("Sieve only asks whether the field says something; it may name nobody."),
    ),
    form("Sieve acts at delivery", lazy_gettext("Sieve acts when mail is delivered, and not later.")),
    form(
        "a script does not say whose it is; import it for this account",
        lazy_gettext("The script does not say for which account it is; say so when you read it in again."),
    ),
    form("Sieve does not ask before it acts", lazy_gettext("Sieve does not ask before it acts.")),
    form(
        "on a server it is gone, here it moves to the trash",
        lazy_gettext("On a mail server the mail is gone; here it goes to the trash."),
    ),
    form("Sieve has no {name!r}", lazy_gettext("Sieve does not know “%(name)s”.")),
    form("Sieve has no is:{state}", lazy_gettext("Sieve does not know “is:%(state)s”.")),
    form("{field}:me has no word in Sieve", lazy_gettext("Sieve does not know “%(field)s:me”.")),
    form(
        "Sieve looks for the text, wherever words begin and end",
        lazy_gettext("Sieve finds the text within other words too."),
    ),
    form(
        "Sieve tells é from e, and two blanks from one",
        lazy_gettext("Sieve tells é from e, and two blanks from one."),
    ),
    form(
        "on a server each of them counts, here the last one that acts on a message",
        lazy_gettext("On a mail server all of them count, here the last one that acts on a mail."),
    ),
    form(
        "on a server it ends the actions and rules behind it too",
        lazy_gettext("On a mail server it ends the actions and rules behind it too."),
    ),
    form(
        "Sieve looks for it within the whole field",
        lazy_gettext("Sieve looks for it anywhere in the header field."),
    ),
    form(
        "Sieve looks at the field Date, and a day begins where the server says",
        lazy_gettext("Sieve looks at the date in the mail, and its day begins when the mail server says."),
    ),
    form(
        "a script looks at every author, here the first one counts",
        lazy_gettext("A script looks at every author of a mail; here the first one counts."),
    ),
    form(
        "Sieve looks at the field as it is written",
        lazy_gettext("Sieve looks at the header field as it is written."),
    ),
    form(
        "Sieve cannot ask whether there is a text",
        lazy_gettext("Sieve cannot ask whether a mail has a text."),
    ),
    form(
        "Sieve has no word for a pattern anywhere",
        lazy_gettext("Sieve cannot look for a pattern everywhere in a mail."),
    ),
    form("Sieve cannot ask for an exact size", lazy_gettext("Sieve cannot ask for an exact size.")),
    form(
        "Sieve knows no mailbox before delivery",
        lazy_gettext("Before delivery, Sieve knows no mailbox."),
    ),
    form(
        "where it acts, the rules behind it act too",
        lazy_gettext("Where it acts, the rules behind it act too."),
    ),
    form(
        "what it came from is written anew, without them",
        lazy_gettext("The rule is written anew, without the comments of the script that it came from."),
    ),
    form("at delivery all mail comes to the inbox", lazy_gettext("At delivery all mail comes to the inbox.")),
    form(
        "this regular expression is not one of POSIX",
        lazy_gettext("Sieve cannot read this regular expression (POSIX)."),
    ),
    # a script as rules
    form("it sends mail, which rules do not", lazy_gettext("It would send mail; rules never do.")),
    form(
        "only a server at delivery knows the answer; the rule does nothing",
        lazy_gettext("A mail server alone knows this, at delivery; the rule does nothing."),
    ),
    form("it is unknown here; the rule does nothing", lazy_gettext("It is unknown here; the rule does nothing.")),
    form(
        "no rule comes of it, so nothing of it is kept", lazy_gettext("There is no rule in it; nothing of it is kept.")
    ),
    form(
        "where one before it acts too, a script has another end",
        lazy_gettext("Where one before it acts too, the script has another end."),
    ),
    form(
        "the rule mode is first: where this rule acts, none behind it does, as a script lets them",
        lazy_gettext("Only the first rule that matches acts, as you chose; a script lets those behind it act too."),
    ),
    form("they come back as LF alone", lazy_gettext("They come back as those of Unix.")),
    form("it moves to the trash here", lazy_gettext("Here it moves mail to the trash.")),
)


def loss_words(loss: SieveLoss) -> str:
    """Answer why something is lost; what nobody planned as it is."""
    return known_loss(loss.why) or loss.why


def known_loss(why: str) -> str | None:
    """Answer the words for a loss that the engine tells, None for anything else."""
    return told(why, LOSSES) or known_problem(why)


def loss_part(loss: SieveLoss) -> str:
    """Answer what is lost: a setting of the rule by its name on the page, code as it is written."""
    return str(_SETTINGS.get((loss.what, loss.why), loss.what))


def loss_kind(kind: SieveLossKind) -> str:
    """Answer how much is lost."""
    return str(KINDS.get(kind, kind))
