"""Handing nudges to a service that takes ten at a time, at best effort."""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence

from lamella.errors import Throttled, Unavailable
from lamella.ports import Nudge
from lamella.values import dataclass

log = logging.getLogger("lamella.bus")

BATCH = 10
TIMEOUT = 0.3
"""Seconds a capture waits for a bus to connect, and to answer."""


@dataclass(frozen=True, slots=True)
class Refused:
    """One nudge the service did not take; a `passing` reason is gone in a moment."""

    code: str
    passing: bool


Send = Callable[[Sequence[Nudge]], Sequence[Refused | None]]
"""At most ten nudges → for each, why it was refused, or None."""


def hand_over(nudges: Sequence[Nudge], send: Send) -> None:
    """Send all of `nudges`; what was refused for a passing reason goes once more, alone.

    What is lost is logged by its reason, without ids: the work is safe in the table, where the
    sweep finds it. A service that is away is asked no further.
    """
    try:
        for start in range(0, len(nudges), BATCH):
            _deliver(nudges[start : start + BATCH], send)
    except (Throttled, Unavailable) as away:
        log.warning("nudges left to the sweep: %s", away.detail)


def _deliver(batch: Sequence[Nudge], send: Send) -> None:
    refusals = list(zip(batch, send(batch), strict=True))
    again = [nudge for nudge, refused in refusals if refused and refused.passing]
    lost = [refused for _, refused in refusals if refused and not refused.passing]
    if again:
        lost += [refused for refused in send(again) if refused]
    if lost:
        reasons = ", ".join(sorted({refused.code for refused in lost}))
        log.warning("%d nudges left to the sweep: refused with %s", len(lost), reasons)
