"""A recognizer of German numbers that name a person: tax id, social security number, IBAN; each by its check digit."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from mailhelper_core import PersonalData, Recognizer, hookimpl

# Printed in groups, such as 86 095 742 719 or DE89 3704 0044 0532 0130 00.
_TAX_ID = re.compile(r"(?<![0-9])[1-9][0-9](?: ?[0-9]{3}){3}(?![0-9])")
_SOCIAL = re.compile(r"(?<![0-9])[0-9]{2} ?[0-3][0-9][01][0-9][0-9]{2} ?[A-Z] ?[0-9]{3}(?![0-9])")
_IBAN = re.compile(r"(?<![A-Za-z0-9])DE[0-9]{2}(?: ?[0-9]{4}){4} ?[0-9]{2}(?![0-9])")
_SOCIAL_WEIGHTS = (2, 1, 2, 5, 7, 1, 2, 1, 2, 1, 2, 1)


@hookimpl
def register_recognizers() -> Sequence[Recognizer]:
    """Answer the recognizer."""
    return [Recognizer("german-ids", lambda text: list(find(text)))]


def find(text: str) -> Iterator[PersonalData]:
    """Yield the places of numbers whose check digit is right."""
    for kind, pattern, is_right in (
        ("tax-id", _TAX_ID, is_tax_id),
        ("social-id", _SOCIAL, is_social_id),
        ("iban", _IBAN, is_iban),
    ):
        for found in pattern.finditer(text):
            if is_right(found[0].replace(" ", "")):
                yield PersonalData(kind, found.start(), found.end())


def is_tax_id(number: str) -> bool:
    """Check a Steuer-Identifikationsnummer: ISO 7064 MOD 11,10, and one digit two or three times in the first ten."""
    counts = [number[:10].count(digit) for digit in set(number[:10])]
    if sorted(count for count in counts if count > 1) not in ([2], [3]):
        return False
    product = 10
    for digit in number[:10]:
        total = (int(digit) + product) % 10 or 10
        product = total * 2 % 11
    return (11 - product) % 10 == int(number[10])


def is_social_id(number: str) -> bool:
    """Check a Rentenversicherungsnummer: the letter counts as its two-digit place, cross sums of weighted digits."""
    digits = number[:8] + f"{ord(number[8]) - 64:02}" + number[9:11]
    total = sum(sum(divmod(int(digit) * weight, 10)) for digit, weight in zip(digits, _SOCIAL_WEIGHTS, strict=True))
    return total % 10 == int(number[11])


def is_iban(number: str) -> bool:
    """Check an IBAN: ISO 7064 MOD 97-10."""
    return int(number[4:] + "1314" + number[2:4]) % 97 == 1
