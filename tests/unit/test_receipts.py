"""The receipt of a call: what makes a retry harmless, and what answers for an event id."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from lamella import keys
from lamella.clock import DAY
from lamella.engines.reference import ReferenceTable
from lamella.ports import Get
from lamella.receipts import FAILED, PENDING, SUCCEEDED, Receipt, event_id

NOW = 20_760 * DAY
WEEK = 7 * DAY
RECEIPT = Receipt("e1", "acme", "u:alex", "digest", NOW, waiting=("1", "2"))


def stored(table: ReferenceTable) -> Receipt:
    [page] = table.read([Get(keys.receipt("acme", "e1"))])
    assert page.first is not None
    return Receipt.from_body(page.first.body)


@given(st.text(), st.text(), st.text(), st.text())
def test_an_event_id_is_one_organizations_and_one_keys(
    org: str, key: str, other_org: str, other_key: str
) -> None:
    same = (org, key) == (other_org, other_key)
    assert (event_id(org, key, "x") == event_id(other_org, other_key, "y")) is same
    assert event_id(org, None, "fresh") == "fresh"


def test_the_first_receipt_stands() -> None:
    table = ReferenceTable()
    assert table.write([(RECEIPT.put(WEEK),)]) == [None]
    [refused] = table.write([(RECEIPT.put(WEEK),)])
    assert refused is not None
    assert stored(table) == RECEIPT


def test_it_is_done_when_the_last_of_its_work_is() -> None:
    table = ReferenceTable()
    table.write([(RECEIPT.put(WEEK),)])
    table.write([(RECEIPT.finished(["1"], [{"id": "a"}], NOW + 10),)])
    half = stored(table)
    assert (half.status, half.waiting, half.completed_at) == (PENDING, ("2",), None)
    table.write([(half.finished(["2"], [{"id": "b"}], NOW + 20),)])
    done = stored(table)
    assert (done.status, done.completed_at) == (SUCCEEDED, NOW + 20)
    assert [result["id"] for result in done.results] == ["a", "b"]
    assert done.wire()["latency"] == 0.02


def test_a_failure_is_told_by_its_type() -> None:
    table = ReferenceTable()
    table.write([(RECEIPT.put(WEEK),)])
    table.write([(RECEIPT.failed("TooLarge", NOW + 5),)])
    told = stored(table).wire()
    assert (told["status"], told["error"]) == (FAILED, "TooLarge")
