"""Moving: every table and every column of ids was thought about; rows and ids keep their meaning."""

from __future__ import annotations

import json
from array import array

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import Table
from sqlalchemy.dialects import sqlite

from mailhelper_core.errors import InvalidError
from mailhelper_core.process.combine import CLOSED_VALUES
from mailhelper_core.search.service import SEARCH_SORTS
from mailhelper_core.store import tables as t
from mailhelper_core.store.mind import opinions
from mailhelper_core.store.moving import catalog, rows, shapes, vocabulary
from mailhelper_core.store.moving.ids import MAX_DEPTH, MAX_PARTS, NewIds, renumber_json
from mailhelper_core.store.schema.types import Key

TABLES = sorted(t.metadata.tables.values(), key=lambda table: table.name)
NAMED = [
    *catalog.NOT_COPIED, *catalog.NOT_ARCHIVED, *catalog.NOT_OWNED,
    *(place.partition(".")[0] for place in [*catalog.REFERENCES, *catalog.CURSORS, *catalog.JSON_IDS]),
]  # fmt: skip


@pytest.mark.parametrize("table", TABLES, ids=catalog.short)
def test_every_table_is_archived_and_erased_or_has_its_reason(table: Table) -> None:
    name = catalog.short(table)

    assert (table in catalog.copied()) != bool(catalog.NOT_COPIED.get(name))
    assert (table in catalog.archived()) != bool(catalog.NOT_ARCHIVED.get(name))
    assert (table in catalog.erased()) != bool(catalog.NOT_OWNED.get(name))


@pytest.mark.parametrize("table", catalog.erased(), ids=catalog.short)
def test_a_way_leads_from_every_table_to_its_owner(table: Table) -> None:
    condition = str(catalog.owned(table, 7).compile(dialect=sqlite.dialect()))

    assert "owner_id =" in condition or "owners.id =" in condition


@pytest.mark.parametrize("table", catalog.archived(), ids=catalog.short)
def test_every_column_of_ids_is_a_reference_or_has_its_reason(table: Table) -> None:
    known = set(catalog.references(table))
    places = {column.name: f"{catalog.short(table)}.{column.name}" for column in table.c}

    unknown = [
        places[name]
        for name in places
        if name.endswith("_id") and name not in known and places[name] not in catalog.NO_REFERENCES
        and places[name] not in catalog.CURSORS
    ]  # fmt: skip

    assert unknown == [], "say in store/moving/catalog.py what these are ids of"


@pytest.mark.parametrize("table", catalog.archived(), ids=catalog.short)
def test_only_rows_with_a_key_of_their_own_are_numbered(table: Table) -> None:
    assert rows.key(table), "rows are read in the order of their key"
    assert "id" not in table.c or rows.key(table) == ("id",)


@pytest.mark.parametrize("name", sorted(set(NAMED)))
def test_nothing_is_said_of_a_table_that_is_not_there(name: str) -> None:
    assert t.PREFIX + name in t.metadata.tables


def test_ids_within_json_are_renumbered_also_in_texts_and_keys() -> None:
    ids = NewIds()
    ids.add("mailboxes", array("q", [3, 8]), array("q", [103, 108]))
    inverse = {"operations": [["move", '{"mailbox": "A", "source_id": 8}'], ["copy", '{ "mailbox": "B" }']]}

    found = json.loads(renumber_json(json.dumps(inverse), catalog.JSON_IDS["outbox.inverse"], ids))
    decided = renumber_json('{"3": 17, "9": 1}', catalog.JSON_IDS["outbox.decided_on"], ids)

    assert json.loads(found["operations"][0][1]) == {"mailbox": "A", "source_id": 108}
    assert found["operations"][1][1] == '{ "mailbox": "B" }'
    assert json.loads(decided) == {"103": 17, "0": 1}


_PLUGINS = '{"mailbox_id": 3, "source_id": 8, "message_id": 3, "id": 3}'


@pytest.mark.parametrize(
    ("place", "value"),
    [
        ("outbox.data", {"action": "shop/book", "data": _PLUGINS, "undo": False}),
        ("outbox.data", {"tag": _PLUGINS, "color": ""}),
        ("outbox.inverse", {"operations": [["effect", json.dumps({"action": "shop/book", "data": _PLUGINS})]]}),
        ("outbox.inverse", {"operations": [], "assigned": {"set_by": "owner", "actor": _PLUGINS}}),
        ("events.data", {"text": _PLUGINS}),
        ("changes.data", {"deleted_tags": [{"name": _PLUGINS}]}),
    ],
)
def test_json_of_a_plugins_own_keeps_its_numbers_whatever_its_keys_are(place: str, value: dict[str, object]) -> None:
    ids = NewIds()
    for table in ("mailboxes", "messages", "tags"):
        ids.add(table, array("q", [3, 8]), array("q", [103, 108]))

    assert json.loads(renumber_json(json.dumps(value), catalog.JSON_IDS[place], ids)) == value


def test_what_undo_of_tags_and_threads_needs_names_those_of_this_database() -> None:
    ids = NewIds()
    ids.add("tags", array("q", [2]), array("q", [102]))
    ids.add("messages", array("q", [2, 7]), array("q", [202, 207]))
    data = {
        "deleted_tags": [{"id": 9, "name": "Bills", "examples": [[2, True], [5, False], [7, False]]}],
        "moved_examples": {"to": 2, "ids": [7, 5]},
        "mirrored_tag": {"id": 2, "was": "bills", "became": ""},
        "taught": {"tag": 2, "became": True, "was": [[2, None], [5, True]]},
        "made_tags": [{"id": 2, "name": "a", "color": ""}, {"id": 9, "name": "b", "color": "#112233"}],
        "changed_tag": {"was": {"name": "a"}, "became": {"name": "b"}},
        "retold": {"was": "a", "texts": [{"was": ["tag:a", "[]"], "became": ["tag:b", "[]"]}]},
        "meant": {"name": "a", "rows": [[7, 0.5, "by"], [5, 0.4, "by"]], "moved": [2], "meant": ["c"]},
        "threads": {"before": [{"ids": [2, 5, 7], "group": 0}], "after": [{"ids": [2], "group": 7}], "refs": [[7, 99]]},
    }

    found = json.loads(renumber_json(json.dumps(data), catalog.JSON_IDS["changes.data"], ids))

    assert found == {
        **data,
        "deleted_tags": [{"id": 0, "name": "Bills", "examples": [[202, True], [207, False]]}],
        "moved_examples": {"to": 102, "ids": [207]},
        "mirrored_tag": {"id": 102, "was": "bills", "became": ""},
        "taught": {"tag": 102, "became": True, "was": [[202, None]]},
        "made_tags": [{"id": 102, "name": "a", "color": ""}, {"id": 0, "name": "b", "color": "#112233"}],
        "meant": {"name": "a", "rows": [[207, 0.5, "by"]], "moved": [202], "meant": ["c"]},
        "threads": {
            "before": [{"ids": [202, 207], "group": 0}], "after": [{"ids": [202], "group": 207}], "refs": [[207, 99]],
        },
    }  # fmt: skip


def test_json_that_no_program_of_ours_writes_is_refused_with_its_place() -> None:
    deep = "[" * MAX_DEPTH + "[7]" + "]" * MAX_DEPTH
    flat = "[" * (MAX_DEPTH - 1) + "[7]" + "]" * (MAX_DEPTH - 1)
    many = f"[{'[],' * MAX_PARTS}0]"

    assert renumber_json(flat, {}, NewIds()) == flat
    for text, problem in ((deep, "nested more than 8 deep"), (many, "more than any"), ("{", "no JSON")):
        with pytest.raises(InvalidError, match=rf"`changes.data` of row 3 .*{problem}"):
            renumber_json(text, {}, NewIds(), "`changes.data` of row 3")


def test_a_plugins_own_text_may_be_json_of_any_depth() -> None:
    for depth in (20, 100_000):
        text = json.dumps({"data": '{"a":' * depth + "0" + "}" * depth})

        assert renumber_json(text, {}, NewIds()) == text


@given(st.sets(st.integers(1, 2**40), min_size=1), st.integers(0, 2**41))
def test_new_ids_keep_the_order_and_stand_for_one_old_id_each(old: set[int], asked: int) -> None:
    ids = NewIds()
    known = sorted(old)
    ids.add("outbox", array("q", known), array("q", range(1000, 1000 + len(known))))

    assert [ids.of("outbox", one) for one in known] == list(range(1000, 1000 + len(known)))
    assert ids.up_to("outbox", asked) == max((ids.of("outbox", one) or 0 for one in known if one <= asked), default=0)
    assert (ids.of("outbox", asked) is None) == (asked not in old and asked != 0)


@given(st.lists(st.integers(0, 100)), st.integers(1, 5), st.integers(1, 120))
def test_batches_hold_all_rows_in_order_within_their_limits(found: list[int], size: int, octets: int) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(rows, "BATCH_ROWS", size)
        patch.setattr(rows, "BATCH_OCTETS", octets)
        batches = list(rows.batches(found, int))

    assert [one for batch in batches for one in batch] == found
    assert all(len(batch) <= size and sum(batch[:-1]) < octets for batch in batches)


@given(st.lists(st.one_of(st.none(), st.integers(), st.text(), st.binary(), st.booleans()), min_size=1))
def test_rows_that_differ_have_different_digests(row: list[int | str | bytes | bool | None]) -> None:
    assert rows.digest(tuple(row)) == rows.digest(tuple(row))
    assert rows.digest(tuple(row)) != rows.digest((*row, None))


def test_how_far_a_model_came_is_renumbered_also_where_it_is_outdated() -> None:
    ids = NewIds()
    ids.add("corrections", array("q", [3, 5]), array("q", [30, 50]))

    assert [ids.up_to("corrections", old) for old in (0, 2, 3, 4, 9)] == [0, 0, 30, 30, 50]
    assert [ids.up_to("corrections", -1 - old) for old in (0, 2, 3, 4, 9)] == [-1, -1, -31, -31, -51]


_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=3),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(["*", "to", "a"]), inner, max_size=3),
    max_leaves=8,
)


@given(_JSON, st.sampled_from(sorted(shapes.SHAPES)))
def test_json_of_another_shape_is_refused_and_of_the_shape_is_taken(value: object, place: str) -> None:
    name, _, column = place.partition(".")
    table, row = t.metadata.tables[t.PREFIX + name], {column: json.dumps(value)}
    if table is t.outbox:  # of whose rows more is asked
        row |= {"kind": "add_tag"} | ({"data": '{"tag": "x"}'} if column != "data" else {})

    if shapes.fits(value, shapes.SHAPES[place]) and table is not t.outbox:
        shapes.check(table, row, 3)
    elif not shapes.fits(value, shapes.SHAPES[place]):
        with pytest.raises(InvalidError, match=rf"`{place}` is not"):
            shapes.check(table, row, 3)


_WORDED = [*vocabulary.WORDS, *(f"{name}.value" for name in vocabulary.ANSWERED)]


@given(st.data(), st.sampled_from(_WORDED))
def test_a_word_that_is_not_on_the_list_is_refused_with_its_place_and_the_list(data: st.DataObject, place: str) -> None:
    name, _, column = place.partition(".")
    table = t.metadata.tables[t.PREFIX + name]
    kind = data.draw(st.sampled_from(sorted(vocabulary.ANSWERS)))
    words = vocabulary.WORDS.get(place) or vocabulary.ANSWERS[kind]
    word = data.draw(st.sampled_from(words) | st.text(max_size=9) | st.sampled_from([one.upper() for one in words]))
    row = {"id": 7, "kind": kind, column: word} if column == "value" else {"id": 7, column: word}

    if word in words:
        assert vocabulary.problem(table, row) is None
    else:
        with pytest.raises(InvalidError) as refused:
            shapes.check(table, row, 3)
        told = str(refused.value)
        assert f"`{place}` of row 7 is none of " in told
        assert f"(line 3 of tables/{name}.jsonl)" in told
        assert all(one in told for one in words)
        assert refused.value.code == "archive"


@given(st.sampled_from(sorted(vocabulary.ANSWERS)), st.none() | st.text(max_size=4) | st.floats(0, 1).map(str))
def test_what_held_before_a_correction_is_what_undo_can_show_again(kind: str, was: str | None) -> None:
    known = vocabulary.problem(t.corrections, {"id": 7, "kind": kind, "was": was}) is None

    if known and was is not None and kind != "reply":  # which has no column
        opinions._EFFECTIVE[kind](was)
    assert known or was not in (None, *vocabulary.ANSWERS[kind])


def test_a_delay_and_a_schedule_that_nobody_can_read_are_refused() -> None:
    for column, well, odd in (("delay", "30d", "soon"), ("schedule", "daily 02:00", "daily 26:00")):
        assert vocabulary.problem(t.rules, {column: well}) is vocabulary.problem(t.rules, {column: ""}) is None
        found = vocabulary.problem(t.rules, {column: odd}) or ("", "")
        assert found[0] == column


def test_every_short_text_of_an_archive_has_its_list_or_its_reason() -> None:
    places = {
        f"{catalog.short(table)}.{column.name}"
        for table in catalog.archived()
        for column in table.c
        if isinstance(column.type, Key)
    }
    listed = {*vocabulary.WORDS, *vocabulary.READ_BY}

    assert places == (listed | set(vocabulary.OPEN)) - {"messages.urgency", "messages.importance"}
    assert not listed & set(vocabulary.OPEN)


def test_the_lists_are_those_that_the_rest_of_the_program_goes_by() -> None:
    assert vocabulary.WORDS["saved_searches.sort"] == SEARCH_SORTS
    assert dict(vocabulary.ANSWERS) == dict(CLOSED_VALUES)


def test_every_column_that_holds_json_ids_has_a_shape() -> None:
    assert set(catalog.JSON_IDS) <= set(shapes.SHAPES)
    assert all(
        t.metadata.tables[t.PREFIX + place.partition(".")[0]].c[place.partition(".")[2]] is not None
        for place in shapes.SHAPES
    )
