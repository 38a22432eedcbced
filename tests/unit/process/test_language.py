"""German, English, or an honest None."""

from __future__ import annotations

import pytest

from mailhelper_core.model.mail.words import words
from mailhelper_core.process.reading.language import judge_language


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("Hallo, kannst du mir bitte sagen, ob der Termin am Freitag noch steht?", "de"),
        ("Die Rechnung für den Monat ist im Anhang, wir danken für Ihre Geduld.", "de"),
        ("Could you please tell me whether the meeting on Friday is still on?", "en"),
        ("The invoice for this month is attached, thank you for your patience.", "en"),
    ],
)
def test_running_text_tells_its_language(text, language):
    said = judge_language(words(text))

    assert said is not None
    assert said.value == language
    assert said.confidence >= 0.75


@pytest.mark.parametrize(
    "text",
    [
        "",
        "ok",
        "12.11.2025 14:30 4711",
        "Bonjour, pouvez-vous me dire si la réunion de vendredi est maintenue pour nous tous dans le bureau?",
        "Hola, ¿puedes decirme si la reunión del viernes sigue en pie para todos los que no están?",
        "Hallo, kun je me zeggen of de vergadering van vrijdag nog doorgaat, want het is niet voor ons",
        "Czy możesz mi powiedzieć, czy piątkowe spotkanie jest aktualne i nie zostało odwołane?",
        "请问星期五的会议还开吗？请尽快告诉我。",
        "هل يمكنك أن تخبرني ما إذا كان اجتماع يوم الجمعة لا يزال قائما؟",
        "x y z " * 200,
    ],
)
def test_other_languages_and_too_little_evidence_are_left_open(text):
    assert judge_language(words(text)) is None


def test_more_evidence_makes_surer():
    little, much = judge_language(words("wir sind für dich da")), judge_language(words("wir sind für dich da " * 5))

    assert little is not None
    assert much is not None
    assert little.confidence < much.confidence
