"""What the stack costs in a month: quantities, times the prices of prices.json."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from infra.choices import Choices

PRICES: Mapping[str, Any] = json.loads((Path(__file__).parent / "prices.json").read_text())
HOURS, SECONDS = 730, 730 * 3_600
SWEEPS = 730 * 60

WRITES_A_CAPTURE = 22
"""Write units of `add` and its promotion: transactions count twice, and so do the index's items."""
READS_A_PROMOTION, READS_A_SEARCH = 20, 8
BYTES_A_CAPTURE = 6_000
"""Kept: the memories, guards, history and receipt that a call leaves."""
TOKENS_A_CAPTURE, TOKENS_A_SEARCH = 120, 20
LOG_BYTES_A_CALL = 1_200
OWN_METRICS = 40


@dataclass(frozen=True, slots=True)
class Load:
    """Calls in a month."""

    name: str
    captures: int
    searches: int

    @property
    def calls(self) -> int:
        """Through the API."""
        return self.captures + self.searches


IDLE = Load("idle", 0, 0)
LOADS = (
    IDLE,
    Load("small: 10 k adds, 50 k searches", 10_000, 50_000),
    Load("medium: 300 k adds, 1 M searches", 300_000, 1_000_000),
    Load("large: 10 M adds, 30 M searches", 10_000_000, 30_000_000),
)


@dataclass(frozen=True, slots=True)
class Line:
    """A quantity of what one price is for."""

    what: str
    quantity: float
    price: str

    @property
    def usd(self) -> float:
        """The product."""
        return self.quantity * float(PRICES["usd"][self.price])


def lines(choices: Choices, load: Load) -> Iterator[Line]:
    """Everything that is paid for in a month of `load`, on the instances of the stage."""
    yield from _standing(choices)
    yield from _computing(load)
    yield from _storing(load)
    if choices.embedding == "bedrock":
        tokens = load.captures * TOKENS_A_CAPTURE + load.searches * TOKENS_A_SEARCH
        yield Line("embeddings", tokens, "embedded token")


def total(choices: Choices, load: Load) -> float:
    """USD a month."""
    return sum(line.usd for line in lines(choices, load))


def _standing(choices: Choices) -> Iterator[Line]:
    if choices.production:
        yield Line("3 data nodes", 3 * HOURS, "r7g.medium.search hour")
        yield Line("3 masters", 3 * HOURS, "m7g.medium.search hour")
        yield Line("disks of the data nodes", 3 * 50, "gp3 GB-month")
    else:
        yield Line("1 data node", HOURS, "t3.small.search hour")
        yield Line("its disk", 10, "gp3 GB-month")
    yield Line("key", 1, "key month")
    yield Line("alarms", 23 if choices.production else 22, "alarm month")
    yield Line("the functions' metrics", OWN_METRICS, "own metric month")
    yield Line("dashboard", 1, "dashboard month")
    yield Line("snapshots of 4 functions", 2.25 * SECONDS, "snapshot GB-second cached")


def _computing(load: Load) -> Iterator[Line]:
    """Milliseconds a call are assumptions for warm functions, not measurements."""
    seconds = (
        load.captures * 0.060 * 0.5  # capture, 512 MB
        + load.captures * 0.150 * 1.0  # promote, 1,024 MB
        + load.searches * 0.080 * 1.0  # retrieve, 1,024 MB
        + load.calls * 0.010 * 0.25  # authorize, 256 MB
        + SWEEPS * 0.100 * 1.0
    )
    yield Line("API calls", load.calls, "api call")
    yield Line("invocations", 2 * load.calls + load.captures + SWEEPS, "lambda request")
    yield Line("functions at work", seconds, "lambda GB-second, arm64")
    yield Line("nudges on the bus", load.captures, "event")
    yield Line(
        "queue: send, receive, delete; polling", 3 * load.captures + 650_000, "queue request"
    )
    logged = (load.calls * 3 + SWEEPS) * LOG_BYTES_A_CALL / 1e9
    yield Line("logs", logged, "log GB")


def _storing(load: Load) -> Iterator[Line]:
    reads = load.captures * READS_A_PROMOTION + load.searches * READS_A_SEARCH + SWEEPS * 16 * 0.5
    stored = load.captures * BYTES_A_CAPTURE / 1e9
    yield Line("table: writes", load.captures * WRITES_A_CAPTURE, "dynamodb write unit")
    yield Line("table: reads", reads, "dynamodb read unit")
    yield Line("table: a month's memories", stored, "dynamodb GB-month")
    yield Line("table: restorable", stored, "dynamodb backup GB-month")
    yield Line("key: the table's own calls", 300 * HOURS / 24 + load.calls / 1_000, "key request")
