"""What the fields of queries ask for, in the reader's language, as a mistake in a query tells it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from types import MappingProxyType

from flask_babel import gettext, lazy_gettext
from flask_babel.speaklater import LazyString

HELP: Mapping[str, LazyString] = MappingProxyType(
    {
        "a bare word: subject, sender, recipients or text": lazy_gettext(
            "a word of subject, sender, recipients or text"
        ),
        "the subject": lazy_gettext("words of the subject"),
        "name or address of the sender; from:me is the account itself": lazy_gettext(
            "name or address of the sender; from:me is you"
        ),
        "name or address in To; to:me is the account itself": lazy_gettext("name or address in To; to:me is you"),
        "name or address in Cc": lazy_gettext("name or address in copy (Cc)"),
        "name or address in Bcc": lazy_gettext("name or address in blind copy (Bcc)"),
        "name or address in To, Cc or Bcc": lazy_gettext("name or address of any recipient: To, Cc or Bcc"),
        "name or address in Reply-To": lazy_gettext("name or address that answers go to (Reply-To)"),
        "name or address in Sender, who sent it for the author": lazy_gettext(
            "name or address of who sent it for the author (Sender)"
        ),
        "the text": lazy_gettext("words of the text"),
        "the sender's domain; : includes its sub-domains": lazy_gettext(
            "the sender's domain; with a colon its sub-domains too"
        ),
        "an attachment's file name": lazy_gettext("the file name of an attachment"),
        "an attachment's media type, attachment:image/*": lazy_gettext(
            "the type of an attachment, as in attachment:image/*"
        ),
        "octets of the largest attachment, with k, M or G": lazy_gettext(
            "size of the largest attachment in bytes, or with k, M or G"
        ),
        "the List-Id; list:* is any list": lazy_gettext("the name of a mailing list; list:* is any"),
        "header:Name=text; header:Name:* is present": lazy_gettext(
            "header:Name=text; header:Name:* where there is this field"
        ),
        "the Message-ID": lazy_gettext("the Message-ID of the mail"),
        "the Message-ID that it answers": lazy_gettext("the Message-ID of the mail that it answers"),
        "a mailbox by name or role; = by name only": lazy_gettext(
            "a mailbox by its name or what it is for; with “=” by its name alone"
        ),
        "a state": lazy_gettext("a state, such as unread"),
        "an IMAP keyword": lazy_gettext("a flag of the mail server, by its name"),
        "something present": lazy_gettext("what the mail has, such as attachment"),
        "a tag by name; tag:* is any": lazy_gettext("a tag by its name; tag:* is any"),
        "a tag that is suggested; suggested:name@0.9 at least so surely": lazy_gettext(
            "a tag that is suggested; suggested:name@0.9 where that is so sure"
        ),
        "the effective category": lazy_gettext("the kind of mail"),
        "the language, ISO 639-1": lazy_gettext("the language in two letters, such as en (ISO 639-1)"),
        "1 to 3": lazy_gettext("a level of 1 to 3"),
        "2 * urgency + importance, 3 to 9": lazy_gettext("twice the urgency and the importance: 3 to 9"),
        "the colour of the score": lazy_gettext("the traffic light: red, yellow or green"),
        "probability of spam, 0 to 1; spam:yes, spam:no": lazy_gettext(
            "how likely it is spam, 0 to 1; or spam:yes, spam:no"
        ),
        "what else is thought: opinion:NAME=value or :NAME>0.7": lazy_gettext(
            "another opinion: opinion:NAME=value or opinion:NAME>0.7"
        ),
        "octets, with k, M or G": lazy_gettext("size in bytes, or with k, M or G"),
        "more octets than": lazy_gettext("more bytes than this"),
        "fewer octets than": lazy_gettext("fewer bytes than this"),
        "when it was sent, or received where that is unknown": lazy_gettext(
            "when it was sent; where that is unknown, when it arrived"
        ),
        "the Date field": lazy_gettext("the date that the sender wrote"),
        "when the server received it": lazy_gettext("when it arrived at the server"),
        "date on or after this day": lazy_gettext("on this day or later"),
        "date before this day": lazy_gettext("earlier than this day"),
        "30d, 6w, 3m, 1y or 12h ago, or earlier": lazy_gettext("so old or older: 30d, 6w, 3m, 1y or 12h"),
        "within the last 30d, 6w, 3m, 1y or 12h": lazy_gettext("no older than this: 30d, 6w, 3m, 1y or 12h"),
        "an account by id or name": lazy_gettext("an account by its number or name"),
        "a thread by id": lazy_gettext("a conversation by its number"),
        "a message by id": lazy_gettext("a message by its number"),
        "pass, fail or none, as the trusted server reported": lazy_gettext(
            "pass, fail or none, as your mail server found"
        ),
        "pass, fail, softfail or none": lazy_gettext("one of pass, fail, softfail, none"),
        "pass, fail or none": lazy_gettext("one of pass, fail, none"),
        "whether Reply-To names an address that From has not": lazy_gettext(
            "whether answers go to another address than the sender's"
        ),
        "what the receiving server's filter said": lazy_gettext("what the spam filter of your mail server says"),
        "the score of that filter, on its own scale": lazy_gettext("the points of that filter, as it counts"),
        "X-Priority, 1 (highest) to 5 (lowest)": lazy_gettext(
            "how important the sender calls it (X-Priority): 1, the highest, to 5"
        ),
        "the program that wrote it: X-Mailer or User-Agent": lazy_gettext(
            "the program that wrote the mail (X-Mailer, User-Agent)"
        ),
        "the Precedence field: bulk, list, junk": lazy_gettext(
            "what the header field Precedence says: bulk, list, junk"
        ),
        "the Auto-Submitted field: auto-replied, auto-generated": lazy_gettext(
            "what the header field Auto-Submitted says: auto-replied, auto-generated"
        ),
        "what an invitation wants: request, cancel, reply": lazy_gettext(
            "what an invitation is: one of request, cancel, reply"
        ),
        "ok, repaired, partial, raw_only or headers_only": lazy_gettext(
            "how well it could be read: ok, repaired, partial, raw_only or headers_only"
        ),
        "what is wrong or missing, such as above-size-cap": lazy_gettext(
            "what is wrong with it or missing, such as above-size-cap"
        ),
    }
)
# As a hint tells it: the field, its help, and of an id how it is written.
_OF_FIELD = re.compile(r"(?P<field>[a-z_]+): (?P<help>.*?)(?P<whole>, a whole number)?", re.DOTALL)


def known_field_help(hint: str) -> str | None:
    """Answer the words of a field's help, with the field before it where the hint has it; None for anything else."""
    if hint in HELP:
        return str(HELP[hint])
    found = _OF_FIELD.fullmatch(hint)
    if found is None or found["help"] not in HELP:
        return None
    words = f"{found['field']}: {HELP[found['help']]}"
    return gettext("%(help)s, a whole number", help=words) if found["whole"] else words
