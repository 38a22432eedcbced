"""Every command the server knows, with the states and capabilities that allow it."""

from __future__ import annotations

from functools import partial

from mailhelper_core.testing.commands import (
    append,
    capability,
    copy,
    expunge,
    fetch,
    idle,
    list,
    login,
    mailboxes,
    notify,
    search,
    select,
    status,
    store,
)
from mailhelper_core.testing.commands.flow import AFTER_LOGIN, ANY, BEFORE_LOGIN, SELECTED, Command
from mailhelper_core.testing.protocol.session import State

COMMANDS: dict[str, Command] = {
    "CAPABILITY": Command(capability.capability, ANY),
    "NOOP": Command(capability.noop, ANY),
    "LOGOUT": Command(capability.logout, ANY),
    "ID": Command(capability.identify, ANY, needs="ID"),
    "STARTTLS": Command(login.starttls, BEFORE_LOGIN),
    "LOGIN": Command(login.login, BEFORE_LOGIN),
    "AUTHENTICATE": Command(login.authenticate, BEFORE_LOGIN),
    "ENABLE": Command(capability.enable, frozenset({State.AUTHENTICATED}), needs="ENABLE"),
    "COMPRESS": Command(capability.compress, AFTER_LOGIN, needs="COMPRESS=DEFLATE"),
    "SELECT": Command(select.select, AFTER_LOGIN),
    "EXAMINE": Command(partial(select.select, read_only=True), AFTER_LOGIN),
    "CREATE": Command(mailboxes.create, AFTER_LOGIN),
    "DELETE": Command(mailboxes.delete, AFTER_LOGIN),
    "RENAME": Command(mailboxes.rename, AFTER_LOGIN),
    "SUBSCRIBE": Command(mailboxes.subscribe, AFTER_LOGIN),
    "UNSUBSCRIBE": Command(mailboxes.unsubscribe, AFTER_LOGIN),
    "LIST": Command(list.list_mailboxes, AFTER_LOGIN),
    "LSUB": Command(list.list_subscribed, AFTER_LOGIN),
    "NAMESPACE": Command(list.namespace, AFTER_LOGIN, needs="NAMESPACE"),
    "STATUS": Command(status.status, AFTER_LOGIN),
    "APPEND": Command(append.append, AFTER_LOGIN),
    "IDLE": Command(idle.idle, AFTER_LOGIN, needs="IDLE"),
    "NOTIFY": Command(notify.notify, AFTER_LOGIN, needs="NOTIFY"),
    "CHECK": Command(capability.check, SELECTED),
    "CLOSE": Command(select.close, SELECTED),
    "UNSELECT": Command(select.unselect, SELECTED, needs="UNSELECT"),
    "EXPUNGE": Command(expunge.expunge, SELECTED),
    "UID EXPUNGE": Command(expunge.uid_expunge, SELECTED, needs="UIDPLUS", with_uid=True),
    "SEARCH": Command(search.search, SELECTED, defers_expunges=True),
    "UID SEARCH": Command(partial(search.search, by_uid=True), SELECTED, with_uid=True),
    "FETCH": Command(fetch.fetch, SELECTED, defers_expunges=True),
    "UID FETCH": Command(partial(fetch.fetch, by_uid=True), SELECTED, with_uid=True),
    "STORE": Command(store.store, SELECTED, defers_expunges=True),
    "UID STORE": Command(partial(store.store, by_uid=True), SELECTED, with_uid=True),
    "COPY": Command(copy.copy, SELECTED),
    "UID COPY": Command(partial(copy.copy, by_uid=True), SELECTED, with_uid=True),
    "MOVE": Command(copy.move, SELECTED, needs="MOVE"),
    "UID MOVE": Command(partial(copy.move, by_uid=True), SELECTED, needs="MOVE", with_uid=True),
}
