"""Why a mail account cannot be used, and what to do about it, in the reader's language; by the engine's codes."""

from __future__ import annotations

from typing import NamedTuple

from flask_babel import lazy_gettext
from flask_babel.speaklater import LazyString


class Refusal(NamedTuple):
    """What happened, and what its owner can do."""

    headline: LazyString
    advice: LazyString


_PASSWORD = Refusal(
    lazy_gettext("The mail server does not accept this user name or password."),
    lazy_gettext("Check user name and password. Many providers want an app password for programs like this."),
)
_SERVER_FAULT = Refusal(
    lazy_gettext("The mail server does not do what it was asked for."),
    lazy_gettext("Try again later. If it stays so, ask who runs the mail server."),
)
_AWAY = Refusal(
    lazy_gettext("The mail server cannot be reached."),
    lazy_gettext("Check name and port, and whether this machine may reach it."),
)
_NO_MAIL_SERVER = Refusal(
    lazy_gettext("What answers there is no mail server as it should be."),
    lazy_gettext("Check the server's name and its port: 993 with TLS, 143 with STARTTLS."),
)
_BY_ITSELF = lazy_gettext("It is tried again by itself.")
_ENCRYPTION = lazy_gettext("Choose TLS or STARTTLS as security.")
_NO_KEY = Refusal(
    lazy_gettext("The stored password cannot be opened here."),
    lazy_gettext("The administrator has to look at the key file. Or enter the password again."),
)
_NO_PLUGIN = Refusal(
    lazy_gettext("What this account logs in with does not work here."),
    lazy_gettext("The administrator has to look at the plugins."),
)
REFUSALS: dict[str, Refusal] = {
    "login": _PASSWORD,
    "authenticationfailed": _PASSWORD,
    "authorizationfailed": Refusal(
        lazy_gettext("This user may not open that mailbox."),
        lazy_gettext("Check the user name, or ask who runs the mail server."),
    ),
    "expired": Refusal(lazy_gettext("The password has expired."), lazy_gettext("Enter a new one.")),
    "alert": Refusal(
        lazy_gettext("The mail provider wants to tell you something first."),
        lazy_gettext("Log in on its web page and see what it asks for. Then enter the password here again."),
    ),
    "contactadmin": Refusal(
        lazy_gettext("The mail server lets nobody in here without its administrator."),
        lazy_gettext("Ask who runs the mail server."),
    ),
    "in_use": Refusal(lazy_gettext("Another program uses this mailbox."), _BY_ITSELF),
    "unavailable": Refusal(lazy_gettext("This mailbox cannot be reached now."), _BY_ITSELF),
    "contact_admin": Refusal(
        lazy_gettext("The mail server does not open this mailbox."), lazy_gettext("Ask who runs the mail server.")
    ),
    "over_quota": Refusal(
        lazy_gettext("The mailbox is full."),
        lazy_gettext("Make room on the server; it is tried again every hour."),
    ),
    "limit": Refusal(
        lazy_gettext("The server keeps no more of this."), lazy_gettext("It is tried again for some days.")
    ),
    "imported": Refusal(
        lazy_gettext("The password of this account did not move here with it."), lazy_gettext("Enter it again.")
    ),
    "key": _NO_KEY,
    "key_file": _NO_KEY,
    "throttled": Refusal(
        lazy_gettext("The mail server asks for a pause."),
        lazy_gettext("Wait some minutes, then try again."),
    ),
    "unknown_host": Refusal(
        lazy_gettext("There is no server with this name."),
        lazy_gettext("Open “I know my server” and enter its name, as the provider's help page says it."),
    ),
    "no_guess": Refusal(
        lazy_gettext("The server cannot be found from this address."),
        lazy_gettext("Open “I know my server” and enter its name, as the provider's help page says it."),
    ),
    "refused": Refusal(
        lazy_gettext("Nobody listens at this server and port."),
        lazy_gettext("Check the name of the server. The port is 993 with TLS and 143 with STARTTLS."),
    ),
    "timeout": Refusal(
        lazy_gettext("The mail server does not answer."),
        lazy_gettext("Check its name and port, then try again."),
    ),
    "unreachable": _AWAY,
    "server": _AWAY,
    "connection_lost": Refusal(lazy_gettext("The mail server ended the connection."), lazy_gettext("Try again later.")),
    "tls": Refusal(
        lazy_gettext("The connection to the mail server would not be safe."),
        lazy_gettext("Check the port, and that the server's certificate is for this name."),
    ),
    "plain": Refusal(lazy_gettext("Your password would travel where others can read it."), _ENCRYPTION),
    "privacy_required": Refusal(lazy_gettext("The mail server wants an encrypted connection."), _ENCRYPTION),
    "private_host": Refusal(
        lazy_gettext("This server is not on the public internet."),
        lazy_gettext("The administrator decides whether servers of this network may be named."),
    ),
    "path": Refusal(
        lazy_gettext("The mail files are not there, or cannot be read."),
        lazy_gettext("The administrator has to look at their place."),
    ),
    "scheme": Refusal(
        lazy_gettext("Accounts of this kind cannot be added here."),
        lazy_gettext("Choose a mail server that speaks IMAP."),
    ),
    "tokens": _NO_PLUGIN,
    "plugin": _NO_PLUGIN,
    "setting": Refusal(
        lazy_gettext("A setting of this account cannot be used."), lazy_gettext("Enter the password again.")
    ),
    "account_exists": Refusal(
        lazy_gettext("This mail account is here already."), lazy_gettext("You find it under Accounts.")
    ),
    "url": Refusal(
        lazy_gettext("This is no name of a server."),
        lazy_gettext("It looks like imap.example.org, without blanks and slashes."),
    ),
    "url_secret": Refusal(
        lazy_gettext("This is no name of a server."),
        lazy_gettext("It looks like imap.example.org, without blanks and slashes."),
    ),
    "username": Refusal(
        lazy_gettext("This mail server wants a user name."),
        lazy_gettext("Open “I know my server” and enter it, as the provider's help page says it."),
    ),
    "address": Refusal(lazy_gettext("This is no mail address."), lazy_gettext("It looks like ada@example.org.")),
    "credentials": Refusal(
        lazy_gettext("Server, user name and password are one line each."), lazy_gettext("Enter them again.")
    ),
    "protocol": _NO_MAIL_SERVER,
    "line_too_long": _NO_MAIL_SERVER,
    "too_much": _NO_MAIL_SERVER,
    "bad_command": _SERVER_FAULT,
    "rejected": _SERVER_FAULT,
    "server_bug": _SERVER_FAULT,
    "corruption": _SERVER_FAULT,
    "cannot": _SERVER_FAULT,
    "no_permission": _SERVER_FAULT,
    "waits_already": Refusal(
        lazy_gettext("Something you asked for still waits for another server."),
        lazy_gettext("Wait until it has answered, then try again."),
    ),
    "all_wait": Refusal(
        lazy_gettext("Too many wait for other servers at the moment."), lazy_gettext("Try again in a minute.")
    ),
}


def refusal_headline(code: str, otherwise: str = "") -> str:
    """Answer what happened to an account; `otherwise`, with a capital, for codes that nobody planned."""
    known = REFUSALS.get(code)
    return str(known.headline) if known else otherwise[:1].upper() + otherwise[1:]


def refusal_advice(code: str, otherwise: str = "") -> str:
    """Answer what to do about it; `otherwise`, the engine's own words, for codes that nobody planned."""
    known = REFUSALS.get(code)
    return str(known.advice) if known else otherwise
