"""Names that the words around them give away are looked for quickly, whatever the text is."""

from __future__ import annotations

from time import process_time

import pytest

from mailhelper_core.egress.names import cued


@pytest.mark.parametrize("text", ["A" * 6_000, "A-" * 3_000, "Aa " * 2_000, "von A " * 1_000])
def test_a_text_of_capitals_costs_no_more_than_others(text: str) -> None:
    began = process_time()
    list(cued(text))

    assert process_time() - began < 0.5


def test_a_long_name_is_found_whole() -> None:
    text = "Dear Mrs Leutheusser-Schnarrenberger-Wolfeschlegelsteinhausenberger,"

    found = {text[one.start : one.end] for one in cued(text)}

    assert "Leutheusser-Schnarrenberger-Wolfeschlegelsteinhausenberger" in found
