"""Plays the story against a memory, shows what happens, and holds it to what was told."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from lamella.client import Memory
from lamella.demo import layers
from lamella.demo.screen import Screen
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
    Step,
    Thought,
)

AGENT = "Agent"
TOP = 4

Wire = Mapping[str, Any]


class Stage:
    """One performance. `failed` says which expectations did not hold."""

    def __init__(self, memory: Memory, screen: Screen, now: Callable[[], datetime]) -> None:
        self._memory = memory
        self._screen = screen
        self._now = now
        self._session: Session
        self.passed = 0
        self.failed: list[str] = []

    def play(self, story: Sequence[Session]) -> None:
        """Every session in turn; after each, what the layers hold."""
        for number, session in enumerate(story, 1):
            self._session = session
            self._screen.session(f"{number}/{len(story)}", session, self._day)
            for step in session.steps:
                self._perform(step)
            self._show()

    def expect(self, holds: bool, otherwise: str) -> None:
        """Count an expectation."""
        if holds:
            self.passed += 1
        else:
            self.failed.append(f"{self._session.name}: {otherwise}")

    def expect_none_of(self, secrets: Sequence[str], people: Sequence[Session]) -> None:
        """No secret is to be read anywhere: in no layer of anybody."""
        users = {session.speaker.lower() for session in people}
        told = [layers.everything(self._memory, user) for user in sorted(users)]
        text = json.dumps(told, ensure_ascii=False)
        for secret in secrets:
            self.expect(secret not in text, f"…{secret[-4:]} can be read in a layer")

    @property
    def _day(self) -> datetime:
        return self._now() - timedelta(days=self._session.days_ago)

    @property
    def _user(self) -> str:
        return self._session.speaker.lower()

    @property
    def _ids(self) -> dict[str, Any]:
        return {"user_id": self._user, "session_id": self._session.name}

    def _perform(self, step: Step) -> None:
        match step:
            case Said():
                self._say(step)
            case Asked():
                self._ask(step)
            case Thought(text):
                self._think(text)
            case Looked(tool, output):
                self._memory.working(self._session.name, tool, output, user_id=self._user)
                self._screen.note(f"working memory: the output of {tool}")
            case Focused(text):
                self._memory.attention(self._session.name, text, user_id=self._user)
                self._screen.note(f"attention: {text}")
            case Ruled():
                self._rule(step)
            case Related(expected):
                self._relate(expected)
            case Packed(question, tokens):
                self._pack(question, tokens)
            case Closed(summary):
                self._close(summary)
            case Forgotten(other, keeps):
                self._forget(other, keeps)
            case Shown():
                self._show()

    def _show(self) -> None:
        self._screen.holds(layers.rows(self._memory, self._user, self._session.name))

    def _say(self, step: Said) -> None:
        speaker = self._session.speaker
        before = self._current()
        turns = [
            {"role": "user", "content": step.text, "name": speaker},
            {"role": "assistant", "content": step.answer, "name": AGENT},
        ]
        told = self._memory.add(turns, **self._ids, timestamp=self._day, async_mode=False)
        kept = [result for result in told["results"] if result["event"] == "ADD"]
        replaced = self._replaced(before)
        answered = [result for result in kept if result["sources"][0].endswith("-1")]
        self._screen.said(speaker, step.text)
        for what in told["dropped"]:
            self._screen.dropped(what)
        for result in kept:
            if result not in answered:
                self._screen.kept(result, replaced.get(result["id"]))
        if not kept:
            self._screen.not_kept()
        self._screen.said(AGENT, step.answer, style="dim bold")
        for result in answered:
            self._screen.kept(result, replaced.get(result["id"]))
        self._check_said(step, told, kept, list(replaced.values()))

    def _check_said(
        self, step: Said, told: Wire, kept: Sequence[Wire], replaced: Sequence[str]
    ) -> None:
        for layer, words in step.keeps:
            found = any(one["layer"] == layer and words in one["memory"] for one in kept)
            self.expect(found, f"{words!r} was not kept in the {layer} layer")
        extra = [one["memory"] for one in kept if not _any_in(step.keeps, one["memory"])]
        self.expect(not extra, f"kept without reason: {extra}")
        expected = [step.drops] if step.drops else []
        self.expect(list(told["dropped"]) == expected, f"dropped {told['dropped']}")
        if step.supersedes:
            found = any(step.supersedes in text for text in replaced)
            self.expect(found, f"{step.supersedes!r} was not superseded")

    def _current(self) -> dict[str, str]:
        listed = self._memory.get_all(user_id=self._user)["results"]
        return {one["id"]: one["memory"] for one in listed}

    def _replaced(self, before: Mapping[str, str]) -> dict[str, str]:
        """By the id of what superseded it: what was current `before`, and no longer is."""
        listed = self._memory.get_all(user_id=self._user, superseded=True)["results"]
        over = {one["id"]: one["superseded_by"] for one in listed if one.get("superseded_by")}
        return {over[id]: text for id, text in before.items() if id in over}

    def _ask(self, step: Asked) -> None:
        found = self._memory.search(
            step.question, **self._ids, top_k=TOP, superseded=step.history or None
        )["results"]
        self._screen.answered(step.question, found)
        texts = [one["memory"] for one in found]
        if step.first:
            ahead = bool(texts) and step.first in texts[0]
            self.expect(ahead, f"{step.question!r} did not find {step.first!r} first")
        for layer, words in step.finds:
            hit = any(one["layer"] == layer and words in one["memory"] for one in found)
            self.expect(hit, f"{step.question!r} did not find {words!r} in the {layer} layer")
        for words in step.never:
            self.expect(words not in "\n".join(texts), f"{step.question!r} found {words!r}")

    def _think(self, text: str) -> None:
        thought = [{"role": "assistant", "content": text, "name": AGENT}]
        told = self._memory.add(
            thought, **self._ids, timestamp=self._day, lifetime="turn", async_mode=False
        )
        self._screen.note(f"thought, for this turn only: {text}")
        self.expect(not told["results"], "a thought was promoted")

    def _rule(self, step: Ruled) -> None:
        review = self._now() + timedelta(days=step.review_in_days)
        self._memory.org_add(step.text, owner=step.owner, review_by=review)
        self._screen.said(step.owner, step.text)
        self._screen.note(f"org memory of {step.owner}, to be reviewed by {review:%d %B %Y}")

    def _relate(self, expected: tuple[str, str, str]) -> None:
        found = self._memory.relations(user_id=self._user)["results"]
        triples = [(one["subject"], one["predicate"], one["object"]) for one in found]
        self._screen.panel("\n".join(" → ".join(triple) for triple in triples), "Relations")
        self.expect(expected in triples, f"the relation {expected} is missing")

    def _pack(self, question: str, tokens: int) -> None:
        block = self._memory.context(question, tokens=tokens, **self._ids)
        title = f'Context for "{question}": {block["tokens"]} of {tokens} tokens'
        self._screen.panel(block["context"], title)
        self.expect(0 < block["tokens"] <= tokens, f"the context has {block['tokens']} tokens")

    def _close(self, summary: str) -> None:
        self._memory.close(self._session.name, user_id=self._user)
        self._memory.flush(user_id=self._user)
        self._screen.note("session closed: summarized, its notes, turns and tool outputs are gone")
        episodes = self._memory.get_all(user_id=self._user, kinds=["episodic"])["results"]
        self.expect(any(summary in one["memory"] for one in episodes), "no episode was kept")
        self.expect(layers.is_closed(self._memory, **self._ids), "the session is still open")

    def _forget(self, other: str, keeps: str) -> None:
        receipt = self._memory.forget(user_id=self._user)["receipt"]
        erased = ", ".join(f"{what} {count}" for what, count in receipt["erased"].items())
        again = receipt["second_pass"]["found"]
        self._screen.note(f"{self._session.speaker} asks to be forgotten. Erased: {erased}")
        self._screen.note(f"a second pass found {again}: receipt {receipt['id']}")
        self.expect(again == 0, "the second pass still found something")
        left = layers.everything(self._memory, self._user)
        self.expect(not left["memories"] and not left["sessions"], "something of them is left")
        known = layers.everything(self._memory, other.lower())["memories"]
        self.expect(any(keeps in one["memory"] for one in known), f"{other} lost {keeps!r}")


def _any_in(keeps: Sequence[tuple[str, str]], text: str) -> bool:
    return any(words in text for _, words in keeps)
