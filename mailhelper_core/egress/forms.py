"""What leads to a person by its form, or by the word before it: hosts, spelled addresses, plates, secrets; pure."""

from __future__ import annotations

import re
from collections.abc import Callable
from ipaddress import ip_address

from mailhelper_core.egress.command_lines import handed_over
from mailhelper_core.egress.keys import keys
from mailhelper_core.egress.secret_words import secrets
from mailhelper_core.egress.traces import traces
from mailhelper_core.model.ai.recognizer import PersonalData


def _is_internet_address(text: str) -> bool:
    try:
        return bool(ip_address(text))
    except ValueError:
        return False


def _is_no_file(text: str) -> bool:
    return text.rpartition(".")[2] not in _FILES


_FILES = frozenset(
    ("pdf", "doc", "docx", "odt", "xls", "xlsx", "ods", "csv", "ppt", "pptx", "txt", "rtf", "md", "jpg", "jpeg", "png",
     "gif", "heic", "svg", "tif", "tiff", "zip", "gz", "tar", "rar", "html", "htm", "xml", "json", "ics", "eml", "msg",
     "vcf", "mp3", "mp4", "mov", "wav", "py", "js", "exe", "dmg", "apk", "log")
)  # fmt: skip
_SMALL = "a-z0-9ß-öø-ÿ-"
_CODE = "(?:number|nummer|nr|no|ref|reference)"
# (kind, form, what is looked at besides); the group `value`, where there is one, is what is replaced.
_FORMS: tuple[tuple[str, str, Callable[[str], bool]], ...] = (
    # A host of any domain, written small: behind a full stop without a blank the next sentence begins with a capital.
    (
        "url",
        rf"(?<![\w@./-])(?:[{_SMALL}]{{1,63}}\.){{0,4}}[{_SMALL}]{{3,63}}\.[a-z]{{2,24}}(?![\w@/-]|\.\w)",
        _is_no_file,
    ),
    (
        "address",
        r"(?<![\w.])[\w.+-]{1,64}[ ](?i:at|ät)[ ][\w-]{2,63}(?:[ ](?i:dot|punkt)[ ][\w-]{2,24}){1,4}(?!\w)",
        bool,
    ),
    # A phone number that a line break divides, also within what is quoted; only behind a word that says what it is.
    (
        "phone",
        r"(?i:\b(?:telefon\w{0,8}|telephone|tel|phone|fon|mobile?|handy|fax|call|ruf\w{0,8})[ .:]{1,4})"
        r"(?P<value>[+(]?\d[\d ()/.-]{2,20}\n[> ]{0,6}\d[\d ()/-]{1,15}\d)",
        bool,
    ),
    ("url", r"(?<![\w:.])[0-9A-Fa-f]{0,4}(?::[0-9A-Fa-f]{0,4}){2,7}(?![\w:])", _is_internet_address),
    ("url", r"(?<![\w.])\d{1,3}(?:\.\d{1,3}){3}(?![\w.]?\d)", _is_internet_address),
    ("order", r"(?<![\w:-])[0-9A-Fa-f]{2}(?:[:-][0-9A-Fa-f]{2}){5}(?![\w:-])", bool),
    (
        "order",
        r"(?i:\b(?:bic|swift)(?:[ -]?code)?[ :./]{1,4})(?P<value>[A-Z]{6}[A-Z0-9]{2}(?:[A-Z0-9]{3})?)(?!\w)",
        bool,
    ),
    # B-MW 1234; other forms behind the word for it
    ("order", r"(?<![\w-])[A-ZÄÖÜ]{1,3}-[A-Z]{1,2}[ ]?\d{1,4}[EH]?(?!\w)", bool),
    (
        "order",
        r"(?i:\b(?:\w{0,20}kennzeichen|(?:number|licen[cs]e) plate)(?: is| ist|:)?[ ]{1,3})"
        r"(?P<value>(?=[A-ZÄÖÜ -]{0,8}\d)[A-ZÄÖÜ0-9](?:[ -]?[A-ZÄÖÜ0-9]){2,9})(?!\w)",
        bool,
    ),
    # The courts' own form, 12 C 345/23, and what stands behind the word for it
    ("order", r"(?<!\w)(?:[IVX]{1,4}|\d{1,4})[ ][A-Z][A-Za-z]{0,4}[ ]\d{1,6}/\d{2,4}(?!\w)", bool),
    (
        "order",
        rf"(?i:\b(?:aktenzeichen|geschäftszeichen|az|gz|file {_CODE}|docket)\b[ .:]{{1,4}})"
        r"(?P<value>(?=[\w ./-]{0,12}\d)\w{1,12}(?:[ ./-]{1,2}\w{1,12}){0,4}?(?<=\d))"
        r"(?!\w|[ ./-]{0,2}\w{0,2}[ ./-]{0,2}\d)",
        bool,
    ),
    ("place", r"(?i:\b(?:postfach|p\.?[ ]?o\.?[ ]?box)[ :]{1,3})(?P<value>\d(?:[ ]?\d){1,9})(?!\w)", bool),
)  # fmt: skip
_COMPILED = tuple((kind, re.compile(form), check) for kind, form, check in _FORMS)


def found(text: str) -> list[PersonalData]:
    """Answer where something of these forms stands."""
    by_form = [
        PersonalData(kind, *match.span("value" if "value" in form.groupindex else 0))
        for kind, form, check in _COMPILED
        for match in form.finditer(text)
        if check(match[0])
    ]
    return by_form + secrets(text) + handed_over(text) + keys(text) + traces(text)
