"""Runs one program for as long as its parent lives, and removes its folder after it.

    python -I keeper.py FOLDER USER PROGRAM [ARGUMENT ...]

The parent holds the other end of standard input: when the parent ends, however it ends, the input
ends too, and the program is killed. What it says goes to `FOLDER/output`; `FOLDER/ended` appears
if it ends by itself. USER may be empty. Standard library only: it is started by its path.
"""

from __future__ import annotations

import pwd
import shutil
import subprocess
import sys
import threading
from pathlib import Path
from typing import Any


def main(folder: str, user: str, *command: str) -> None:
    """Keep `command` running until the input ends."""
    run = Path(folder)
    with (run / "output").open("wb") as output:
        program = subprocess.Popen(
            command,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            cwd=run,
            **_as(user),
        )
    watch = threading.Thread(target=_note_end, args=(program, run / "ended"))
    watch.start()
    sys.stdin.buffer.read()
    program.kill()
    watch.join()
    shutil.rmtree(run, ignore_errors=True)


def _as(user: str) -> dict[str, Any]:
    if not user:
        return {}
    return {"user": user, "group": pwd.getpwnam(user).pw_gid, "extra_groups": []}


def _note_end(program: subprocess.Popen[bytes], note: Path) -> None:
    status = program.wait()
    note.write_text(str(status))


if __name__ == "__main__":
    main(*sys.argv[1:])
