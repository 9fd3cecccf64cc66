"""A session's life: it slides while it is spoken in, ends, and begins anew under the same id."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from fakes import FrozenClock

from lamella import keys, sessions
from lamella.clock import HOUR, MINUTE
from lamella.engines.reference import ReferenceTable
from lamella.inflight import InFlight
from lamella.ports import Commit, Get, Refusal, Update
from lamella.scopes import Scope
from lamella.sessions import Session
from lamella.settings import Settings

TRIP = Scope(user_id="alex", session_id="trip")
START = FrozenClock().now
LENGTH = Settings().session_lifetime


def touch(table: ReferenceTable, now: int, scope: Scope = TRIP) -> Session:
    sessions.touched(table, [], "acme", scope, now, Settings())
    return read(table)


def read(table: ReferenceTable) -> Session:
    [page] = table.read([Get(keys.meta("acme", "u:alex", "trip"))])
    assert page.first is not None
    return Session.from_body(page.first.body)


def test_a_call_without_a_session_opens_none() -> None:
    assert sessions.touch("acme", Scope(user_id="alex"), START, Settings()) == []


def test_every_touch_prolongs_it() -> None:
    table = ReferenceTable()
    opened = touch(table, START)
    later = touch(table, START + HOUR)
    assert (opened.started_at, opened.expires_at) == (START, START + LENGTH)
    assert (later.started_at, later.expires_at) == (START, START + HOUR + LENGTH)


def test_what_expired_begins_anew_and_shows_nothing_of_before() -> None:
    table = ReferenceTable()
    touch(table, START)
    end = START + LENGTH
    assert not read(table).alive(end)
    again = touch(table, end)
    assert (again.started_at, again.closed_at) == (end, None)
    assert not again.shows(START, end)
    assert again.shows(end, end)


def test_what_was_closed_begins_anew() -> None:
    table = ReferenceTable()
    touch(table, START)
    closed = {"closed_at": START + MINUTE, "expires_at": START + MINUTE}
    table.write([(Update(keys.meta("acme", "u:alex", "trip"), closed),)])
    assert not read(table).alive(START + MINUTE)
    assert touch(table, START + 2 * MINUTE).started_at == START + 2 * MINUTE


def test_it_keeps_the_ids_it_was_opened_under() -> None:
    table = ReferenceTable()
    touch(table, START)
    later = touch(table, START + HOUR, replace(TRIP, agent_id="planner"))
    assert later.scope == TRIP
    assert later.expires_at == START + HOUR + LENGTH
    end = START + 2 * HOUR + LENGTH
    assert touch(table, end, replace(TRIP, agent_id="planner")).scope.agent_id == "planner"


class CountingTable(ReferenceTable):
    """Counts the rounds of writes."""

    rounds = 0

    def write(self, commits: Sequence[Commit]) -> list[Refusal | None]:
        self.rounds += 1
        return super().write(commits)


def test_opening_and_prolonging_it_take_one_round_of_writes_and_a_new_life_two() -> None:
    table = CountingTable()
    for moment, rounds in ((START, 1), (START + HOUR, 1), (START + HOUR + LENGTH, 2)):
        table.rounds = 0
        touch(table, moment)
        assert table.rounds == rounds


def test_both_pointers_lead_to_it() -> None:
    table = ReferenceTable()
    touch(table, START)
    there, back = table.read(
        [
            Get(keys.session_pointer("acme", "u:alex", "trip")),
            Get(keys.session_owner("acme", "trip", "u:alex")),
        ]
    )
    assert there.first is not None
    assert there.first.body["session_id"] == "trip"
    assert back.first is not None
    assert back.first.body["owner"] == "u:alex"


def test_what_a_crash_swallowed_is_restored_and_what_is_there_is_left_alone() -> None:
    table = ReferenceTable()
    call = InFlight("1", "acme", "u:alex", captured_at=START, user_id="alex", session_id="trip")
    table.write(sessions.restore(call, Settings()))
    assert read(table).started_at == START
    touch(table, START + HOUR)
    table.write(sessions.restore(call, Settings()))
    assert read(table).last_at == START + HOUR
    assert sessions.restore(replace(call, session_id=None), Settings()) == []


def test_the_wire_tells_the_time_left() -> None:
    session = touch(ReferenceTable(), START)
    assert session.wire(START + LENGTH - HOUR)["expires_in_seconds"] == 60 * 60
    assert session.wire(START + LENGTH + HOUR)["expires_in_seconds"] == 0
    assert session.scope == TRIP
