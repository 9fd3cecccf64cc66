"""Made-up memories and questions about everyday lives, always the same for the same seed."""

from __future__ import annotations

from random import Random


def _phrases(listed: str) -> list[str]:
    return [" ".join(phrase.split()) for phrase in listed.split(",")]


NAMES = _phrases("Mara, Jonas, Priya, Tomás, Yuki, Amara, Henrik, Leila, Owen, Sofia, Kofi, Ingrid")
PLACES = _phrases("""
    Lisbon, the old harbour, Kyoto, a village near Graz, the climbing gym, Nairobi, Valparaíso,
    the corner bakery, Oslo, her sister's flat, the community garden, the night market, Ghent,
    the lake house
""")
DEEDS = _phrases("""
    moved to, started working near, wants to visit, spent the summer in, opened a studio in,
    bought a small house close to, met an old colleague in, is planning the wedding in,
    goes running around, got lost on the way to, teaches evening classes in,
    signed up for a marathon in
""")
THINGS = _phrases("""
    sourdough bread, boutique hotels, window seats, black coffee, jazz records, alpine hiking,
    second-hand bicycles, spicy noodles, crime novels, ceramic bowls, early trains, rescue dogs,
    vegan restaurants, board games, film cameras, indoor plants, silent retreats, street food
""")
TASTES = _phrases("""
    prefers, can't stand, collects, is allergic to, writes a blog about, has grown fond of,
    saves money for, never travels without, has stopped buying, recommends everyone
""")
TIMES = _phrases("""
    since last spring, every other weekend, after the surgery, before the exams, twice a month,
    during the holidays, because of the new job, until the contract ends,
    for the twins' birthday
""")
ASIDES = (
    "It took longer than anyone expected",
    "The doctor thinks that is a good idea",
    "Her brother doesn't know about it yet",
    "The landlord has agreed in writing",
    "They argued about the price for a while",
    "The team found out on Thursday",
)
ASKED = (
    "Where did {name} go {time}?",
    "What does {name} think about {thing}?",
    "Who {deed} {place}, and why?",
    "When was the last time {name} talked about {thing}?",
    "Which plans does {name} have around {place}?",
    "Any advice for {name}, who {taste} {thing}?",
    "Is there anything about {thing} or {place} that I should know {time}?",
)


def memory(random: Random) -> str:
    """One to three sentences, 5 to 40 words."""
    name = random.choice(NAMES)
    said = [f"{name} {random.choice(DEEDS)} {random.choice(PLACES)} {random.choice(TIMES)}."]
    if random.random() < 0.5:
        said.append(f"{name} {random.choice(TASTES)} {random.choice(THINGS)}.")
    if random.random() < 0.3:
        said.append(f"{random.choice(ASIDES)}, and {random.choice(THINGS)} came up again.")
    return " ".join(said)


def question(random: Random) -> str:
    """One question about such memories."""
    return random.choice(ASKED).format(
        name=random.choice(NAMES),
        time=random.choice(TIMES),
        thing=random.choice(THINGS),
        deed=random.choice(DEEDS),
        place=random.choice(PLACES),
        taste=random.choice(TASTES),
    )


def questions(random: Random, count: int) -> list[str]:
    """`count` different questions: an embedder may remember those it has seen."""
    found: dict[str, None] = {}
    while len(found) < count:
        found[question(random)] = None
    return list(found)
