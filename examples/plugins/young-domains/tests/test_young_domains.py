"""The age of the sender's domain decides, by a list that the owner sets."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import mailhelper_young_domains as plugin
import pytest

from mailhelper_core import InvalidError
from mailhelper_core.testing import Environment, check_condition, check_plugin

DOMAINS = "new.example 2026-02-20\nold.example 1999-01-01\n"


def test_the_plugin_keeps_its_contract() -> None:
    (condition,) = plugin.register_conditions()
    settings = {"domains": plugin.read_domains(DOMAINS), "days": 30}

    check_plugin(plugin, arguments={"young-domain": "30"}, settings={"domains": DOMAINS})
    check_condition(condition, "30", settings=settings)


def test_mail_from_a_young_domain_and_below_it_is_found(tmp_path: Path) -> None:
    with Environment.start(tmp_path, plugins=(plugin,)) as env:
        inbox = env.server.store.user("ada").mailbox("INBOX")
        for sender in ("a@new.example", "b@mail.new.example", "c@old.example", "d@other.example"):
            mail = f"From: {sender}\r\nDate: Sun, 01 Mar 2026 09:00:00 +0000\r\nSubject: {sender}\r\n\r\nHello\r\n"
            inbox.append(mail.encode(), internal_date=env.clock())
        domains = f"new.example {env.clock().date()}\nold.example 1999-01-01"
        env.ada.plugins.set("mailhelper_young_domains", {"domains": domains})
        env.ada.sync(env.account.id)

        found = {message.subject for message in env.ada.search("young-domain:30")}

        assert found == {"a@new.example", "b@mail.new.example"}


def test_mail_that_came_before_its_domain_was_registered_again_is_left_alone(tmp_path: Path) -> None:
    with Environment.start(tmp_path, plugins=(plugin,)) as env:
        mail = b"From: a@again.example\r\nSubject: old\r\n\r\nHello\r\n"
        env.server.store.user("ada").mailbox("INBOX").append(mail, internal_date=env.clock() - timedelta(700))
        env.ada.plugins.set("mailhelper_young_domains", {"domains": f"again.example {env.clock().date()}"})
        env.ada.sync(env.account.id)

        assert list(env.ada.search("young-domain:30")) == []


@pytest.mark.parametrize("days", ["0", "-1", "3651", "many"])
def test_days_that_are_none_are_refused(days: str) -> None:
    with pytest.raises(ValueError, match=r"days|invalid"):
        plugin.read_days(days)


def test_the_ready_made_rule_goes_by_the_days_that_the_owner_sets(tmp_path: Path) -> None:
    (ready,) = plugin.register_rules()
    with Environment.start(tmp_path, plugins=(plugin,)) as env:
        for sender, days in (("a@new.example", 20), ("b@older.example", 60), ("c@old.example", 200)):
            mail = f"From: {sender}\r\nSubject: {sender}\r\n\r\nHello\r\n"
            env.server.store.user("ada").mailbox("INBOX").append(mail.encode(), internal_date=env.clock())
            line = f"{sender.partition('@')[2]} {(env.clock() - timedelta(days)).date()}"
            known = env.ada.plugins.get("mailhelper_young_domains").get("domains", "")
            env.ada.plugins.set("mailhelper_young_domains", {"domains": f"{known}\n{line}"})
        env.ada.rules.save(ready.rule)

        env.ada.run(env.account.id)
        by_default = {message.subject for message in env.ada.search('tag:"young domain"')}
        env.ada.plugins.set("mailhelper_young_domains", {"days": "90"})
        env.ada.rules.run(query="")

        assert by_default == {"a@new.example"}
        assert {one.subject for one in env.ada.search('tag:"young domain"')} == {"a@new.example", "b@older.example"}


def test_a_list_with_a_bad_line_is_refused_with_its_number(tmp_path: Path) -> None:
    with Environment.start(tmp_path, plugins=(plugin,)) as env, pytest.raises(InvalidError, match="line 2"):
        env.ada.plugins.set("mailhelper_young_domains", {"domains": "a.example 2026-01-01\nwhat"})
