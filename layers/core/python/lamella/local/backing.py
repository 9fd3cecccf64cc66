"""What stands behind a server or demo of this machine, for as long as it runs."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import closing, contextmanager
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Any

from rich.console import Console

from lamella.local import aws_local
from lamella.service import FILE, Service, open_local


class Engine(StrEnum):
    """What holds the memory."""

    SQLITE = "sqlite"
    AWS_LOCAL = "aws-local"


@dataclass(frozen=True, slots=True)
class Backing:
    """An open service; where its memory is and what becomes of it; and all that was written."""

    service: Service
    place: str
    ending: str
    written: Callable[[], bytes]


@contextmanager
def backing(
    engine: Engine, folder: Path, keys: Mapping[str, str], **overrides: Any
) -> Iterator[Backing]:
    """Open a service on `engine`, with a worker in this process; `overrides` are settings.

    Raises SetupError where the engine can't be had or started.
    """
    if engine is Engine.SQLITE:
        with closing(open_local(str(folder), keys=keys, **overrides)) as service:
            yield Backing(
                service, f"memory in {folder}", "what it knows stays.", lambda: _read(folder)
            )
        return
    Console(stderr=True).print("Starting DynamoDB Local and OpenSearch …", style="dim")
    with (
        aws_local.servers() as at,
        aws_local.serving_from(at, keys, **overrides) as service,
    ):
        yield Backing(
            service,
            f"memory in DynamoDB Local ({at.table}) and OpenSearch ({at.index}), "
            "only while this runs",
            "what it knows is gone then.",
            lambda: aws_local.stored(at).encode(),
        )


def _read(folder: Path) -> bytes:
    return b"".join(file.read_bytes() for file in folder.glob(f"{FILE}*"))
