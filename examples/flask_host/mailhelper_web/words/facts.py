"""What the engine notices about a message, in the reader's language: its closed vocabulary as tables.

The keys are the engine's own words, which stand in databases and never change; a plugin may say them too.
"""

from __future__ import annotations

from flask_babel import lazy_gettext
from flask_babel.speaklater import LazyString

_SERVER_SAYS_SPAM = lazy_gettext("the mail server says spam")
_ANSWER = lazy_gettext("an answer")
_UNSUBSCRIBE = lazy_gettext("can be unsubscribed")

FACTS: dict[str, LazyString] = {
    # lists, bulk and programs
    "mailing list": lazy_gettext("mailing list"),
    "from a mailing list": lazy_gettext("from a mailing list"),
    "unsubscribe header": _UNSUBSCRIBE,
    "offers to unsubscribe": _UNSUBSCRIBE,
    "bulk precedence": lazy_gettext("marked as bulk mail"),
    "sent by a program": lazy_gettext("sent by a program"),
    "mass mailer": lazy_gettext("sent by a bulk mailer"),
    "written in a mail program": lazy_gettext("written in a mail program"),
    "delivery report": lazy_gettext("delivery report"),
    # threads
    "reply": _ANSWER,
    "an answer": _ANSWER,
    "reply subject": lazy_gettext("subject of an answer"),
    "answers nothing": lazy_gettext("“Re:” without an earlier mail"),
    "forwarded": lazy_gettext("forwarded"),
    # the sender
    "personal sender name": lazy_gettext("sender has a person's name"),
    "address spells the sender's name": lazy_gettext("address fits the sender's name"),
    "domain spells the sender's name": lazy_gettext("domain fits the sender's name"),
    "sender names another address": lazy_gettext("sender's name holds another address"),
    "digits in the sender's address": lazy_gettext("many digits in the sender's address"),
    "sent from a malformed address": lazy_gettext("malformed sender's address"),
    "a person writes": lazy_gettext("written by a person"),
    # meetings and files
    "calendar request": lazy_gettext("invitation to a meeting"),
    "calendar answer": lazy_gettext("news of a meeting"),
    "a calendar message": lazy_gettext("about a meeting"),
    "calendar file": lazy_gettext("brings a calendar file"),
    "bill attached": lazy_gettext("brings a bill"),
    "file attached": lazy_gettext("brings a file"),
    # what the text looks like
    "question": lazy_gettext("asks a question"),
    "code in the text": lazy_gettext("a code in the text"),
    "amount of money": lazy_gettext("names an amount of money"),
    "little text with a link": lazy_gettext("little text with a link"),
    "link": lazy_gettext("has a link"),
    "many links": lazy_gettext("many links"),
    "no text": lazy_gettext("no text"),
    "marked important": lazy_gettext("marked important by the sender"),
    "marked unimportant": lazy_gettext("marked unimportant by the sender"),
    "flagged by the owner": lazy_gettext("flagged by you"),
    # what it is made of
    "subject names a person": lazy_gettext("subject names a person"),
    "text names a person": lazy_gettext("text names somebody"),
    "quotes somebody": lazy_gettext("quotes somebody"),
    "a day and a time": lazy_gettext("names a day and a time"),
    "minutes": lazy_gettext("speaks of minutes"),
    "a bank account": lazy_gettext("names a bank account"),
    "a number in the subject": lazy_gettext("a number in the subject"),
    "a person names a day and a time": lazy_gettext("a person names a day and a time"),
    "tells what a person did": lazy_gettext("tells what somebody did"),
    "tells of a person": lazy_gettext("tells of somebody"),
    "tells what somebody said": lazy_gettext("tells what somebody said"),
    # the sender's trade
    "trade: bank": lazy_gettext("sender is a bank"),
    "trade: insurer": lazy_gettext("sender is an insurer"),
    "trade: carrier": lazy_gettext("sender brings parcels"),
    "trade: travel": lazy_gettext("sender is about travel"),
    "trade: utility": lazy_gettext("sender supplies energy or water"),
    "trade: telecom": lazy_gettext("sender is a telecom"),
    "trade: authority": lazy_gettext("sender is an authority"),
    "trade: press": lazy_gettext("sender is a newspaper or magazine"),
    "trade: association": lazy_gettext("sender is a club or association"),
    "trade: software": lazy_gettext("sender runs software"),
    "trade: shop": lazy_gettext("sender is a shop"),
    "trade: network": lazy_gettext("sender is a network of people"),
    # trust
    "server says spam": _SERVER_SAYS_SPAM,
    "the server's filter says spam": _SERVER_SAYS_SPAM,
    "server says no spam": lazy_gettext("the mail server says no spam"),
    "high spam score": lazy_gettext("high spam score at the mail server"),
    "raised spam score": lazy_gettext("raised spam score at the mail server"),
    "spf failed": lazy_gettext("server may not send for this domain (SPF)"),
    "dkim failed": lazy_gettext("signature does not hold (DKIM)"),
    "dmarc failed": lazy_gettext("sender not confirmed (DMARC)"),
    "fails a check of its sender": lazy_gettext("sender fails a check"),
    "sender authenticated": lazy_gettext("sender is confirmed"),
    "reply goes elsewhere": lazy_gettext("answers go elsewhere"),
    "shouted subject": lazy_gettext("subject in capitals"),
    "greets an address": lazy_gettext("greets a mail address"),
    "exclamations": lazy_gettext("exclamation marks"),
    "money in the subject": lazy_gettext("money or percents in the subject"),
    "gappy subject": lazy_gettext("gaps in the subject"),
    "absurd date": lazy_gettext("date cannot be right"),
    "no Message-ID": lazy_gettext("without Message-ID"),
    "html only": lazy_gettext("HTML alone"),
    "malformed": lazy_gettext("malformed"),
    # recipients
    "no recipient shown": lazy_gettext("no recipient shown"),
    "to me": lazy_gettext("to you"),
    "addressed to me": lazy_gettext("addressed to you"),
    "copied to me": lazy_gettext("copied to you"),
    "not addressed to me": lazy_gettext("not addressed to you"),
    "one recipient": lazy_gettext("one recipient"),
    "few recipients": lazy_gettext("few recipients"),
    "many recipients": lazy_gettext("many recipients"),
    "from me": lazy_gettext("from you"),
    # the owner and the sender
    "first mail of this sender": lazy_gettext("first mail of this sender"),
    "you never answer this sender": lazy_gettext("you never answer this sender"),
    "you delete this sender's mail unread": lazy_gettext("you delete this sender's mail unread"),
    "you answer most mail of this sender": lazy_gettext("you answer most mail of this sender"),
    "you answer this sender": lazy_gettext("you answer this sender"),
    "you write to this sender": lazy_gettext("you write to this sender"),
    "you wrote to this sender lately": lazy_gettext("you wrote to this sender lately"),
    "in a thread you wrote in": lazy_gettext("in a thread you wrote in"),
    # deadlines
    "deadline within a day": lazy_gettext("deadline within a day"),
    "deadline within a week": lazy_gettext("deadline within a week"),
    "deadline within two weeks": lazy_gettext("deadline within two weeks"),
    "deadline far ahead": lazy_gettext("deadline far ahead"),
    "neither deadline nor request": lazy_gettext("neither deadline nor request"),
    "nothing that matters more": lazy_gettext("nothing that matters more"),
    # summaries
    "the message's own sentences": lazy_gettext("sentences of the message itself"),
}

# Where a cue stands, and where several do.
ZONES: dict[str, tuple[LazyString, LazyString]] = {
    "subject": (lazy_gettext("subject: %(topic)s"), lazy_gettext("subject, repeatedly: %(topic)s")),
    "text": (lazy_gettext("text: %(topic)s"), lazy_gettext("text, repeatedly: %(topic)s")),
    "sender": (lazy_gettext("sender: %(topic)s"), lazy_gettext("sender, repeatedly: %(topic)s")),
    "opening": (lazy_gettext("beginning: %(topic)s"), lazy_gettext("beginning, repeatedly: %(topic)s")),
    "closing": (lazy_gettext("end: %(topic)s"), lazy_gettext("end, repeatedly: %(topic)s")),
    "topic": (lazy_gettext("is about: %(topic)s"), lazy_gettext("is about, repeatedly: %(topic)s")),
    "mainly": (lazy_gettext("mainly about: %(topic)s"), lazy_gettext("clearly about: %(topic)s")),
}
# What stands there, as the engine's list has it.
WITH_CUE = lazy_gettext("%(reason)s (“%(cue)s”)")
KNOWN_SENDER = lazy_gettext("well-known sender: %(topic)s")

# What the words stand for that are looked for.
TOPICS: dict[str, LazyString] = {
    "finance": lazy_gettext("money and bills"),
    "shopping": lazy_gettext("orders and trips"),
    "newsletter": lazy_gettext("newsletter"),
    "promotion": lazy_gettext("advertising"),
    "notification": lazy_gettext("notice of a service"),
    "invitation": lazy_gettext("invitation or appointment"),
    "social": lazy_gettext("social network"),
    "security": lazy_gettext("log-in and security"),
    "by-product": lazy_gettext("delivery report or scan"),
    "absence": lazy_gettext("absence"),
    "survey": lazy_gettext("survey"),
    "letters": lazy_gettext("what people write to each other"),
    "other": lazy_gettext("surveys, absence and what machines leave"),
    "code": lazy_gettext("one-time code"),
    "greeting": lazy_gettext("greeting"),
    "farewell": lazy_gettext("farewell"),
    "mass-greeting": lazy_gettext("greeting to many"),
    "first-person": lazy_gettext("“I” or “we”"),
    "request": lazy_gettext("a request"),
    "urgent": lazy_gettext("in a hurry"),
    "trouble": lazy_gettext("trouble"),
    "reminder": lazy_gettext("reminder"),
    "soon": lazy_gettext("today or tomorrow"),
    "no-hurry": lazy_gettext("no hurry"),
    "serious": lazy_gettext("contract, authority or health"),
    "scam": lazy_gettext("as fraud is worded"),
    "pills": lazy_gettext("pills, sex or gambling"),
    "quick-money": lazy_gettext("quick money"),
    "phish": lazy_gettext("phishing for passwords"),
    "click": lazy_gettext("asks for a click"),
    "robot": lazy_gettext("a machine"),
    "role": lazy_gettext("a team or service"),
}
