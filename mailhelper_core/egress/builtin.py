"""The built-in recognizers; a country's own numbers are a plugin's business."""

from __future__ import annotations

from collections.abc import Sequence

from mailhelper_core.egress import cues, forms, numbers, strict
from mailhelper_core.egress.postcodes import postcodes
from mailhelper_core.egress.pseudonyms import MARK
from mailhelper_core.hookspecs import hookimpl
from mailhelper_core.model.ai.recognizer import PersonalData, Recognizer

# Without one of these nothing leaves: a registry that lacks them is not the one that owners consented to.
REQUIRED = frozenset(
    ("marks", "addresses", "urls", "ibans", "tax-ids", "phones", "numbers", "orders", "places", "forms", "names")
)


@hookimpl
def register_recognizers() -> Sequence[Recognizer]:
    """Answer what is looked for in every text."""
    return [
        Recognizer("marks", _marks),
        Recognizer("addresses", numbers.addresses),
        Recognizer("urls", numbers.urls),
        Recognizer("ibans", numbers.ibans),
        Recognizer("tax-ids", numbers.tax_ids),
        Recognizer("phones", numbers.phones),
        Recognizer("numbers", numbers.digits),
        Recognizer("orders", numbers.orders),
        Recognizer("places", lambda text: numbers.places(text) + postcodes(text)),
        Recognizer("forms", forms.found),
        Recognizer("names", lambda text: list(cues.cued(text))),
        Recognizer("all-numbers", strict.numbers, strict=True),
        Recognizer("all-capitals", strict.capitals, strict=True),
    ]


def _marks(text: str) -> list[PersonalData]:
    return [PersonalData("mark", match.start(), match.end()) for match in MARK.finditer(text)]
