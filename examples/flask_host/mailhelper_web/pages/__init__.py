"""The pages: a view parses the request, makes one call of mailhelper, and renders."""

from __future__ import annotations

from mailhelper_web.pages.accounts import accounts
from mailhelper_web.pages.actions import actions
from mailhelper_web.pages.admin import admin
from mailhelper_web.pages.first import first
from mailhelper_web.pages.health import health
from mailhelper_web.pages.history import history
from mailhelper_web.pages.home import home
from mailhelper_web.pages.jobs import jobs
from mailhelper_web.pages.mail import mail
from mailhelper_web.pages.message import message
from mailhelper_web.pages.plugins import plugins
from mailhelper_web.pages.preferences import preferences
from mailhelper_web.pages.privacy import privacy
from mailhelper_web.pages.replies import replies
from mailhelper_web.pages.rules import rules
from mailhelper_web.pages.searches import searches
from mailhelper_web.pages.sieve import sieve
from mailhelper_web.pages.tags import tags
from mailhelper_web.pages.threads import threads
from mailhelper_web.pages.training import training

BLUEPRINTS = (
    home, mail, message, threads, replies, searches, actions, history, accounts, first, rules, sieve, tags, training,
    jobs, privacy, preferences, plugins, admin, health,
)  # fmt: skip
