"""Facts that header fields state about the kind of mail."""

from __future__ import annotations

import pytest

from mailhelper_core.mime.parse import parse_headers
from mailhelper_core.model.mail.message import MailFacts


def facts_of(*lines: str) -> MailFacts:
    return parse_headers("\r\n".join([*lines, "", ""]).encode()).facts


def test_a_plain_mail_has_no_facts() -> None:
    assert facts_of("From: ada@example.org", "Subject: hello") == MailFacts()


def test_a_list_mail_is_known_by_its_list_fields() -> None:
    facts = facts_of(
        "List-Id: Python talk <Talk.Python.Example>",
        "List-Post: <mailto:talk@python.example>",
        "List-Unsubscribe: <https://python.example/u>",
        "Precedence: List",
    )

    assert (facts.list_id, facts.list_post) == ("talk.python.example", "<mailto:talk@python.example>")
    assert (facts.list_unsubscribe, facts.precedence) == ("<https://python.example/u>", "list")
    assert facts.is_list
    assert facts.is_bulk


@pytest.mark.parametrize(
    ("line", "is_auto"),
    [("Auto-Submitted: auto-replied (vacation)", True), ("Auto-Submitted: no", False), ("X: y", False)],
)
def test_automatic_mail_says_so(line: str, is_auto: bool) -> None:
    assert facts_of(line).is_auto == is_auto


@pytest.mark.parametrize(
    ("line", "importance"),
    [
        ("X-Priority: 1 (Highest)", 1),
        ("X-Priority: 5", 5),
        ("X-Priority: 0", 0),
        ("Importance: High", 2),
        ("Priority: urgent", 1),
        ("X-MSMail-Priority: Low", 4),
        ("Importance: whatever", 0),
    ],
)
def test_importance_is_on_one_scale(line: str, importance: int) -> None:
    assert facts_of(line).importance == importance


@pytest.mark.parametrize(
    ("lines", "flag", "score"),
    [
        (["X-Spam-Status: Yes, score=12.3 required=5.0"], True, 12.3),
        (["X-Spam-Status: No, hits=-1.5 required=5.0"], False, -1.5),
        (["X-Spam-Flag: YES", "X-Spam-Score: 7.5"], True, 7.5),
        (["X-Spamd-Result: default: False [1.20 / 15.00]; R_OK(0.0)"], False, 1.2),
        (["X-Spamd-Result: default: True [16.00 / 15.00]"], True, 16.0),
        (["X-Spam: Yes"], True, None),
        (["X-Spam-Level: *****"], None, 5.0),
        (["X-Spam-Score: nonsense"], None, None),
    ],
)
def test_what_filters_found_is_kept(lines: list[str], flag: bool | None, score: float | None) -> None:
    facts = facts_of(*lines)

    assert (facts.spam_flag, facts.spam_score) == (flag, score)


def test_the_topmost_authentication_results_count() -> None:
    facts = facts_of(
        "Authentication-Results: mx.example.org; dkim=fail header.d=a; DKIM=pass header.d=b;",
        "\tspf=softfail smtp.mailfrom=x; dmarc=none",
        "Authentication-Results: liar.example; dmarc=pass",
    )

    assert (facts.dkim, facts.spf, facts.dmarc) == ("pass", "softfail", "none")


@pytest.mark.parametrize(
    ("reply_to", "differs"),
    [("Reply-To: ADA@example.org", False), ("Reply-To: eve@example.org", True), ("X: y", False)],
)
def test_a_reply_elsewhere_is_noted(reply_to: str, differs: bool) -> None:
    assert facts_of("From: ada@example.org", reply_to).reply_to_differs == differs
