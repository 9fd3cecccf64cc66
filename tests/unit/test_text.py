from __future__ import annotations

from unicodedata import normalize

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lamella.text import content_words, language, names, sentences, tokens

ANY_TEXT = st.text(max_size=80)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("hotels", "hotel"),
        ("moving", "moved"),
        ("moves", "move"),
        ("studied", "studies"),
        ("running", "run"),
        ("movies", "movie"),
        ("boxes", "box"),
        ("controlled", "control"),
        ("Mara's", "mara"),
        ("STRASSE", "straße"),
        ("ﬁne", "fine"),
        ("don\u2019t", "don't"),
    ],
)
def test_forms_of_one_word_are_one_token(one: str, other: str) -> None:
    assert tokens(one) == tokens(other)
    assert len(tokens(one)) == 1


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("need", "ne"),
        ("king", "k"),
        ("bus", "bu"),
        ("thing", "th"),
        ("2019", "201"),
    ],
)
def test_different_words_stay_different(one: str, other: str) -> None:
    assert tokens(one) != tokens(other)


def test_scripts_without_spaces_become_pairs_of_characters() -> None:
    assert tokens("我住在柏林") == ["我住", "住在", "在柏", "柏林"]
    assert tokens("茶") == ["茶"]
    assert tokens("ﾄﾏﾄ") == ["トマ", "マト"]
    assert tokens("Sushi 寿司 2x") == ["sushi", "寿司", "2x"]


def test_arabic_vowel_signs_and_combining_letters_do_not_split_words() -> None:
    assert tokens("مَرْحَبًا") == tokens("مرحبا") == ["مرحب"]
    assert tokens("हिन्दी विद्यालय") == ["हिन्दी", "विद्यालय"]


@given(ANY_TEXT)
def test_tokens_are_words_without_blanks(text: str) -> None:
    assert all(word and word.split() == [word] for word in tokens(text))


@given(ANY_TEXT)
def test_case_and_unicode_form_change_no_token(text: str) -> None:
    expected = tokens(text)
    assert tokens(text.casefold()) == expected
    for form in ("NFC", "NFKC", "NFD"):
        assert tokens(normalize(form, text)) == expected


def test_a_question_leaves_the_words_it_is_about() -> None:
    assert content_words("When did Mara go to the climbing gym?") == ("mara", "go", "climb", "gym")
    assert content_words("Was ist die Telefonnummer von Anna?") == ("telefonnumm", "anna")
    assert content_words("¿Dónde vive mi hermana?") == ("viv", "herman")
    assert "die" in content_words("Where did his dog die?")


def test_a_question_of_stop_words_only_keeps_them() -> None:
    assert content_words("Who is it?") == ("who", "is", "it")
    assert content_words("") == ()


def test_the_language_is_guessed_from_small_words() -> None:
    assert language("Ich wohne seit Mai in Bremen") == "de"
    assert language("Me gusta mucho el mar") == "es"
    assert language("Tokyo 2020") == "en"


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("Dr. Vale came. We talked!", ["Dr. Vale came.", "We talked!"]),
        ("It cost 3.50 euros. Cheap.", ["It cost 3.50 euros.", "Cheap."]),
        (
            "See https://example.com/a.html?x=1. Then go",
            ["See https://example.com/a.html?x=1.", "Then go"],
        ),
        ("Really!? No way... ok", ["Really!?", "No way... ok"]),
        ("i like it. it works", ["i like it.", "it works"]),
        ("Meet J. Ortiz at 5 p.m. and eat", ["Meet J. Ortiz at 5 p.m. and eat"]),
        (
            "See No. 7 first. I said no. Then we left",
            ["See No. 7 first.", "I said no.", "Then we left"],
        ),
        ("Am 3. Mai war es z.B. kalt. Ja.", ["Am 3. Mai war es z.B. kalt.", "Ja."]),
        ("one\ntwo\n\nthree", ["one", "two", "three"]),
        ("我住在东京。你呢\uff1f好\uff01", ["我住在东京。", "你呢\uff1f", "好\uff01"]),
        ("كيف حالك؟ أنا بخير", ["كيف حالك؟", "أنا بخير"]),
        ("1. Tea\n2. Rice", ["1. Tea", "2. Rice"]),
        ("It was 2019. We met.", ["It was 2019.", "We met."]),
    ],
)
def test_sentences_end_where_a_reader_would_end_them(text: str, parts: list[str]) -> None:
    assert sentences(text) == parts


@given(ANY_TEXT)
def test_sentences_together_keep_every_word(text: str) -> None:
    assert "".join("".join(sentences(text)).split()) == "".join(text.split())


def test_names_are_told_from_capitals_that_begin_sentences() -> None:
    assert names("Mara moved to Oslo. She joined the Museum of Modern Art in May.") == (
        "Mara",
        "Oslo",
        "Museum of Modern Art",
    )
    assert names("Thanks! Hiking is fun. I'm with Tom Baker's dog.") == ("Tom Baker",)
    assert names("WHAT A DAY") == ()
    assert names("Ich wohne in Berlin und der Hund heißt Rex.") == ("Berlin", "Rex")


@given(ANY_TEXT)
def test_names_occur_in_the_text(text: str) -> None:
    plain = text.replace("\u2019", "'")
    assert all(word in plain for name in names(text) for word in name.split())
