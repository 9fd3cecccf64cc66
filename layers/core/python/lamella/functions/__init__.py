"""What the functions on Lambda share; each `functions/<name>/handler.py` only names its own.

door       which event is what, and who is believed      answering  a whole function
observed   Powertools around it: logs and metrics        measures   what an answer tells a metric
snapshot   SnapStart: what is made before, and remade after
garbage    why none is collected until the first answer
"""

import os

from lamella.functions.garbage import put_off

put_off()
os.environ.setdefault("PYDANTIC_DISABLE_PLUGINS", "__all__")  # else it asks every package for one
