"""The JSON columns of a message are what a JSON writer writes."""

from __future__ import annotations

import json

from hypothesis import given
from hypothesis import strategies as st

from mailhelper_core.model.mail.message import Address, MailFacts
from mailhelper_core.store.mail.values import addresses_json, facts_json, read_addresses, read_facts

addresses = st.lists(st.builds(Address, st.text(max_size=9), st.text(max_size=9)), max_size=3)
groups = st.dictionaries(st.sampled_from(["to", "cc", "bcc", "reply_to", "sender"]), addresses)


@given(groups)
def test_addresses_are_json(found: dict[str, list[Address]]) -> None:
    written = {key: [[one.name, one.addr_spec] for one in group] for key, group in found.items() if group}

    assert addresses_json(found) == json.dumps(written, ensure_ascii=False, separators=(",", ":"))
    assert read_addresses(addresses_json(found)) == {key: tuple(group) for key, group in found.items() if group}


@given(st.builds(MailFacts, list_id=st.text(max_size=9), spam_score=st.none() | st.just(0.0), importance=st.just(0)))
def test_facts_name_what_differs_from_an_ordinary_mail(facts: MailFacts) -> None:
    text = facts_json(facts, in_reply_to="", references=(), problems=())

    assert read_facts(text) == (facts, {})
    assert (text == "{}") is (facts == MailFacts())
