"""Any calls in any order, with faults: two engines answer alike, and what must hold always holds.

The reference and SQLite live the same life, with the same ids, clock and faults. Hypothesis
chooses it, and shortens it where something is wrong.
"""

from __future__ import annotations

import shutil
import tempfile
from collections import Counter
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from fakes import FrozenClock
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule
from scenarios.faulty import FaultyIndex, FaultyTable
from world import ORG, RECOVERY, World, sqlite_index

from lamella import changes, keys
from lamella.clock import DAY, HOUR, MINUTE, SECOND, iso
from lamella.engines.faults import Crash, Faults
from lamella.engines.reference import ReferenceIndex, ReferenceTable
from lamella.engines.sqlite import SqliteTable
from lamella.errors import LamellaError
from lamella.models import Record
from lamella.ports import Get, Index, Listing, Table

USERS = ("ann", "bea")
SESSIONS = (None, "trip", "work")
SAYINGS = (
    *(f"I live in {city}." for city in ("Berlin", "Oslo", "Lima")),
    *(f"My wife is called {name}." for name in ("Mara", "Nora")),
    "I play the cello.",
    "I prefer boutique hotels.",
    "I am looking for a quiet room for this trip.",
    "Thanks a lot!",
    "Yes, I love it.",
)
ASKED = ({"role": "assistant", "content": "Do you like jazz?"},)
QUESTIONS = ("Where do I live?", "hotels", "wife Mara cello jazz")

people = st.fixed_dictionaries(
    {"user_id": st.sampled_from(USERS)}, optional={"session_id": st.sampled_from(SESSIONS[1:])}
)
in_session = st.fixed_dictionaries(
    {"user_id": st.sampled_from(USERS), "session_id": st.sampled_from(SESSIONS[1:])}
)
sayings = st.sampled_from(SAYINGS)
picks = st.integers(0, 30)
disturbances = st.one_of(
    st.none(),
    st.none(),
    st.tuples(st.sampled_from(["crash before", "crash after", "throttle"]), st.integers(1, 12)),
)

Disturbance = tuple[str, int] | None
Ids = Mapping[str, str]


class Life:
    """One world, its faults, and how it goes on after its process has died."""

    def __init__(self, table: Table, index: Index) -> None:
        self.faults = Faults()
        self.table = FaultyTable(table, self.faults)
        self.index = FaultyIndex(index, self.faults)
        self.clock = FrozenClock()
        self.deaths = 0
        self.world = self._opened()

    def _opened(self) -> World:
        ids = f"0{self.deaths}" if self.deaths < 10 else f"{self.deaths}"
        return World(self.table, self.index, clock=self.clock, ids=ids)

    def reopen(self) -> None:
        """Another process takes over, minutes later."""
        self.deaths += 1
        self.faults.index_paused = False
        self.clock.advance(RECOVERY)
        self.world = self._opened()
        self.world.recover()

    def outcome(self, call: Callable[[World], Any], disturbance: Disturbance) -> Any:
        """What `call` answers, or how it ended."""
        self._arm(disturbance)
        try:
            return call(self.world)
        except LamellaError as error:
            return type(error), error.detail
        except Crash:
            return Crash
        finally:
            self._disarm()

    def _arm(self, disturbance: Disturbance) -> None:
        if disturbance is not None:
            what, steps = disturbance
            at = self.faults.calls + steps
            self.faults.crash_before = at if what == "crash before" else None
            self.faults.crash_after = at if what == "crash after" else None
            self.faults.throttle_every = at if what == "throttle" else 0

    def _disarm(self) -> None:
        self.faults.crash_before = self.faults.crash_after = None
        self.faults.throttle_every = 0


class AnyLife(RuleBasedStateMachine):
    """The rules are what callers and machinery may do; the invariants are the promises."""

    def __init__(self) -> None:
        super().__init__()
        self.folder = Path(tempfile.mkdtemp())
        file = self.folder / "lamella.db"
        self.lives = (
            Life(ReferenceTable(), ReferenceIndex()),
            Life(SqliteTable(file), sqlite_index(file)),
        )
        self.forgotten: dict[str, set[str]] = {user: set() for user in USERS}
        self.said: dict[str, set[str]] = {user: set() for user in USERS}
        self.last: tuple[str, Ids] | None = None
        self.fades_at = 0

    def teardown(self) -> None:
        self.calm()
        for life in self.lives:
            life.world.settle()
            assert_index_holds_only_what_the_table_does(life.world)
        for life in self.lives:
            life.world.close()
        shutil.rmtree(self.folder)

    @property
    def one(self) -> World:
        """The world of the reference; whatever it answers, the other has answered too."""
        return self.lives[0].world

    def do(self, call: Callable[[World], Any], disturbance: Disturbance = None) -> Any:
        """`call` in both lives: the same answer, refusal or death. Answers it."""
        one, other = (life.outcome(call, disturbance) for life in self.lives)
        assert one == other
        if one is Crash:
            for life in self.lives:
                life.reopen()
        return one

    def change(self, call: Callable[[World], Any], disturbance: Disturbance = None) -> Any:
        """`do`, for what may hide what was said last."""
        self.last = None
        return self.do(call, disturbance)

    # --- callers ------------------------------------------------------------------------

    @rule(
        text=sayings,
        ids=people,
        asked=st.booleans(),
        infer=st.booleans(),
        lifetime=st.sampled_from([None, None, "50m", "2d"]),
        disturbance=disturbances,
    )
    def add(
        self,
        text: str,
        ids: Ids,
        asked: bool,
        infer: bool,
        lifetime: str | None,
        disturbance: Disturbance,
    ) -> None:
        messages = [*(ASKED if asked and infer else ()), {"role": "user", "content": text}]
        user = ids["user_id"]
        self.said[user].add(text)
        self.forgotten[user].discard(text)
        answer = self.change(
            lambda world: world.add(messages, **ids, infer=infer, lifetime=lifetime), disturbance
        )
        if isinstance(answer, dict):
            self.last = text, ids
            self.fades_at = self.one.clock() + 45 * MINUTE

    @rule(ids=in_session, value=picks, disturbance=disturbances)
    def working(self, ids: Ids, value: int, disturbance: Disturbance) -> None:
        self.do(lambda world: world.working("result", value, **ids), disturbance)

    @rule(ids=in_session, disturbance=disturbances)
    def attention(self, ids: Ids, disturbance: Disturbance) -> None:
        self.do(lambda world: world.attention("the journey", **ids), disturbance)

    @rule(user=st.sampled_from(USERS), pick=picks, text=sayings, disturbance=disturbances)
    def update(self, user: str, pick: int, text: str, disturbance: Disturbance) -> None:
        self.said[user].add(text)
        if id := self.picked(user, pick):
            self.forgotten[user].discard(text)
            self.change(lambda world: world.update(id, text=text), disturbance)

    @rule(user=st.sampled_from(USERS), pick=picks, disturbance=disturbances)
    def delete(self, user: str, pick: int, disturbance: Disturbance) -> None:
        if id := self.picked(user, pick):
            self.change(lambda world: world.delete(id), disturbance)

    @rule(user=st.sampled_from(USERS), pick=picks, disturbance=disturbances)
    def restore(self, user: str, pick: int, disturbance: Disturbance) -> None:
        known = sorted({sk.split("#")[1] for sk in self.sks(user, keys.HISTORY)})
        if known:
            id = known[pick % len(known)]
            self.change(lambda world: world.restore(id), disturbance)

    @rule(ids=in_session, promote=st.booleans(), disturbance=disturbances)
    def close(self, ids: Ids, promote: bool, disturbance: Disturbance) -> None:
        self.change(lambda world: world.close_session(promote, **ids), disturbance)

    @rule(user=st.sampled_from(USERS))
    def forget(self, user: str) -> None:
        answer = self.change(lambda world: world.forget(user_id=user))
        if isinstance(answer, dict):
            assert answer["receipt"]["second_pass"] == {"found": 0}
        self.forgotten[user] |= self.said[user]

    @rule(ids=people, disturbance=disturbances)
    def delete_all(self, ids: Ids, disturbance: Disturbance) -> None:
        self.change(lambda world: world.delete_all(**ids), disturbance)

    # --- the machinery ------------------------------------------------------------------

    @rule(disturbance=disturbances)
    def promote(self, disturbance: Disturbance) -> None:
        self.do(World.deliver, disturbance)

    @rule(disturbance=disturbances)
    def sweep(self, disturbance: Disturbance) -> None:
        self.do(lambda world: world.service.sweep.run(), disturbance)

    @rule(user=st.sampled_from(USERS), disturbance=disturbances)
    def flush(self, user: str, disturbance: Disturbance) -> None:
        self.do(lambda world: world.flush(user_id=user), disturbance)

    @rule(length=st.sampled_from([SECOND, MINUTE, 40 * MINUTE, 5 * HOUR, DAY]))
    def time_passes(self, length: int) -> None:
        self.calm()
        for life in self.lives:
            life.clock.advance(length)
            life.world.service.sweep.run()

    @rule()
    def tidy(self) -> None:
        for life in self.lives:
            life.table.tidy(life.clock())

    @rule(away=st.booleans())
    def the_index_goes_or_comes_back(self, away: bool) -> None:
        for life in self.lives:
            life.faults.index_down = away

    @rule()
    def the_index_lags(self) -> None:
        """Not beyond the grace for which the overlay remembers: time passes only once it's over."""
        for life in self.lives:
            life.faults.index_paused = True

    @rule(stale=st.booleans())
    def the_marks_lag(self, stale: bool) -> None:
        for life in self.lives:
            life.faults.stale_marks = stale

    def calm(self) -> None:
        for life in self.lives:
            life.faults.index_down = life.faults.index_paused = life.faults.stale_marks = False

    # --- what must hold -----------------------------------------------------------------

    @invariant()
    def both_engines_answer_alike_and_nothing_hidden_shows(self) -> None:
        for user in USERS:
            shown = [*self.searched(user), *self.listed(user), *self.looked_into(user)]
            for memory in shown:
                assert "valid_to" not in memory, "superseded"
                ends = memory["expiration_date"]
                assert ends is None or ends > iso(self.one.clock()), "expired"
            for text in [memory["memory"] for memory in shown] + self.told(user):
                assert not [gone for gone in self.forgotten[user] if gone in text], "forgotten"

    @precondition(lambda self: self.last is not None and self.one.clock() < self.fades_at)
    @invariant()
    def what_was_said_last_is_read(self) -> None:
        assert self.last is not None
        text, ids = self.last
        for life in self.lives:
            hits = life.world.search(text, **ids, top_k=100)["results"]
            assert [hit for hit in hits if text in hit["memory"]]

    @invariant()
    def one_content_and_one_slot_is_one_current_memory(self) -> None:
        for user in USERS:
            now = self.one.clock()
            current = [one for one in self.records(user) if one.current(now + SECOND)]
            guards = Counter(one.guard for one in current)
            slots = Counter((one.subject, one.slot) for one in current if one.slot)
            assert not [key for key, n in (*guards.items(), *slots.items()) if n > 1]

    @invariant()
    def every_memory_is_found_by_its_id(self) -> None:
        for life in self.lives:
            for user in USERS:
                for record in self.records(user, life.world):
                    [page] = life.table.read([Get(keys.locator(ORG, record.id))])
                    assert page.first is not None
                    assert changes.located(ORG, page.first) == changes.record_key(ORG, record)

    # --- looking ------------------------------------------------------------------------

    def searched(self, user: str) -> list[dict[str, Any]]:
        found = []
        for session in SESSIONS:
            for query in QUESTIONS:
                ids = {"user_id": user, "session_id": session, "threshold": 0, "top_k": 100}
                hits = [self.hits(life.world, query, ids) for life in self.lives]
                assert hits[0].keys() == hits[1].keys(), (query, session)
                found += hits[0].values()
        return found

    def hits(self, world: World, query: str, ids: Mapping[str, Any]) -> dict[Any, dict[str, Any]]:
        results = world.search(query, **ids)["results"]
        return {(hit["id"], hit["memory"], hit["layer"]): hit for hit in results}

    def listed(self, user: str) -> list[dict[str, Any]]:
        return self.do(lambda world: world.list(user_id=user))

    def looked_into(self, user: str) -> list[dict[str, Any]]:
        shown = []
        for one in self.do(lambda world: world.sessions(user_id=user)):
            session = self.do(lambda w, s=one: w.session(user_id=user, session_id=s["session_id"]))
            shown += [*session["turns"], *session["notes"]]
        return shown

    def told(self, user: str) -> list[str]:
        """Every text of every history that is still told."""
        texts = []
        for id in sorted({sk.split("#")[1] for sk in self.sks(user, keys.HISTORY)}):
            entries = self.do(lambda world, id=id: world.history(id))
            for entry in entries if isinstance(entries, list) else ():
                texts += [entry["old_memory"] or "", entry["new_memory"] or ""]
        return texts

    def picked(self, user: str, pick: int) -> str | None:
        memories = self.listed(user)
        return memories[pick % len(memories)]["id"] if memories else None

    def sks(self, user: str, prefix: str) -> list[str]:
        return [item.key.sk for item in self.one.of_owner(f"u:{user}", prefix)]

    def records(self, user: str, world: World | None = None) -> list[Record]:
        items = (world or self.one).of_owner(f"u:{user}", keys.MEMORIES)
        return [Record.from_body(item.body) for item in items]


def assert_index_holds_only_what_the_table_does(world: World) -> None:
    listing = Listing(ORG, None, now=0, limit=10_000, superseded=True, expired=True)
    for record in world.index.list(listing).records:
        [page] = world.table.read([Get(changes.record_key(ORG, record))])
        assert page.first is not None, "the index holds what is gone"
        assert page.first.body["version"] == record.version
        assert page.first.body["text"] == record.text


TestAnyLife = AnyLife.TestCase
TestAnyLife.settings = settings(
    max_examples=15,
    derandomize=True,
    stateful_step_count=25,
    deadline=None,
    suppress_health_check=list(HealthCheck),
)
