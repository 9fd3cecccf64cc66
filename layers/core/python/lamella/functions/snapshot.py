"""SnapStart: what a function makes before its snapshot is taken, and remakes after a restore.

Lambda takes one snapshot of the initialized process, and starts every copy from it.
"""

from __future__ import annotations

import os
import random
from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from lamella.functions.door import Door

INITIALIZATION = "AWS_LAMBDA_INITIALIZATION_TYPE"
SNAP_START = "snap-start"
FRONTS = ("lamella.direct", "lamella.gateway")


def prepare(door: Door, use_case: str) -> None:
    """Under SnapStart, open the service for `use_case` now, and let no two copies be alike."""
    if os.environ.get(INITIALIZATION) != SNAP_START:
        return
    from snapshot_restore_py import register_after_restore, register_before_snapshot

    register_before_snapshot(ready, door, use_case)
    register_after_restore(renew, door)


def ready(door: Door, use_case: str) -> None:
    """Open the service, and load what its first call would: no store is asked anything yet."""
    for front in FRONTS:
        import_module(front)
    getattr(door.service, use_case)
    door.service.prepare()


def renew(door: Door) -> None:
    """Other random numbers, other connections. Ids and keys come from the system's randomness."""
    random.seed()
    door.service.reconnect()
