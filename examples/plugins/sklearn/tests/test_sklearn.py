"""It learns from corrections, answers new mail, and keeps its contract."""

from __future__ import annotations

from pathlib import Path

import mailhelper_sklearn

from mailhelper_core.testing import Environment, check_classifier, check_plugin

(CLASSIFIER,) = mailhelper_sklearn.register_classifiers()


def test_the_plugin_keeps_its_contract() -> None:
    check_classifier(CLASSIFIER)
    check_plugin(mailhelper_sklearn)


def test_what_the_owner_says_comes_back_about_new_mail(tmp_path: Path) -> None:
    with Environment.start(tmp_path, plugins=(mailhelper_sklearn,)) as env:
        inbox = env.server.store.user("ada").mailbox("INBOX")
        for number in range(40):
            topic = "roses and tulips" if number % 2 else "pistons and gears"
            inbox.append(f"From: bob@example.org\r\nSubject: {topic} {number}\r\n\r\nAbout {topic}.\r\n".encode())
        env.ada.run(env.account.id)
        for word, label in (("roses", "garden"), ("pistons", "engine")):
            env.ada.opinions.correct([message.id for message in env.ada.search(f"subject:{word}")], category=label)
        report = env.ada.learning.train()
        uid = inbox.append(b"From: bob@example.org\r\nSubject: More roses\r\n\r\nRoses and tulips.\r\n")

        env.ada.run(env.account.id)

        assert uid
        assert report.errors == ()
        (message,) = env.ada.search("subject:more")
        said = {one.said_by: one.value for one in env.ada.opinions.of([message.id])[message.id]}
        assert said["sklearn"] == "garden"
