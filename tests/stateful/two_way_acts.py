"""What may happen in the machine of both directions: mailboxes, keywords, faults, and what befalls one message."""

from __future__ import annotations

from hypothesis import strategies as st

from mailhelper_core.testing import Answer, Bye, Fault, Interrupt
from tests.unit.sync.world import mail

TRASH = "Trash"
MAILBOXES = ("INBOX", "Archive", "Work", TRASH)
# Where copies go, and nothing else; the first makes it.
COPIES = "Copies"
KEYWORDS = ("\\Seen", "\\Flagged", "$work")  # as we spell it: the first to say a keyword decides its case
COMMANDS = (
    "UID STORE", "UID MOVE", "UID COPY", "UID FETCH", "SELECT", "EXAMINE", "STATUS", "LIST", "LOGIN", "UID EXPUNGE",
    "EXPUNGE",
)  # fmt: skip
# What a server may lack that moves go by.
MOVES_WITHOUT = ((), ("MOVE",), ("MOVE", "UIDPLUS"))
ACTIONS = (Answer("NO"), Answer("NO", "Busy", "INUSE"), Bye(), Interrupt("tag"), Interrupt("line", after=7))
# Rounds of delivery and sync after which nothing may be left: a refused command waits, is tried again, then seen.
ROUNDS = 4
# Few, so that all three sides meet at the same message.
LETTERS = 4


def letter(number: int, name: str, *, is_twin: bool) -> bytes:
    """Write a letter whose body begins with its name; twins have one header, no Message-ID, and a size each.

    Of one size, or with one Message-ID, they would be one message to a sync that has stored only one of them.
    """
    body = f"{name}: {'x' * number}"
    return mail(0, subject="Twins", message_id="", body=body) if is_twin else mail(number, body=body)


numbers = st.integers(0, 30)
mailboxes = st.sampled_from(MAILBOXES)
keywords = st.sampled_from(KEYWORDS)
faults = st.builds(Fault, st.sampled_from(COMMANDS), st.sampled_from(ACTIONS), nth=st.integers(1, 4))
# What happens to one message before the next sync, or with one between: methods, and what they are given.
happenings = st.one_of(
    st.tuples(st.just("another_client_flags"), keywords),
    st.tuples(st.just("another_client_moves"), mailboxes),
    st.tuples(st.just("wish_keyword"), keywords, st.booleans()),
    st.tuples(st.just("wish_keyword"), keywords, st.just(True)),
    st.tuples(st.just("wish_move"), mailboxes, st.booleans()),
    st.tuples(st.just("wish_copy"), st.booleans()),
    st.tuples(st.just("wish_trash"), st.booleans()),
    st.tuples(st.just("undo")),
    st.tuples(st.just("sync")),
)
