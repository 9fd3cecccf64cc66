"""What became of each memory, kept beside the source: where to go on, and what to report.

A JSON line says from where to where, then one line tells each outcome: ids and reasons, no text.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable
from pathlib import Path

from lamella.client.wire import Json
from lamella.errors import Invalid, SetupError

MOVED, KNOWN = "moved", "known"


class Journal:
    """The outcomes of one journey, over all its runs, by the memory's id or its place."""

    def __init__(self, file: Path, source: str, target: str) -> None:
        """Open it, or begin it. Raises Invalid for another journey's, SetupError."""
        self._file = file
        self._route = {"from": source, "to": target}
        self.outcomes: dict[str, Json] = {}
        try:
            lines = file.read_text(encoding="utf-8").splitlines() if file.exists() else []
            if not lines:
                file.write_text(json.dumps(self._route) + "\n", encoding="utf-8")
        except OSError as exc:
            raise self._unusable(exc) from exc
        self._read(lines)

    def note(self, outcomes: Iterable[tuple[str, Json]]) -> None:
        """Keep what became of some memories. Raises SetupError."""
        told = [{"key": key} | outcome for key, outcome in outcomes]
        try:
            with self._file.open("a", encoding="utf-8") as kept:
                kept.writelines(json.dumps(one, ensure_ascii=False) + "\n" for one in told)
        except OSError as exc:
            raise self._unusable(exc) from exc
        self._learn(told)

    def settled(self, key: str) -> bool:
        """Whether this memory is where it should go, so that nobody has to ask again."""
        return key in self.outcomes and _reason(self.outcomes[key]) in (MOVED, KNOWN)

    @property
    def counts(self) -> Counter[str]:
        """How many were moved, and how many weren't for each reason."""
        return Counter(map(_reason, self.outcomes.values()))

    @property
    def skipped(self) -> list[Json]:
        """Every memory that isn't there, with its reason."""
        return [one for key, one in self.outcomes.items() if not self.settled(key)]

    def _read(self, lines: list[str]) -> None:
        """A last line that a crash cut off is no outcome."""
        told: list[Json] = []
        for line in lines:
            try:
                told.append(json.loads(line))
            except ValueError:
                continue
        if lines and told[:1] != [self._route]:
            raise Invalid(
                f"{self._file} is the journal of another import: name another with --journal"
            )
        self._learn(told[1:])

    def _learn(self, told: Iterable[Json]) -> None:
        for one in told:
            if _reason(one) != KNOWN or not self.settled(one["key"]):
                self.outcomes[one["key"]] = one

    def _unusable(self, exc: OSError) -> SetupError:
        return SetupError(
            f"{self._file} can't be kept ({exc.strerror}): name another file with --journal"
        )


def _reason(outcome: Json) -> str:
    return str(outcome.get("reason") or MOVED)
