from __future__ import annotations

import re
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lamella.engines.rules import Rules
from lamella.models import Fact, Turn


def turn(
    text: str, *, n: int = 1, role: str = "user", name: str | None = None, fleeting: bool = False
) -> Turn:
    return Turn(f"e-{n}", role, text, said_at=n, captured_at=n, name=name, fleeting=fleeting)


def only(text: str, name: str | None = None) -> Fact:
    (fact,) = Rules().extract([turn(text, name=name)])
    return fact


# --- whose words, and from where --------------------------------------------------------------


def test_a_fact_keeps_the_speakers_words_and_tells_where_it_came_from() -> None:
    fact = only("I baked rye bread with Tom in Graz.", name="Mara")
    assert fact.text == "I baked rye bread with Tom in Graz."
    assert (fact.speaker, fact.sources, fact.said_at) == ("Mara", ("e-1",), 1)
    assert fact.entities == ("Tom", "Graz")
    assert fact.kind == "factual"
    assert fact.durable


@pytest.mark.parametrize(
    "small_talk",
    [
        "Hello!",
        "Hey Mara, good to see you!",
        "Thanks a lot!",
        "Thanks for your help!",
        "ok",
        "haha",
        "wow that's great!",
        "Sounds like a plan.",
        "I'm so happy for you!",
        "You got this!",
        "See you tomorrow, bye!",
        "What's the weather like?",
        "You told me that I like tea.",
        "Danke schön!",
        "Guten Morgen!",
        "Muchas gracias",
        "Hasta luego",
        "谢谢",
        "你好",
        "ありがとうございます",
        "شكرا جزيلا",
        "   ",
        "...",
    ],
)
def test_small_talk_bare_questions_and_recollections_are_no_facts(small_talk: str) -> None:
    assert Rules().extract([turn(small_talk)]) == []
    assert Rules().extract([turn(small_talk, name="Mara")]) == []


@pytest.mark.parametrize(
    "statement",
    [
        "Ich habe gestern mein altes Fahrrad verkauft.",
        "Ayer compré una bicicleta para mi hija.",
        "我住在东京。",
        "私は東京に住んでいます。",
        "أنا أعيش في القاهرة",
        "The deploy runs on port 8080.",
        "Remember that the gate opens at six.",
        "Keep your answers short.",
    ],
)
def test_statements_are_kept_whole_in_every_language(statement: str) -> None:
    assert only(statement).text == statement


def test_greetings_around_a_statement_are_dropped_and_its_asides_kept() -> None:
    said = (
        "Hi Bo! I finished the sea painting on Sunday. It took ages, you know? I sold it, too. Bye!"
    )
    assert only(said, "Mara").text == (
        "I finished the sea painting on Sunday. It took ages, you know? I sold it, too."
    )


def test_a_short_reply_is_made_readable_by_its_question() -> None:
    asked = turn("Good morning! Do you still live in Rome?", role="assistant")
    (fact,) = Rules().extract([asked, turn("Yes, since 2019.", n=2)])
    assert fact.text == "Do you still live in Rome? Yes, since 2019."
    assert fact.sources == ("e-2", "e-1")


def test_the_question_may_come_from_an_earlier_batch_which_yields_nothing_itself() -> None:
    earlier = [turn("I have a boat. Are you a sailor?", name="Bo")]
    (fact,) = Rules().extract([turn("Yes.", n=2, name="Mara")], earlier)
    assert fact.text == "Are you a sailor? Yes."
    assert fact.speaker == "Mara"


@pytest.mark.parametrize(
    "turns",
    [
        turn("I live in Rome.", role="system"),
        turn("The user lives in Rome.", role="tool"),
        turn("I think the user wants Rome.", fleeting=True),
        turn("As you told me before, you like tea. Rome is a fine city.", role="assistant"),
    ],
)
def test_nothing_comes_from_systems_tools_fleeting_turns_or_an_assistants_chatter(
    turns: Turn,
) -> None:
    assert Rules().extract([turns]) == []


def test_an_assistant_is_remembered_for_what_it_did() -> None:
    done = "Sure! I've booked the Hotel Anker. Your reservation number is X12. Anything else?"
    (fact,) = Rules().extract([turn(done, role="assistant")])
    assert fact.text == "I've booked the Hotel Anker. Your reservation number is X12."


# --- slots ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("said", "slot"),
    [
        ("My name is Mara Vale.", "name"),
        ("Hi, I'm Mara.", "name"),
        ("Ich heiße Jonas.", "name"),
        ("Me llamo Lucía.", "name"),
        ("i live in rome", "home"),
        ("Actually, I've just moved to Lisbon.", "home"),
        ("I no longer live in Rome.", "home"),
        ("Ich wohne in Hamburg.", "home"),
        ("Ich bin nach Wien gezogen.", "home"),
        ("Vivo en Madrid.", "home"),
        ("我搬家了,现在住在杭州。", "home"),
        ("今は神戸に住んでいます。", "home"),
        ("أنا أسكن الآن في إربد.", "home"),
        ("I work for a small bakery.", "work"),
        ("我在一家医院工作。", "work"),
        ("私は銀行で働いています。", "work"),
        ("أنا أعمل في مدرسة.", "work"),
        ("I quit my job.", "work"),
        ("Trabajo en Telefónica.", "work"),
        ("I work as a data engineer.", "job"),
        ("I'm 34 years old.", "age"),
        ("I just turned 41.", "age"),
        ("Tengo 30 años.", "age"),
        ("My birthday is on 3 May.", "birthday"),
        ("I got engaged last week!", "relationship"),
        ("I am now vegan.", "diet"),
        ("I don't eat meat.", "diet"),
        ("Ich bin Vegetarier.", "diet"),
        ("Soy vegetariana.", "diet"),
        ("I'm allergic to peanuts.", "allergy:peanut"),
        ("Ich bin allergisch gegen Nüsse.", "allergy:nüsse"),
        ("Soy alérgica a las nueces.", "allergy:nuece"),
        ("We broke up.", "relationship"),
        ("My favourite colour is green.", "favourite:colour"),
        ("My favorite color is now blue.", "favourite:colour"),
        ("Meine Lieblingsfarbe ist Blau.", "favourite:farbe"),
        ("I prefer boutique hotels.", "prefers:hotel"),
        ("I prefer aisle seats over window seats.", "prefers:seat"),
        ("I prefer tea over coffee.", "prefers:coffee/tea"),
        ("I now prefer coffee to tea.", "prefers:coffee/tea"),
        ("I changed my mind, I prefer trains.", "prefers:train"),
        ("I used to like tea, but now I prefer coffee.", "prefers:coffee"),
        ("I like olives.", "taste:olive"),
        ("I don't like olives any more.", "taste:olive"),
        ("I can't stand olives.", "taste:olive"),
        ("Me gusta el café.", "taste:café"),
        ("Ya no me gusta el café.", "taste:café"),
        ("My dog is called Rex.", "owns:dog"),
        ("My cat is called Luna.", "owns:cat"),
        ("I drive an old Golf.", "owns:car"),
        ("Please answer in German.", "language"),
        ("My time zone is CET.", "timezone"),
        ("I'm planning to run a marathon.", "plan:run marathon"),
    ],
)
def test_what_has_one_current_value_fills_a_slot(said: str, slot: str) -> None:
    fact = only(said)
    assert (fact.slot, fact.subject, fact.durable) == (slot, "user", True)
    assert only(said, name="Mara").subject == "mara"


@pytest.mark.parametrize(
    "said",
    [
        "I used to live in Rome.",
        "If I lived in Rome I would eat better.",
        "If I win and I live in Rome, we party.",
        "I wish I lived in Rome.",
        "When I was a kid I lived in Rome.",
        "I'd love to live in Rome.",
        "Just kidding, I live on Mars.",
        "I moved in with my girlfriend.",
        "I was moved to tears.",
        "I'm Italian.",
        "I don't like it when people shout.",
        "We're like a family in here.",
        "我爸爸住在南京。",
        "أخي يسكن في دبي.",
    ],
)
def test_wishes_jokes_and_the_past_fill_no_slot(said: str) -> None:
    assert only(said).slot is None


def test_a_sentence_with_a_slot_stands_alone_so_that_superseding_hides_nothing_else() -> None:
    said = "The launch went well. I live in Rome. It's lovely there. My boss called about taxes."
    facts = Rules().extract([turn(said)])
    assert [(fact.text, fact.slot) for fact in facts] == [
        ("The launch went well.", None),
        ("I live in Rome. It's lovely there.", "home"),
        ("My boss called about taxes.", None),
    ]


def test_what_a_picture_shows_stays_with_what_is_said_of_it() -> None:
    told = "I moved to Graz last week. [photo: a photo of a street with a tram]"
    assert [fact.text for fact in Rules().extract([turn(told, name="Mara")])] == [told]


def test_what_is_told_and_asked_in_one_breath_stays_together() -> None:
    said = (
        "We deploy with Helm on Mondays. Our cluster runs on Hetzner. The last upgrade took two "
        "hours, so how can I shorten it?"
    )
    [fact] = Rules().extract([turn(said)])
    assert (fact.text, fact.slot, fact.topics) == (said, None, ())


def test_a_question_to_an_assistant_stays_with_the_slot_before_it() -> None:
    said = "I live in Rome. Which of the museums near the river are open on Monday?"
    [fact] = Rules().extract([turn(said)])
    assert (fact.text, fact.slot) == (said, "home")


def test_two_slots_in_one_sentence_are_two_facts() -> None:
    facts = Rules().extract([turn("I'm Mara and I live in Oslo.")])
    assert [(fact.text, fact.slot) for fact in facts] == [
        ("I'm Mara", "name"),
        ("I live in Oslo.", "home"),
    ]


@pytest.mark.parametrize(
    ("said", "subject", "slot", "triple"),
    [
        ("Mara moved to Oslo.", "mara", "home", ("Mara", "lives in", "Oslo")),
        ("Mara works at Siemens.", "mara", "work", ("Mara", "works at", "Siemens")),
        ("My sister Mara lives in Oslo.", "mara", "home", ("Mara", "lives in", "Oslo")),
        ("My mom likes roses.", "alex's mom", "taste:rose", ("Alex's mom", "likes", "roses")),
        ("My sister is called Mara.", None, None, ("Alex", "sister", "Mara")),
        ("My wife's name is Anna.", "alex", "relation:wife", ("Alex", "wife", "Anna")),
        ("Tom is my brother.", None, None, ("Alex", "brother", "Tom")),
    ],
)
def test_others_and_relations_to_them_are_semantic(
    said: str, subject: str | None, slot: str | None, triple: tuple[str, str, str]
) -> None:
    fact = only(said, name="Alex")
    assert (fact.kind, fact.subject, fact.slot, fact.triple) == ("semantic", subject, slot, triple)


@pytest.mark.parametrize(
    ("said", "slot"),
    [
        ("The budget for this trip is 2000 euros.", "budget"),
        ("My flight dates are 3 to 9 May", "trip:dates"),
        ("Let's look at flights on Friday.", None),
        ("I need a flight to Rome on Friday.", None),
        ("This time I want a window seat.", None),
        ("For this trip I prefer cheap hotels.", None),
        ("Just for today I like coffee.", None),
        ("Diesmal möchte ich ein Zimmer mit Balkon.", None),
    ],
)
def test_the_task_at_hand_makes_notes(said: str, slot: str | None) -> None:
    fact = only(said)
    assert (fact.kind, fact.durable, fact.slot) == ("note", False, slot)


def test_what_is_told_beside_a_request_lasts() -> None:
    said = "Can you remind me to return the locker key? I cancelled my gym membership."
    assert [fact.durable for fact in Rules().extract([turn(said)])] == [True]
    said = "Can you book a table at noon? I need one by the window."
    assert [fact.durable for fact in Rules().extract([turn(said)])] == [False]


def test_a_standing_need_is_no_task() -> None:
    assert only("I always need an aisle seat.").durable


# --- episodes ---------------------------------------------------------------------------------


def test_a_session_of_small_talk_leaves_no_episode() -> None:
    turns = [turn("Hi Bo!", name="Mara"), turn("Hello! Great to see you!", n=2, name="Bo")]
    assert Rules().summarize(turns) == []
    assert Rules().summarize([]) == []


def test_an_episode_tells_what_no_fact_says_with_questions_before_their_answers() -> None:
    turns = [
        turn("Hey Mara!", n=1, name="Bo"),
        turn("Where did you go on Sunday?", n=2, name="Bo"),
        turn("Hi! I took the ferry to Capri with my aunt.", n=3, name="Mara"),
        turn("Wow, cool!", n=4, name="Bo"),
        turn('{"rows": 3}', n=5, role="tool"),
        turn(
            "The last ferry left without us, as the timetable had changed.", n=6, role="assistant"
        ),
    ]
    (episode,) = Rules().summarize(turns)
    assert episode.text == (
        "Bo: Where did you go on Sunday?\n"
        "Assistant: The last ferry left without us, as the timetable had changed."
    )
    assert (episode.kind, episode.sources, episode.said_at) == ("episodic", ("e-2", "e-6"), 2)
    assert episode.durable
    assert [fact.text for fact in Rules().extract(turns)] == [
        "I took the ferry to Capri with my aunt."
    ]


def test_a_lasting_fact_is_told_once_so_that_no_episode_brings_it_back() -> None:
    said = [turn("I live in Rome. It's lovely there. My boss called about taxes.")]
    assert {fact.durable for fact in Rules().extract(said)} == {True}
    assert Rules().summarize(said) == []


def test_what_passes_with_the_session_is_told_by_its_episode() -> None:
    (episode,) = Rules().summarize([turn("The budget for this trip is 2000 euros.")])
    assert episode.text == "User: The budget for this trip is 2000 euros."


def answers(count: int) -> list[Turn]:
    told = "The museum of old ships number {} lies at the harbour and opens late in the morning."
    return [turn(told.format(n), n=n, role="assistant") for n in range(1, count + 1)]


def test_a_long_session_is_cut_into_episodes_of_like_size_without_overlap() -> None:
    turns = answers(60)
    episodes = Rules().summarize(turns)
    lengths = [len(episode.text.split()) for episode in episodes]
    assert len(episodes) > 9
    assert all(30 <= length <= 75 for length in lengths)
    assert [source for episode in episodes for source in episode.sources] == [t.id for t in turns]


def test_one_very_long_turn_is_cut_between_sentences() -> None:
    text = " ".join(f"This time I need tree {n} near the wall of my garden." for n in range(60))
    episodes = Rules().summarize([turn(text)])
    assert len(episodes) > 2
    assert all(episode.text.endswith("garden.") for episode in episodes)
    assert " ".join(episode.text.removeprefix("User: ") for episode in episodes) == text


# --- properties -------------------------------------------------------------------------------

SNIPPETS = ["I", "live", "in", "Rome", ".", "?", "Yes", "my", "dog", "Rex", "is", "you", "!", "but"]
CONVERSATIONS = st.lists(
    st.builds(
        turn,
        st.text(max_size=60) | st.lists(st.sampled_from(SNIPPETS)).map(" ".join),
        n=st.integers(1, 5),
        role=st.sampled_from(["user", "assistant", "tool", "system"]),
        name=st.sampled_from([None, "Mara", "Bo", " "]),
    ),
    max_size=5,
)


@given(CONVERSATIONS)
def test_every_word_of_a_fact_was_said_in_its_sources(turns: list[Turn]) -> None:
    for fact in Rules().extract(turns):
        said = " ".join(t.text for t in turns if t.id in fact.sources)
        assert set(re.findall(r"\w+", fact.text)) <= set(re.findall(r"\w+", said))
        assert fact.text.strip()


@given(CONVERSATIONS)
def test_episodes_hold_only_what_was_said_and_never_fail(turns: list[Turn]) -> None:
    said = " ".join(f"{t.name or t.role.capitalize()} {t.text}" for t in turns)
    for episode in Rules().summarize(turns):
        assert set(re.findall(r"\w+", episode.text)) <= set(re.findall(r"\w+", said))


@given(CONVERSATIONS)
def test_no_statement_of_a_lasting_fact_stands_in_an_episode(turns: list[Turn]) -> None:
    turns = [replace(one, id=f"e-{n}") for n, one in enumerate(turns)]
    told = {(source, f.text) for f in Rules().extract(turns) if f.durable for source in f.sources}
    for episode in Rules().summarize(turns):
        lines = set(zip(episode.sources, episode.text.splitlines(), strict=False))
        for source, text in told:
            assert not any(at == source and line.endswith(f": {text}") for at, line in lines)


@given(CONVERSATIONS)
def test_the_same_turns_give_the_same_facts(turns: list[Turn]) -> None:
    assert Rules().extract(turns) == Rules().extract(turns)


def test_a_pasted_document_becomes_several_facts_without_losing_a_word() -> None:
    text = " ".join(f"I planted tree {n} near the wall of my garden." for n in range(60))
    facts = Rules().extract([turn(text)])
    assert all(len(fact.text.split()) <= 165 for fact in facts)
    assert " ".join(fact.text for fact in facts) == text


def test_mentioning_a_husband_is_not_introducing_a_new_one() -> None:
    trip = only("I'm planning a trip to Japan in April with my husband Tom.", name="Dana")
    assert trip.slot is None
    assert trip.triple == ("Dana", "husband", "Tom")


def test_what_a_sentence_says_of_others_is_a_fact_of_its_own() -> None:
    facts = Rules().extract([turn("I'm vegetarian and Tom is allergic to shellfish.")])
    assert [(fact.text, fact.slot) for fact in facts] == [
        ("I'm vegetarian", "diet"),
        ("Tom is allergic to shellfish.", "allergy:shellfish"),
    ]


def test_a_sentence_that_lost_its_secret_is_no_fact() -> None:
    assert Rules().extract([turn("My card is [card number removed].")]) == []
