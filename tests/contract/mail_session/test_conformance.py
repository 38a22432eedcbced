"""The suite for mail sources, on servers that it was not written for: what it asks of authors, real servers keep."""

from __future__ import annotations

import pytest

from mailhelper_core.server import builtin
from mailhelper_core.testing import MailboxGenerator, check_source
from tests.servers.dovecot import PASSWORD, Dovecot


@pytest.mark.servers
def test_dovecot_keeps_what_is_asked_of_a_source(dovecot: Dovecot, dovecot_user: str) -> None:
    (imap,) = (one for one in builtin.register_sources() if one.name == "imap")
    mails = [mail.raw for mail in MailboxGenerator(seed=3).mails(6)]
    for mail in mails:
        dovecot.deliver(dovecot_user, mail)

    url = f"imap://127.0.0.1:{dovecot.port}"
    check_source(imap, url, mails, username=dovecot_user, password=PASSWORD, refused="wrong", away="imap://127.0.0.1:1")
