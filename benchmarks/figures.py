"""Percentiles, the printed table, and the line that machines read."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from statistics import quantiles
from typing import Any

from rich import box
from rich.console import Console
from rich.table import Table

WIDTH = 110


def p50(times: Sequence[float]) -> float:
    """The median."""
    return percentile(times, 50)


def p95(times: Sequence[float]) -> float:
    """What 95 of 100 stay below."""
    return percentile(times, 95)


def percentile(values: Sequence[float], share: int) -> float:
    """The value that `share` percent of `values` stay below."""
    if len(values) < 2:
        return values[0]
    return quantiles(values, n=100, method="inclusive")[share - 1]


def milliseconds(step: Callable[[], Any]) -> float:
    """How long `step` took."""
    began = time.perf_counter()
    step()
    return (time.perf_counter() - began) * 1000


@contextmanager
def timed(into: list[float]) -> Iterator[None]:
    """Append the milliseconds of the block to `into`."""
    began = time.perf_counter()
    yield
    into.append((time.perf_counter() - began) * 1000)


def show(title: str, columns: Sequence[str], rows: Sequence[Sequence[object]]) -> None:
    """Print a table; numbers with two decimals, the first column to the left."""
    table = Table(title=title, box=box.SIMPLE_HEAD, title_justify="left")
    for place, column in enumerate(columns):
        table.add_column(column, justify="right" if place else "left", no_wrap=True)
    for row in rows:
        table.add_row(*(f"{one:,.2f}" if isinstance(one, float) else str(one) for one in row))
    Console(width=WIDTH).print(table)


def result(**figures: float) -> None:
    """The last line: `RESULT name=1.234 …`."""
    print("RESULT " + " ".join(f"{name}={value:.3f}" for name, value in figures.items()))
