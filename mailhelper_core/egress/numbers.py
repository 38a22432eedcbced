"""Numbers and addresses that lead to a person: recognizers by pattern, check digit and library; pure."""

from __future__ import annotations

import re
from importlib import import_module
from importlib.util import find_spec
from types import ModuleType

from mailhelper_core.errors import ConfigError
from mailhelper_core.model.ai.recognizer import PersonalData

_AT = r"(?:@|\s?[\[({]\s?(?:at|ät)\s?[\])}]\s?)"
_DOT = r"(?:\.|\s?[\[({]\s?(?:dot|punkt)\s?[\])}]\s?)"
# RFC 5322 3.4.1: what stands before the @ may be quoted, and behind it an address in brackets.
_ADDRESS = re.compile(
    rf"(?:[\w.+%'!#$&*/=?^`{{|}}~-]{{1,64}}|\"[^\"\n]{{1,64}}\"){_AT}"
    rf"(?:[\w-]{{1,63}}(?:{_DOT}[\w-]{{1,63}}){{0,8}}|\[[\w.:]{{1,64}}\])",
    re.IGNORECASE,
)
_TLD = (
    "com|org|net|edu|gov|info|biz|io|co|app|dev|me|tv|cc|eu|de|at|ch|li|lu|uk|ie|fr|it|es|pt|nl|be|dk|se|no|fi|pl|cz|sk"
    "|hu|ro|bg|gr|tr|ru|ua|us|ca|mx|br|ar|au|nz|jp|cn|in|za|il|online|shop|site|xyz|cloud|example|invalid|test|local"
)
_URL = re.compile(
    r"(?:[a-z][a-z0-9+.-]{1,20}://|mailto:|tel:|sips?:|www\.)[^\s<>\"]{1,2000}"
    rf"|(?<![\w@.-])(?:[\w-]{{1,63}}\.){{1,6}}(?:{_TLD})(?![\w-])(?::\d{{1,5}})?(?:[/?#][^\s<>\"]{{0,2000}})?"
    # A path behind it makes a host of any domain.
    r"|(?<![\w@.-])(?:[\w-]{1,63}\.){1,6}[a-z]{2,24}(?::\d{1,5})?/[^\s<>\"]{1,2000}",
    re.IGNORECASE,
)
# Where a number begins and ends: only its own kind of letters may not be beside it. Letters of scripts that write no
# blanks stand directly before it, and underscores where a mail in plain text stresses something.
_BEGINS, _ENDS = r"(?<![A-Za-z0-9])", r"(?![A-Za-z0-9])"
_IBAN = re.compile(
    rf"{_BEGINS}(?:[A-Z]{{2}}[ ]?\d{{2}}(?:[ -]?[A-Z0-9]{{4}}){{2,7}}(?:[ -]?[A-Z0-9]{{1,3}}{_ENDS})?"
    rf"|(?i:[a-z]{{2}}\d{{2}}[a-z0-9]{{11,30}})){_ENDS}"
)
# What belongs to a number: digits with blanks, dashes of every kind, dots, slashes and brackets between them.
_RUN = re.compile(r"(?<!\d)\+?\(?\d(?:[ ()/.,_\u00b7\-\u2010-\u2015\u2212]{0,3}\d){3,40}\d*")
_MIN_DIGITS = 6
_DATE = re.compile(
    r"(?<![\d./-])(?:\d{4}[-./](?:0?[1-9]|1[0-2])[-./](?:0?[1-9]|[12]\d|3[01])"
    r"|(?:0?[1-9]|[12]\d|3[01])[. /-]{1,2}(?:0?[1-9]|1[0-2])[. /-]{1,2}(?:19|20)?\d\d)(?![./-]?\d)"
)
_MONTH = r"(?:jan|feb|m(?:ar|är)|apr|ma[iy]|jun|jul|aug|sep|o[ck]t|nov|de[cz])[a-z]{0,6}\.?"
_DAY = r"(?:0?[1-9]|[12]\d|3[01])"
# Without these the year and the hour behind it would be one long number.
_WRITTEN_DATE = re.compile(
    rf"(?<![\w./-])(?:{_DAY}\.?[ ]{_MONTH}|{_MONTH}[ ]{_DAY}(?:st|nd|rd|th)?,?)[ ](?:19|20)\d\d(?![./-]?\d)",
    re.IGNORECASE,
)
# An amount of money is no account or phone number that a currency stands beside: it begins with no 0 unless it is less
# than one, no number stands before it, and without decimals it has less than nine digits. A currency that a number
# follows belongs to that one.
_CENTS = r"(?:(?!0\d)\d{1,3}(?:[.,' ]?\d{3}){0,3}[.,]\d{1,2})"
_WHOLE = r"(?:(?!0)(?:\d{1,2}(?:[.,' ]?\d{3}){2}|\d{1,3}(?:[.,' ]?\d{3})?))"
_CURRENCY = "(?:€|\\$|£|EUR|Euro|USD|CHF|GBP)"
_AMOUNT = re.compile(
    rf"(?:(?:€|\$|£|EUR|USD|CHF|GBP)[ ]?)(?:{_CENTS}(?![\d.,-]?\d)|{_WHOLE}(?![\d.,' /-]?\d))"
    rf"|(?<![\d.,/()-])(?<![\d)] )(?:{_CENTS}[ ]?{_CURRENCY}(?!\w)|{_WHOLE}[ ]?{_CURRENCY}(?!\w)(?![ ]?\d))"
)
_CODE = re.compile(
    rf"{_BEGINS}(?=[\w/-]{{0,40}}\d)(?=[\w/-]{{0,40}}[A-Za-z])[A-Za-z0-9]+(?:[-_/][A-Za-z0-9]+){{0,8}}{_ENDS}"
)
_MIN_CODE_DIGITS = 3
_ORDER = re.compile(
    r"(?i:\b(?:order|bestell\w{0,8}|auftrag\w{0,9}|rechnung\w{0,9}|invoice|kunden\w{0,8}|customer|ticket|booking"
    r"|buchung\w{0,9}|vertrag\w{0,9}|contract|tracking|sendung\w{0,9}|reference|referenz\w{0,8}|ref|aktenzeichen|az"
    r"|case|policy|police|versicherung\w{0,12}|mitglied\w{0,9}|member\w{0,6}|konto\w{0,8}|account|vorgang\w{0,9}|pin"
    r"|code|passport|reisepass\w{0,8}|ausweis\w{0,8}|personal\w{0,8}|patient\w{0,8}|iban|bic|blz|nr|no|nummer|number)"
    r"\b[ .:#]{0,4}(?:(?:nr|no|nummer|number|id|code)\b)?[ .:#]{0,4}(?:is |lautet |ist )?)"
    r"(?P<value>#?[A-Za-z0-9](?:[A-Za-z0-9]|[-/_.](?=[A-Za-z0-9])){2,40})"
)
_PLACE = re.compile(
    # Lindenstraße 12, Karl-Marx-Str. 12, Berliner Straße 12
    r"(?<![^\W_])(?:(?:[^\W\d_]{2,30}-){0,4}[^\W\d_]{2,30}-?|(?-i:[^\W\d_a-zß-ÿ])[^\W\d_]{1,30}[ ])"
    r"(?:stra(?:ß|ss)e|str\.?|weg|platz|allee|gasse|ring|ufer|damm)[ ]?(?:nr\.?[ ])?\d{1,4}(?:[ ]?[a-z])?\b"
    # 221B Baker Street
    r"|(?<!\w)\d{1,5}[a-z]?[ ](?-i:(?:[A-Z][\w'’.-]{0,30}[ ]){1,3}(?:Street|St|Road|Rd|Avenue|Ave|Lane|Ln|Drive"
    r"|Boulevard|Blvd|Square|Terrace|Court)\b)",
    re.IGNORECASE,
)
# Where phone numbers without a country code are looked for; the runs of digits catch what is left.
_REGIONS = ("DE", "US", "GB")
_TAX = ("stdnum.de.idnr", "stdnum.eu.vat", "stdnum.us.ssn", "stdnum.gb.utr", "stdnum.ch.ssn", "stdnum.at.vnr")
_TAX_SHAPE = re.compile(
    r"(?<!\w)(?:[A-Z]{2,3}[ -]?)?\d[\d ./-]{6,16}\d[ ]?[A-Z]{0,3}(?!\w)|(?<!\w)[A-Z]{2}[ ]?(?:\d{2}[ ]?){3}[A-D](?!\w)"
)


def require_extra() -> None:
    """Raise ConfigError without the libraries that know phone and tax numbers."""
    if find_spec("phonenumbers") is None or find_spec("stdnum") is None:
        raise ConfigError("To replace personal data, install `mailhelper[privacy]`; without it no text leaves.")


def addresses(text: str) -> list[PersonalData]:
    """Find mail addresses, also those that are written out (`ada (at) example (dot) org`)."""
    return [PersonalData("address", match.start(), match.end()) for match in _ADDRESS.finditer(text)]


def urls(text: str) -> list[PersonalData]:
    """Find links and host names."""
    return [
        PersonalData("url", match.start(), match.start() + len(match[0].rstrip(".,;:!?)]}'")))
        for match in _URL.finditer(text)
    ]


def ibans(text: str) -> list[PersonalData]:
    """Find bank accounts, also mistyped ones; words behind the number do not belong to it."""
    found = []
    for match in _IBAN.finditer(_masked(text)):
        value = match[0]
        while " " in value and not any(char.isdigit() for char in value.rpartition(" ")[2]):
            value = value.rpartition(" ")[0]
        if sum(char.isdigit() for char in value) >= 8:
            found.append(PersonalData("iban", match.start(), match.start() + len(value)))
    return found


def phones(text: str) -> list[PersonalData]:
    """Find phone numbers by the rules of several countries; dates and amounts of money are none."""
    library = import_module("phonenumbers")
    masked = _masked(text)
    return [
        PersonalData("phone", match.start, match.end)
        for region in _REGIONS
        for match in library.PhoneNumberMatcher(masked, region, leniency=library.Leniency.VALID)
    ]


def tax_ids(text: str) -> list[PersonalData]:
    """Find tax and social security numbers whose check digits are right."""
    checks = [import_module(name) for name in _TAX]
    return [
        PersonalData("tax_id", match.start(), match.end())
        for match in _TAX_SHAPE.finditer(text)
        if _is_valid(checks, match[0])
    ]


def digits(text: str) -> list[PersonalData]:
    """Find every other long number: cards by their check digit; dates and amounts of money stay."""
    found = []
    for match in _RUN.finditer(_masked(text)):
        only = re.sub(r"\D", "", match[0])
        if len(only) >= _MIN_DIGITS:
            kind = "card" if 13 <= len(only) <= 19 and _luhn(only) else "number"
            found.append(PersonalData(kind, match.start(), match.end()))
    return found


def orders(text: str) -> list[PersonalData]:
    """Find order, customer and file numbers: by the word before them, or by letters and digits in one word."""
    found = [
        PersonalData("order", match.start("value"), match.end("value"))
        for match in _ORDER.finditer(text)
        if any(char.isdigit() for char in match["value"]) and not _DATE.fullmatch(match["value"])
    ]
    for match in _CODE.finditer(text):
        if sum(char.isdigit() for char in match[0]) >= _MIN_CODE_DIGITS:
            found.append(PersonalData("order", match.start(), match.end()))
    return found


def places(text: str) -> list[PersonalData]:
    """Find streets with a house number."""
    return [PersonalData("place", match.start(), match.end()) for match in _PLACE.finditer(text)]


def _masked(text: str) -> str:
    """Answer a text of the same length with line breaks in place of dates and amounts of money."""
    masked = list(text)
    for pattern in (_DATE, _WRITTEN_DATE, _AMOUNT):
        for match in pattern.finditer(text):
            masked[match.start() : match.end()] = "\n" * len(match[0])
    return "".join(masked)


def _is_valid(checks: list[ModuleType], value: str) -> bool:
    return any(check.is_valid(value) for check in checks)


def _luhn(number: str) -> bool:
    doubled = [int(digit) * (1 + place % 2) for place, digit in enumerate(reversed(number))]
    return sum(value - 9 if value > 9 else value for value in doubled) % 10 == 0
