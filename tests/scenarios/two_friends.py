"""A small conversation of this project's own, and what one may ask about it."""

from __future__ import annotations

SESSIONS = {
    "2026-03-02": """
Nora: Hi Emil! How was your weekend?
Emil: Hey Nora! I drove to Lake Constance with my brother Jonas and we rented a canoe.
Nora: Sounds lovely! Did you catch any fish?
Emil: Two perch, and Jonas fried them with lemon on a camping stove.
Nora: I spent Saturday repairing my grandmother's accordion.
Emil: Wow, what was wrong with it?
Nora: The bellows leaked, so I glued strips of leather over the cracks.
Emil: You're so patient!
Nora: I also signed up for a choir in the old brewery, rehearsals are on Tuesdays.
Emil: What do you sing there?
Nora: Mostly Balkan songs, the conductor comes from Plovdiv.
Emil: I would only scare the audience away with my voice.
""",
    "2026-04-11": """
Emil: Hello Nora, I have news!
Nora: Tell me, what happened?
Emil: I handed in my notice at the insurance company on Friday.
Nora: What are you going to do now?
Emil: I want to open a workshop for cargo bikes near the freight station.
Nora: Great idea! Who will help you with the money?
Emil: My aunt Hedwig lends me nine thousand euros, and the bank gives the rest.
Nora: My choir has its first concert in May, I am nervous already.
Emil: Which song do you like best?
Nora: A lullaby about a shepherd who loses his hat.
Emil: That makes me smile.
Nora: And I adopted a three-legged cat from the shelter, her name is Pixel.
""",
    "2026-05-23": """
Nora: The concert went well, two hundred people came!
Emil: Congratulations! How did your solo go?
Nora: I forgot one verse, but the accordion player covered for me.
Emil: The workshop opens in June, I painted the door orange this week.
Nora: Why orange?
Emil: It was the colour of the tractor on my grandparents' farm.
Nora: Pixel has learned to open the fridge, so I put a child lock on it.
Emil: Haha, clever cat!
Nora: My doctor says I have to avoid gluten from now on.
Emil: What will you have for breakfast then?
Nora: Buckwheat porridge with plums, it's better than I thought.
Emil: I'll bake you a cake from almonds.
""",
    "2026-07-04": """
Emil: We sold the first eleven bikes!
Nora: Who bought them?
Emil: Four went to a day nursery and the others to families from the neighbourhood.
Nora: I'm so proud of you!
Emil: I hired a mechanic called Samira, she used to weld ships in Rostock.
Nora: What does she think of Jonas?
Emil: They argue about brakes all day, but they have lunch together.
Nora: I'm travelling to Sofia in August to record songs with old women in the villages.
Emil: How do you get there?
Nora: By night train through Belgrade, I don't fly any more.
Emil: Take a raincoat, it storms there in the evening.
Nora: My microphone is borrowed from the radio station.
""",
    "2026-09-19": """
Nora: I'm back, and I brought forty recordings home!
Emil: Which one touched you most?
Nora: A widow called Stanka sang about a bridge that swallowed its builder's wife.
Emil: That gives me goosebumps.
Nora: The university wants to put them into its archive.
Emil: Samira and Jonas got engaged at the harbour last month!
Nora: Oh, when is the wedding?
Emil: On the second of May, and I carve the rings' box out of pear wood.
Nora: I'll play the accordion for them.
Emil: I broke my wrist falling off a ladder, so I can't carve before November.
Nora: Poor you! Who runs the workshop meanwhile?
Emil: Samira does, and my aunt answers the telephone.
""",
}
"""By date. A line is a turn: who says what."""

QUESTIONS = {
    "Where did Emil go canoeing with his brother?": ["Lake Constance"],
    "How did Jonas prepare the fish?": ["camping stove"],
    "What was wrong with Nora's accordion?": ["bellows leaked"],
    "On which day does the choir rehearse?": ["Tuesdays"],
    "Where does the conductor of Nora's choir come from?": ["Plovdiv"],
    "Which job did Emil leave?": ["insurance company"],
    "Who lends Emil money for the workshop?": ["Hedwig"],
    "What is the lullaby about that Nora likes?": ["shepherd who loses his hat"],
    "What is the name of Nora's cat?": ["her name is Pixel"],
    "What did Nora forget at the concert?": ["one verse"],
    "Why is the door of Emil's workshop orange?": ["painted the door orange", "tractor"],
    "How did Nora keep the cat out of the fridge?": ["child lock"],
    "What does Nora eat for breakfast without gluten?": ["avoid gluten", "Buckwheat"],
    "Who bought the first bikes?": ["day nursery"],
    "What did Samira do before she became Emil's mechanic?": ["weld ships"],
    "How does Nora travel to Sofia?": ["night train"],
    "Who sang about a bridge?": ["Stanka"],
    "What does the university want with the recordings?": ["archive"],
    "When do Samira and Jonas marry?": ["got engaged", "second of May"],
    "Why can't Emil carve at the moment?": ["broke my wrist"],
    "What did Emil ask about Nora's solo?": ["How did your solo go"],
    "What pets and instruments does Nora have?": ["accordion", "Pixel"],
}
"""What has to be read in the context of each."""
