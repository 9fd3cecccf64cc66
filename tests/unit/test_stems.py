"""Forms of one word meet in one token, in each language."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lamella.stems import stem


@pytest.mark.parametrize(
    ("language", "forms"),
    [
        ("en", "moved moving moves"),
        ("en", "hotel hotels"),
        ("de", "wohne wohnt wohnst wohnen"),
        ("de", "arbeit arbeiten arbeitet"),
        ("de", "bruder brüder"),
        ("de", "geige geigen"),
        ("es", "vivo vive viven vivimos"),
        ("es", "gato gata gatos gatas"),
        ("es", "vez veces"),
        ("es", "canción canciones"),
        ("ar", "أعيش يعيش تعيش"),
        ("ar", "دراجة الدراجة دراجتي"),
        ("ar", "أسنان الأسنان"),
        ("ar", "سافر سافرنا يسافر"),
    ],
)
def test_forms_of_one_word_share_a_stem(language: str, forms: str) -> None:
    assert len({stem(form, language) for form in forms.split()}) == 1


@pytest.mark.parametrize(
    ("language", "words"),
    [
        ("de", "tee see haus maus bremen berlin kaffee käse"),
        ("es", "mar mes sal sol casa cosa madrid málaga"),
        ("ar", "قهوة شاي بيت كتاب مدينة"),
    ],
)
def test_different_words_keep_different_stems(language: str, words: str) -> None:
    listed = words.split()
    assert len({stem(word, language) for word in listed}) == len(listed)


@pytest.mark.parametrize("word", ["2019", "postgresql", "8443", "q3", "我住", "हिन्दी", "москва"])
def test_numbers_and_other_scripts_stay_whole_whatever_is_spoken(word: str) -> None:
    for language in ("en", "ar", "zh"):
        assert stem(word, language) == word


@given(st.text(min_size=1), st.sampled_from(["en", "de", "es", "ar"]))
def test_a_stem_is_never_empty_unless_nothing_but_marks_was_there(word: str, language: str) -> None:
    assert stem(word, language) or not word.strip("'s")
