"""Passwords of command lines are found, what else programs are told stays."""

from __future__ import annotations

from time import process_time

import pytest

from mailhelper_core.egress.forms import found


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("mysql -u root -pSecretX db", "SecretX"),
        ("then run mysqldump -h db -usonne -p'open sesame' shop > a.sql", "open sesame"),
        ("PGPASSWORD=hunter psql -h db", "hunter"),
        ("MYSQL_PWD=sonne mysql", "sonne"),
        ('export DB_PASS="blaue sonne"', "blaue sonne"),
        ("APP_SECRET=sonne", "sonne"),
        ("curl -u ada:hunter https://home.example/", "ada:hunter"),
        ("curl -s --user 'ada:blaue sonne' ftp", "ada:blaue sonne"),
        ("smbclient -U ada%sonne", "ada%sonne"),
        ("sshpass -p hunter ssh box", "hunter"),
        ("docker login -u ada -p sonne", "sonne"),
        ("redis-cli -h x -a sonne ping", "sonne"),
        ("ldapsearch -x -D cn=ada -w sonne", "sonne"),
        ("htpasswd -b users ada sonne", "sonne"),
        ("htpasswd -c -b users ada sonne", "sonne"),
        ("net use z: box /user:ada sonne", "sonne"),
        ("openssl enc -aes256 -passin pass:sonne", "sonne"),
        ("echo sonne | sudo -S ls", "sonne"),
    ],
)
def test_a_password_of_a_command_line_is_found(text: str, value: str) -> None:
    assert value in [text[one.start : one.end] for one in found(text) if one.kind == "secret"]


@pytest.mark.parametrize(
    "text",
    [
        "mysql -u root -p shop", "run mysql -h db and then -p", "ssh -p 22 box", "docker run -p eighty image",
        "curl -u is the option", "curl -L https and -u", "echo hello | grep h", "redis-cli -a", "PASS: passed",
        "BYPASS=1", "the pass = the mountain", "mount -a", "cp -a here there", "2 http errors -u",
    ],
)  # fmt: skip
def test_what_else_programs_are_told_stays(text: str) -> None:
    assert [text[one.start : one.end] for one in found(text) if one.kind == "secret"] == []


@pytest.mark.parametrize(
    "text", ["mysql " * 1_000, "curl -u a:" * 600, "htpasswd -b -b " * 400, "A_" * 3_000, "echo " * 1_200]
)
def test_no_text_costs_more_than_others(text: str) -> None:
    began = process_time()
    found(text)

    assert process_time() - began < 0.5
