"""The capabilities the server can have, and what each needs."""

from __future__ import annotations

from collections.abc import Collection

# Order is the order in which CAPABILITY lists them.
KNOWN = (
    "IMAP4rev2",
    "SASL-IR",
    "AUTH=PLAIN",
    "AUTH=XOAUTH2",
    "AUTH=OAUTHBEARER",
    "LOGINDISABLED",
    "LITERAL+",
    "ID",
    "ENABLE",
    "IDLE",
    "NAMESPACE",
    "CHILDREN",
    "LIST-EXTENDED",
    "LIST-STATUS",
    "SPECIAL-USE",
    "STATUS=SIZE",
    "UNSELECT",
    "UIDPLUS",
    "MOVE",
    "ESEARCH",
    "CONDSTORE",
    "QRESYNC",
    "OBJECTID",
    "NOTIFY",
    "COMPRESS=DEFLATE",
    "X-GM-EXT-1",
)
# Off unless asked for: the first stands in place of IMAP4rev1, the second is for before TLS, the third for Google.
_OPTIONAL = {"IMAP4rev2", "LOGINDISABLED", "X-GM-EXT-1"}
# What imap.gmail.com offers of all this.
GMAIL = (
    "SASL-IR", "AUTH=PLAIN", "AUTH=XOAUTH2", "AUTH=OAUTHBEARER", "ID", "ENABLE", "IDLE", "NAMESPACE", "CHILDREN",
    "LIST-EXTENDED", "LIST-STATUS", "SPECIAL-USE", "UNSELECT", "UIDPLUS", "MOVE", "ESEARCH", "CONDSTORE",
    "COMPRESS=DEFLATE", "X-GM-EXT-1",
)  # fmt: skip
_NEEDS = {"QRESYNC": {"CONDSTORE", "ENABLE"}, "LIST-STATUS": {"LIST-EXTENDED"}}
# RFC 3501 6.1.1: what matters only before the login is not repeated behind it.
_BEFORE_LOGIN = ("AUTH=", "LOGINDISABLED")


def choose(capabilities: Collection[str] | None, without: Collection[str]) -> frozenset[str]:
    """Answer the capabilities to offer: those given (all when None) less `without` and what then lacks its base.

    Raises ValueError for a capability the server does not know.
    """
    unknown = {*(capabilities or ()), *without} - set(KNOWN)
    if unknown:
        raise ValueError(f"unknown capabilities: {', '.join(sorted(unknown))}")
    wanted = set(KNOWN) - _OPTIONAL if capabilities is None else set(capabilities)
    kept = wanted - set(without)
    return frozenset(name for name in kept if _NEEDS.get(name, set()) <= kept)


def listed(capabilities: frozenset[str], *, logged_in: bool, starttls: bool) -> str:
    """Answer the text of a CAPABILITY response."""
    shown = [name for name in KNOWN if name in capabilities]
    if logged_in:
        shown = [name for name in shown if not name.startswith(_BEFORE_LOGIN)]
    if starttls:
        shown.append("STARTTLS")
    return " ".join(shown if "IMAP4rev2" in shown else ["IMAP4rev1", *shown])
