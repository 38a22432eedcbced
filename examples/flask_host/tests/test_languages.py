"""German: every sentence of the pages is there, with the placeholders of the English one."""

from __future__ import annotations

import re
from io import BytesIO
from pathlib import Path

from babel.messages.extract import extract_from_dir
from babel.messages.mofile import read_mo
from babel.messages.pofile import read_po
from flask import Flask, render_template_string

import mailhelper_web

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
    compiled = read_mo(BytesIO((GERMAN / "messages.mo").read_bytes()))

    assert _texts(compiled) == _texts(_catalog())


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
