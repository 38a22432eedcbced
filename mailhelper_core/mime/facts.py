"""What the header says about the kind of mail: list, bulk, automatic, importance, what filters found."""

from __future__ import annotations

import re

from mailhelper_core.mime.decode import decode_field
from mailhelper_core.mime.header import HeaderBlock
from mailhelper_core.model.mail.message import Address, MailFacts

# A fact is a short value; longer ones are junk.
_MAX_FACT_CHARS = 998

_WORD_END = re.compile(r"[\s;(,]")
_NUMBER = re.compile(r"[+-]?\d{1,6}(?:\.\d{1,6})?", re.ASCII)
_STATUS_SCORE = re.compile(r"\b(?:score|hits)\s{0,3}=\s{0,3}([+-]?\d{1,6}(?:\.\d{1,6})?)", re.ASCII | re.IGNORECASE)
_RSPAMD_SCORE = re.compile(r"\[\s{0,3}([+-]?\d{1,6}(?:\.\d{1,6})?)\s{0,3}/", re.ASCII)
_AUTH_RESULT = re.compile(r"\b(spf|dkim|dmarc)\s{0,3}=\s{0,3}([a-z]{1,20})", re.ASCII)
_LIST_ID = re.compile(r"<([^<>]{1,998})>")

_YES = {"yes": True, "true": True, "no": False, "false": False}
# X-Priority's scale: 1 highest, 3 normal, 5 lowest.
_IMPORTANCE_WORDS = {
    "highest": 1, "urgent": 1, "high": 2, "important": 2, "normal": 3, "medium": 3, "low": 4, "non-urgent": 4,
    "lowest": 5,
}  # fmt: skip
_IMPORTANCE_FIELDS = ("x-priority", "importance", "x-msmail-priority", "priority")
_SPAM_FLAG_FIELDS = ("x-spam-flag", "x-spam-status", "x-spam", "x-spamd-result")
_SPAM_SCORE_FIELDS = ("x-spam-status", "x-spamd-result", "x-spam-score", "x-rspamd-score", "x-spam-level")
# Most mail has few of them.
_OF_IMPORTANCE, _OF_SPAM = frozenset(_IMPORTANCE_FIELDS), frozenset(_SPAM_FLAG_FIELDS + _SPAM_SCORE_FIELDS)


def read_facts(
    header: HeaderBlock, *, from_: tuple[Address, ...], reply_to: tuple[Address, ...], calendar_method: str
) -> MailFacts:
    """Answer the facts that the fields of one header state; nothing is judged here."""
    auth = _read_auth(header)
    has_spam = not _OF_SPAM.isdisjoint(header.names)
    return MailFacts(
        list_id=_read_list_id(_fact(header, "list-id")),
        list_unsubscribe=_fact(header, "list-unsubscribe"),
        list_post=_fact(header, "list-post"),
        precedence=_word(header, "precedence"),
        auto_submitted=_word(header, "auto-submitted"),
        mailer=_fact(header, "x-mailer") or _fact(header, "user-agent"),
        importance=0 if _OF_IMPORTANCE.isdisjoint(header.names) else _read_importance(header),
        spam_flag=_read_spam_flag(header) if has_spam else None,
        spam_score=_read_spam_score(header) if has_spam else None,
        spf=auth.get("spf", ""),
        dkim=auth.get("dkim", ""),
        dmarc=auth.get("dmarc", ""),
        reply_to_differs=bool(reply_to) and not _addresses(reply_to) <= _addresses(from_),
        calendar_method=calendar_method,
    )


def _fact(header: HeaderBlock, name: str) -> str:
    value = header.first(name)
    return decode_field(value)[:_MAX_FACT_CHARS] if value else ""


def _word(header: HeaderBlock, name: str) -> str:
    """Answer the keyword of a field without parameters and comments, lower case."""
    value = _fact(header, name)
    return _WORD_END.split(value, maxsplit=1)[0].lower() if value else ""


def _read_list_id(value: str) -> str:
    match = _LIST_ID.search(value) if value else None
    return (match[1] if match else value).strip().lower()


def _addresses(addresses: tuple[Address, ...]) -> set[str]:
    return {address.addr_spec.lower() for address in addresses}


def _read_importance(header: HeaderBlock) -> int:
    for name in _IMPORTANCE_FIELDS:
        if word := _word(header, name):
            found = int(word[0]) if word[0] in "12345" else _IMPORTANCE_WORDS.get(word, 0)
            if found:
                return found
    return 0


def _read_spam_flag(header: HeaderBlock) -> bool | None:
    for name in _SPAM_FLAG_FIELDS[:3]:
        if (flag := _YES.get(_word(header, name))) is not None:
            return flag
    result = _word(header, "x-spamd-result")  # rspamd: "default: False [1.20 / 15.00]; ..."
    if result:
        return _YES.get(header.text("x-spamd-result").partition(":")[2].split("[")[0].strip().lower())
    return None


def _read_spam_score(header: HeaderBlock) -> float | None:
    for name, pattern in (("x-spam-status", _STATUS_SCORE), ("x-spamd-result", _RSPAMD_SCORE)):
        if (value := header.first(name)) and (match := pattern.search(value[:_MAX_FACT_CHARS])):
            return float(match[1])
    for name in ("x-spam-score", "x-rspamd-score"):
        if match := _NUMBER.match(header.first(name)):
            return float(match[0])
    return float(stars) if (stars := header.first("x-spam-level").count("*")) else None


def _read_auth(header: HeaderBlock) -> dict[str, str]:
    """Read the topmost Authentication-Results, which the receiving server wrote; one pass outweighs a failure."""
    found: dict[str, str] = {}
    results = header.first("authentication-results")
    for method, result in _AUTH_RESULT.findall(results[:8000].lower()) if results else ():
        if result == "pass" or method not in found:
            found[method] = result
    return found
