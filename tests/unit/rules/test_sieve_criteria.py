"""A test of Sieve becomes criteria, and they hold where the test did."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailhelper_core.errors import QueryError, SieveError
from mailhelper_core.model.extension import Provided
from mailhelper_core.model.mail.message import MessageDetail
from mailhelper_core.query.leaf import MatchContext
from mailhelper_core.query.match import match
from mailhelper_core.query.read import read
from mailhelper_core.query.write import write
from mailhelper_core.rules.sieve.message import StoredMail
from mailhelper_core.rules.sieve.reading import import_script
from mailhelper_core.rules.sieve.words import compile_one_test, register_conditions
from mailhelper_core.sieve.mail import Surroundings
from mailhelper_core.sieve.run import Run
from tests.unit.query.strategies import NOW, messages
from tests.unit.rules.scripts import rules_of

WITH_SIEVE = replace(
    MatchContext(NOW).registry, conditions={one.name: Provided("sieve", one) for one in register_conditions()}
)


@pytest.mark.parametrize(
    ("test", "when"),
    [
        ("true", ""),
        ("false", "-()"),
        ('header :contains "Subject" "a.b"', 'subject~"(?i)a\\.b"'),
        ('header :is "X-Spam-Flag" "YES"', 'header:X-Spam-Flag~"(?si)^YES$"'),
        ('header :is "Subject" "cafe"', 'subject~"(?si)^cafe$"'),
        ('header :is "Subject" "a*b"', 'subject~"(?si)^a\\*b$"'),
        ('header :matches "List-Id" "*<x.y>"', 'header:List-Id~"(?si)^.*<x\\.y>$"'),
        ('header :matches "List-Id" "*<x.?>"', 'sieve:"header :matches ""List-Id"" ""*<x.?>"""'),
        ('header :matches "Subject" "why\\\\?*"', 'subject~"(?si)^why\\?.*$"'),
        ('header :matches "List-Id" "*"', "header:List-Id:*"),
        ('header :contains :comparator "i;octet" "Subject" "Re"', 'subject~"(?s)Re"'),
        ('header :regex "Subject" "^[[:upper:][:digit:]_]+"', 'subject~"(?si)^[[:upper:][:digit:]_]+"'),
        ('header :regex "Subject" "^[0-9]+$"', 'subject~"(?si)^[0-9]+$"'),
        ('header ["A", "B"] "x"', 'header:A~"(?si)^x$" OR header:B~"(?si)^x$"'),
        ('exists ["A", "B"]', "header:A:* header:B:*"),
        ("size :over 1M", "size>1M"),
        ("size :under 1500", "size<1500"),
        ('address :domain "From" "bank.example"', "domain=bank.example"),
        ('address "To" "ada@bank.example"', "to=ada@bank.example"),
        ('hasflag "\\\\Seen work"', "is:read OR keyword:work"),
        ('body :contains "invoice"', 'body~"(?i)invoice"'),
        ("not anyof (true, size :over 1K)", "-(() OR size>1k)"),
        ('header :is "Subject" "Größe"', 'sieve:"header :is ""Subject"" ""Größe"""'),
        ('address :localpart "From" "ada"', 'sieve:"address :localpart ""From"" ""ada"""'),
    ],
)
def test_a_test_becomes_criteria(test: str, when: str) -> None:
    script = f'require ["fileinto", "imap4flags", "body", "regex"]; if {test} {{ fileinto "X"; }}'

    ((found, _),) = rules_of(script)

    assert found == write(read(when, WITH_SIEVE.conditions))


_KEYS = st.sampled_from(["invoice", "INVOICE", "the", "a*b", "*", "?he*", "12.50", "*reminder*", "the bank", "^the"])
_FIELDS = st.sampled_from(["Subject", "X-Spam-Status", "X-Mailer", "X-None"])
_TESTS = st.one_of(
    st.builds('header :{} {}"{}" "{}"'.format, st.sampled_from(["is", "contains", "matches", "regex"]),
              st.sampled_from(["", ':comparator "i;octet" ']), _FIELDS, _KEYS),
    st.builds('exists "{}"'.format, _FIELDS),
    st.builds("size :{} {}".format, st.sampled_from(["over", "under"]), st.sampled_from(["0", "1K", "2500"])),
)  # fmt: skip


@given(_TESTS, messages())
def test_criteria_hold_where_the_test_did(test: str, message: MessageDetail) -> None:
    try:
        holds = compile_one_test(test)
    except SieveError:  # "*" is no regular expression
        return
    script = import_script(f'require ["fileinto", "regex"]; if {test} {{ keep; }}')
    message = replace(message, headers=(*message.headers, ("Subject", message.subject)))
    run = Run(StoredMail(message), Surroundings(NOW))

    criteria = read(script.rules[0].when, WITH_SIEVE.conditions)

    assert match(criteria, message, context=MatchContext(NOW, registry=WITH_SIEVE)) is holds(run)


@pytest.mark.parametrize(
    ("test", "hint"),
    [("", "write one test"), ("?", "line 1"), ("nonsense", "nonsense"), ("envelope", "the server knows")],
)
def test_what_is_no_test_is_refused_with_what_is_wrong_with_it(test: str, hint: str) -> None:
    with pytest.raises(QueryError, match="is no argument of") as refused:
        read(f'sieve:"{test}"', WITH_SIEVE.conditions)

    assert hint in refused.value.hint
