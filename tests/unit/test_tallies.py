"""What happens is counted for whoever listens, and for nobody else."""

from __future__ import annotations

from lamella.tallies import tallied, tally


def test_counts_by_what_happened_and_where() -> None:
    with tallied() as told:
        tally("Promoted", "user")
        tally("Promoted", "user", 2)
        tally("Promoted", "session")
        tally("ParkedItems", number=0)
    assert told == {("Promoted", "user"): 3, ("Promoted", "session"): 1, ("ParkedItems", ""): 0}


def test_without_a_listener_nothing_is_kept() -> None:
    tally("Promoted", "user")
    with tallied() as told:
        pass
    tally("Promoted", "user")
    assert not told
