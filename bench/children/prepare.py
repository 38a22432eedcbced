"""Make a database with one account: prepare.py URL MAIL_URL USER PASSWORD."""

from __future__ import annotations

import sys

from bench.gauge import tell
from mailhelper_core import MailHelper

database, url, user, password = sys.argv[1:5]
with MailHelper(database) as helper:
    account = helper.for_owner("ada").accounts.add(url, username=user, password=password)
tell({"account": account.id})
