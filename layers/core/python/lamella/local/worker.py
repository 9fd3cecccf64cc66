"""The background of one process: it promotes what is nudged, and sweeps for what was left."""

from __future__ import annotations

import atexit
import heapq
import logging
import threading
from collections.abc import Callable

from lamella.clock import SECOND, Clock
from lamella.engines.inprocess import InProcessBus
from lamella.errors import LamellaError
from lamella.ports import Nudge, Table
from lamella.promote import Promote
from lamella.sweep import Sweep

log = logging.getLogger("lamella.worker")

SWEEP_EVERY = 30 * SECOND
TIDY_EVERY = 10 * SECOND
BUSY_PAUSE = SECOND
LONGEST_WAIT = 1.0


class Worker:
    """One daemon thread. What an exit leaves unfinished is taken up by the next `start`."""

    def __init__(
        self, promote: Promote, sweep: Sweep, bus: InProcessBus, table: Table, clock: Clock
    ) -> None:
        self._promote = promote
        self._sweep = sweep
        self._bus = bus
        self._table = table
        self._clock = clock
        self._later: list[tuple[int, str, str]] = []
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._run, name="lamella-worker", daemon=True)

    def start(self) -> None:
        """Begin, first with what an earlier process left."""
        atexit.register(self.stop)
        self._thread.start()

    def stop(self) -> None:
        """End after the promotion in hand."""
        atexit.unregister(self.stop)
        self._stopping.set()
        self._bus.wake()
        if self._thread.is_alive():
            self._thread.join(timeout=10)

    def _run(self) -> None:
        self._guarded(lambda: self._sweep.run(overdue=0))
        next_sweep = self._clock() + SWEEP_EVERY
        next_tidy = self._clock() + TIDY_EVERY
        while not self._stopping.is_set():
            nudge = self._bus.take(self._patience())
            if nudge is not None:
                self._do(nudge)
            now = self._clock()
            while self._later and self._later[0][0] <= now and not self._stopping.is_set():
                _, org, owner = heapq.heappop(self._later)
                self._do(Nudge(org, owner))
            if now >= next_sweep:
                self._guarded(self._sweep.run)
                next_sweep = now + SWEEP_EVERY
            if now >= next_tidy:
                self._guarded(lambda: self._table.tidy(self._clock()))
                next_tidy = now + TIDY_EVERY

    def _patience(self) -> float:
        if not self._later:
            return LONGEST_WAIT
        return min(max((self._later[0][0] - self._clock()) / 1000, 0.001), LONGEST_WAIT)

    def _do(self, nudge: Nudge) -> None:
        def run() -> None:
            done = self._promote.run(nudge.org, nudge.owner)
            again = self._clock() + BUSY_PAUSE if done.busy else done.again_at
            if again is not None:
                heapq.heappush(self._later, (again, nudge.org, nudge.owner))

        self._guarded(run)

    def _guarded(self, step: Callable[[], object]) -> None:
        """The thread outlives a failed step: the work stays in the table, and is swept up later."""
        try:
            step()
        except LamellaError as failure:
            log.warning("background step failed: %s", type(failure).__name__)
        except Exception as failure:
            log.error("background step broke: %s", type(failure).__name__)
