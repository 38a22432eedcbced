"""German: every sentence of the pages is there, with the placeholders of the English one."""

from __future__ import annotations

import re
from io import BytesIO
from pathlib import Path

import flask_security
from babel.messages.extract import extract_from_dir
from babel.messages.mofile import read_mo
from babel.messages.pofile import read_po
from flask import Flask, render_template_string

import mailhelper_web
from examples.flask_host.tests.browser import Browser

ROOT = Path(mailhelper_web.__file__).parent
GERMAN = ROOT / "translations" / "de" / "LC_MESSAGES"
METHODS = [("**.py", "python"), ("templates/**.html", "jinja2.ext:babel_extract")]
KEYWORDS = {"_": None, "gettext": None, "lazy_gettext": None, "ngettext": (1, 2)}


def _sentences() -> set[str]:
    found = extract_from_dir(str(ROOT), method_map=METHODS, keywords=KEYWORDS)
    return {words if isinstance(words, str) else words[0] for _, _, words, _, _ in found}


def _catalog():
    return read_po(BytesIO((GERMAN / "messages.po").read_bytes()))


def test_every_sentence_of_the_pages_is_translated():
    german = {message.id if isinstance(message.id, str) else message.id[0] for message in _catalog() if message.string}

    assert len(german) > 300
    assert _sentences() - german == set()
    assert german - {""} - _sentences() == set()


def test_placeholders_are_the_same_in_both_languages():
    for message in _catalog():
        if message.id:
            ids = [message.id] if isinstance(message.id, str) else list(message.id)
            strings = [message.string] if isinstance(message.string, str) else list(message.string)
            for english, german in zip(ids, strings, strict=True):
                assert set(re.findall(r"%\(\w+\)s", english)) == set(re.findall(r"%\(\w+\)s", german)), english


def test_the_compiled_catalog_is_that_of_the_source():
    sources = list(ROOT.glob("translations/*/LC_MESSAGES/*.po"))

    assert len(sources) == 3
    for source in sources:
        compiled = read_mo(BytesIO(source.with_suffix(".mo").read_bytes()))
        assert _texts(compiled) == _texts(read_po(BytesIO(source.read_bytes()))), source.name


def test_the_words_of_the_doors_are_the_hosts(stranger: Browser):
    english, german = ({"Accept-Language": language} for language in ("en", "de"))

    for page, headers, words, other in (
        ("/login?next=/mail/", english, ("<h1>Log in</h1>", "Mail address"), ("Login", "Email Address")),
        ("/register", english, ("Password again", "Mail address"), ("Retype", "Email Address")),
        ("/register", german, ("Passwort noch einmal", "Mailadresse"), ("erneut eingeben",)),
    ):
        text = stranger.get(page, headers=headers).text
        assert [word for word in words if word not in text] == [], page
        assert [word for word in other if word in text] == [], page


def test_what_the_host_says_otherwise_the_library_still_says():
    library = Path(flask_security.__file__).parent / "translations" / "flask_security.pot"
    known = {message.id for message in read_po(BytesIO(library.read_bytes()))}

    for source in ROOT.glob("translations/*/LC_MESSAGES/flask_security.po"):
        assert {message.id for message in read_po(BytesIO(source.read_bytes()))} - known == set()


def _texts(catalog) -> dict[tuple[str, ...], tuple[str, ...]]:
    return {_several(message.id): _several(message.string) for message in catalog if message.id}


def _several(words) -> tuple[str, ...]:
    return (words,) if isinstance(words, str) else tuple(words)


def test_a_sentence_of_a_page_escapes_its_values_and_one_of_a_letter_does_not(app: Flask):
    sentence = "{{ _('100 %% of %(text)s', text='<b>') }} {{ _('100 %%') }}"
    letter = app.jinja_env.overlay(autoescape=False).from_string(sentence)

    with app.test_request_context():
        assert render_template_string(sentence) == "100 % of &lt;b&gt; 100 %"
        assert letter.render() == "100 % of <b> 100 %"
