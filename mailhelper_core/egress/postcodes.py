"""Postcodes with the town beside them, where they stand as in an address; pure."""

from __future__ import annotations

import re

from mailhelper_core.model.ai.recognizer import PersonalData

_TOWN = (
    r"[A-ZÄÖÜÉÈÅØŁŠŽČ][\w.'’-]{1,30}"
    r"(?:[ /-](?:(?:am|an|der|im|in|bei|ob|sur|les|la|le|aan|den|op)[ ])?[\w.'’()-]{2,30}){0,3}?"
)
# What is counted in such numbers, and begins with a capital in German.
_COUNTED = (
    r"(?!(?:Euro?|EUR|Dollar|USD|CHF|GBP|Franken|Cent|Pfund|PLN|Liter|Gramm|Volt|Hertz|Mal|Uhr|Leute|Mails?|Artikel"
    r"|(?:Punkte|Mitarbeite|Mitgliede|Teilnehme|Mensch|Person|Besuche|Nutze|User|Kund|Lese|Einwohn|Zuschaue|Student"
    r"|Schüle|Stück|Seite|Zeich|Wört|Wort|Nachricht|Exemplar|Bestell|Stunde|Minute|Sekunde|Tag|Jahr|Meter|Kilo|Tonne"
    r"|Watt|Quadrat|Kubik|Umdrehung|Schritt|Byte|Zeile)\w*)\b)"
)
_BEFORE = r"(?:^[>|\s*]{0,12}|[,;(|·•][ ]?|\b(?i:plz|postleitzahl|in|aus|nach|at|à)[ :]{1,2})"
_BEHIND = r"(?=[ ]?(?:[,;).|·•\n]|\Z))"
_FORMS = tuple(
    re.compile(form, re.MULTILINE)
    for form in (
        rf"{_BEFORE}(?P<value>(?:(?:D|DE|F|FR|I|IT|E|ES)[ -])?\d{{5}}[ ]{_COUNTED}{_TOWN}){_BEHIND}",
        # Austria, Switzerland and others: no year
        rf"{_BEFORE}(?P<value>(?:(?:A|AT|CH|L|DK|N|B|BE)[ -])?(?!(?:19|20)\d\d)[1-9]\d{{3}}[ ]{_COUNTED}{_TOWN})"
        rf"{_BEHIND}",
        rf"(?<!\w)(?P<value>[1-9]\d{{3}}[ ][A-Z]{{2}}[ ]{_TOWN}){_BEHIND}",
        # Britain, the United States
        r"(?<![\w-])(?P<value>[A-Z]{1,2}\d[A-Z\d]?[ ]\d[A-Z]{2})(?![\w-])",
        r"(?<!\w)(?P<value>(?:[A-Z][a-z]{1,20}[ ]){0,2}[A-Z][a-z]{1,20},[ ][A-Z]{2}[ ]\d{5}(?:-\d{4})?)(?!\w)",
    )
)  # fmt: skip
# A word for it is enough.
_NAMED = re.compile(
    r"(?i:\b(?:plz|postleitzahl|post(?:al)?[ ]?code|zip(?:[ -]?code)?)\b[ :]{1,3}(?:is |ist |lautet )?)"
    r"(?P<value>\d{4,5}|[A-Z]{1,2}\d[A-Z\d]?[ ]\d[A-Z]{2})(?!\w)"
)


def postcodes(text: str) -> list[PersonalData]:
    """Find them."""
    return [PersonalData("place", *match.span("value")) for form in (*_FORMS, _NAMED) for match in form.finditer(text)]
