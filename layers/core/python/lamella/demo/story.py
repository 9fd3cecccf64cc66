"""The demo's conversation: Ines plans a week in Lisbon with her agent, over nine days."""

from __future__ import annotations

from lamella.demo.steps import (
    Asked,
    Closed,
    Focused,
    Forgotten,
    Looked,
    Packed,
    Related,
    Ruled,
    Said,
    Session,
    Shown,
    Thought,
)

CARD = "4111 1111 1111 1111"
AWS_KEY = "AKIAIOSFODNN7EXAMPLE"
SECRETS = (CARD, AWS_KEY)

STORY = (
    Session(
        "lisbon-ideas",
        "Ines",
        9,
        "What says something about Ines lasts: it goes to the user layer. Small talk goes nowhere.",
        (
            Said(
                "Hi, I'm Ines. I live in Hamburg and I work as a landscape architect.",
                "Nice to meet you, Ines! What are you planning?",
                keeps=(
                    ("user", "I'm Ines"),
                    ("user", "I live in Hamburg"),
                    ("user", "I work as a landscape architect"),
                ),
            ),
            Said(
                "A week in Lisbon in May with my partner Jonas. Jonas is allergic to peanuts.",
                "Lovely. I'll mind that wherever we look for restaurants.",
                keeps=(("user", "my partner Jonas"), ("user", "allergic to peanuts")),
            ),
            Said(
                "I prefer boutique hotels.",
                "Then Alfama or Chiado would suit you both.",
                keeps=(("user", "I prefer boutique hotels"),),
            ),
            Said("Haha great, thank you so much!", "You're welcome, have a nice evening!"),
            Asked("Where do I live?", first="I live in Hamburg"),
        ),
    ),
    Session(
        "lisbon-flights",
        "Ines",
        6,
        "A task: its facts are notes of the session, tool outputs and thoughts are shorter still.",
        (
            Said(
                "Our budget for the flights is 400 euros.",
                "I'll look at direct flights on 9 May.",
                keeps=(("session", "budget for the flights is 400 euros"),),
            ),
            Looked(
                "flight_search",
                {"TP 571": "9 May 07:05, 189 EUR", "LH 1172": "9 May 12:50, 264 EUR"},
            ),
            Focused("Choosing between TP 571 and LH 1172"),
            Thought("TP 571 fits the budget for two, LH 1172 does not."),
            Shown(),
            Asked("What is the budget for our flights?", finds=(("session", "400 euros"),)),
            Asked(
                "What did the flight search find?",
                finds=(("conversation", "flight_search"),),
            ),
            Said(
                "I always want an aisle seat.",
                "I have booked TP 571 for 9 May, two aisle seats, 378 euros.",
                keeps=(("user", "aisle seat"), ("user", "I have booked TP 571")),
            ),
            Said(f"Please pay with my card {CARD}.", "Paid.", drops="card number"),
            Shown(),
            Closed("400 euros"),
        ),
    ),
    Session(
        "garden-site",
        "Ines",
        4,
        "Another task, days later. A key slips in; and Ines has moved.",
        (
            Said(
                f"Here is the key for our plan archive: {AWS_KEY}.",
                "Please rotate it: a key that was pasted is a key that is known.",
                drops="AWS key",
            ),
            Said(
                "By the way, I live in Bremen now.",
                "Congratulations on the new home!",
                keeps=(("user", "I live in Bremen now"),),
                supersedes="I live in Hamburg",
            ),
            Asked("Where do I live?", first="I live in Bremen now", never=("Hamburg",)),
        ),
    ),
    Session(
        "lisbon-hotel",
        "Ines",
        2,
        "A change of mind, and the organization has a rule about hotels.",
        (
            Ruled(
                "Hotels above 180 euros a night need the travel desk's approval.",
                "travel-desk",
                90,
            ),
            Said(
                "I've changed my mind about Lisbon: I prefer beach hotels now.",
                "Then Cascais or Caparica would be better than Chiado.",
                keeps=(("user", "I prefer beach hotels now"),),
                supersedes="I prefer boutique hotels",
            ),
            Said(
                "For this trip we need only three nights by the sea.",
                "Three nights by the sea it is.",
                keeps=(("session", "three nights by the sea"),),
            ),
            Asked(
                "What kind of hotel do I prefer?",
                first="I prefer beach hotels now",
                finds=(("org", "travel desk's approval"),),
                never=("boutique",),
            ),
            Asked("How many nights do we need?", finds=(("session", "three nights"),)),
        ),
    ),
    Session(
        "lisbon-today",
        "Ines",
        0,
        "Today, a new session: its conversation is empty, but nothing of what lasts is lost.",
        (
            Said("Good morning!", "Good morning, Ines!"),
            Asked("What food must we avoid for Jonas?", first="allergic to peanuts"),
            Asked(
                "Which flight is booked?",
                finds=(("user", "I have booked TP 571"),),
                never=("1111",),
            ),
            Asked("Where did I live before?", finds=(("user", "I live in Hamburg"),), history=True),
            Related(("Ines", "partner", "Jonas")),
            Packed("Find a hotel for the trip", 120),
        ),
    ),
    Session(
        "guest",
        "Tom",
        0,
        "Somebody else: he sees what the organization shares, and nothing of Ines. Then he goes.",
        (
            Said(
                "I'm Tom, and I prefer quiet rooms.",
                "Good to know, Tom.",
                keeps=(("user", "I'm Tom"), ("user", "I prefer quiet rooms")),
            ),
            Asked(
                "Which hotel suits me?",
                first="quiet rooms",
                finds=(("org", "travel desk's approval"),),
                never=("beach", "Jonas"),
            ),
            Forgotten(other="Ines", keeps="I prefer beach hotels now"),
            Asked(
                "Which hotel suits me?",
                finds=(("org", "travel desk's approval"),),
                never=("quiet", "Tom"),
            ),
        ),
    ),
)
