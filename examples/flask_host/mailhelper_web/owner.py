"""The mail engine of this process, and the services of whoever is logged in."""

from __future__ import annotations

from dataclasses import replace
from functools import lru_cache

from flask import Flask, current_app

from mailhelper_core import MailHelper, OwnerServices
from mailhelper_web.config import Config
from mailhelper_web.runners import runner_of
from mailhelper_web.visitor import visitor

# What owners who do not trust each other may name; maildir and mbox would read the web server's own files.
SCHEMES = ("imaps", "imap")
# Owners whose services this process keeps: they hold neither a session nor mail, and take longer to make than a query.
MAX_OWNERS = 256


def add_engine(app: Flask, config: Config) -> MailHelper:
    """Open the mail engine for this app; the schema is made or upgraded at the start."""
    settings = replace(
        config.engine.for_threads(config.job_threads),
        database_url=config.database_url, schemes=SCHEMES, public_hosts_only=not config.private_hosts,
    )  # fmt: skip
    helper = MailHelper(settings, runner=runner_of(config))
    helper.migrate()
    app.extensions["mailhelper"] = helper
    app.extensions["services"] = lru_cache(MAX_OWNERS)(helper.for_owner)
    return helper


def helper() -> MailHelper:
    """Answer the mail engine of the current app."""
    engine: MailHelper = current_app.extensions["mailhelper"]
    return engine


def services_of(owner: str) -> OwnerServices:
    """Answer the services of one owner."""
    services: OwnerServices = current_app.extensions["services"](owner)
    return services


def mine() -> OwnerServices:
    """Answer the services of the user who is logged in; another's id is not found there."""
    return services_of(visitor().owner)
