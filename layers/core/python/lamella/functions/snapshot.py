"""SnapStart: what a function makes before its snapshot is taken, and remakes after a restore.

Lambda takes one snapshot of the initialized process, and starts every copy from it.
"""

from __future__ import annotations

import os
import random
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from lamella.functions.door import Door

INITIALIZATION = "AWS_LAMBDA_INITIALIZATION_TYPE"
SNAP_START = "snap-start"


def prepare(door: Door) -> None:
    """Under SnapStart, open the service now and see to it that no two copies are alike."""
    if os.environ.get(INITIALIZATION) != SNAP_START:
        return
    from snapshot_restore_py import register_after_restore, register_before_snapshot

    register_before_snapshot(ready, door)
    register_after_restore(renew, door)


def ready(door: Door) -> None:
    """Open the service, and load what its first call would: no store is asked anything yet."""
    from lamella import direct, gateway

    _ = direct, gateway
    getattr(door.service, door.function)
    door.service.prepare()


def renew(door: Door) -> None:
    """Other random numbers, other connections. Ids and keys come from the system's randomness."""
    random.seed()
    door.service.reconnect()
