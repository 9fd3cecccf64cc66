"""No garbage is looked for before the first answer: what a start makes is there to stay.

The collector would go through a hundred thousand classes, functions and strings again and again
while they are made: a tenth of a cold start. Most of a call's own objects need no collector.
"""

from __future__ import annotations

import gc
import os

FUNCTION_NAME = "AWS_LAMBDA_FUNCTION_NAME"
"""What Lambda tells every function, and nobody else does."""


def put_off() -> None:
    """On Lambda, collect nothing until `begin`."""
    if FUNCTION_NAME in os.environ:
        gc.disable()


def begin() -> None:
    """Collect from now on, and never look at what is there by now."""
    if not gc.isenabled():
        gc.freeze()
        gc.enable()
