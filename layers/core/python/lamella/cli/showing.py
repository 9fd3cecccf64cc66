"""Answers as people read them: tables of memories, in the colours of their layers."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from rich import box
from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from lamella.clock import DAY, HOUR, MINUTE, SECOND

COLOURS = {"conversation": "cyan", "session": "yellow", "user": "green", "org": "magenta"}
LASTS = "lasts"

Memory = Mapping[str, Any]


def plain_table(*columns: str) -> Table:
    """A quiet table: a rule under its head, nothing else."""
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False, header_style="dim", show_edge=False)
    for column in columns:
        table.add_column(column, overflow="fold")
    return table


def layer(name: str) -> Text:
    """The layer's name in its colour."""
    return Text(name, style=COLOURS.get(name, ""))


def memories(results: Iterable[Memory]) -> RenderableType:
    """Memories in the order given, with their scores where a search gave them any."""
    shown = list(results)
    scored = any("score" in one for one in shown)
    table = plain_table("layer", "kind", *(["score"] if scored else []), "memory")
    for one in shown:
        score = [f"{one['score']:.2f}"] if scored else []
        table.add_row(layer(one["layer"]), one["kind"], *score, Group(*_told(one)))
    return table if shown else Text("nothing", style="dim")


def captured(told: Memory) -> RenderableType:
    """What became of an `add`."""
    lines = [Text(f"{told['status']}  event {told['event_id']}", style="dim")]
    for one in told["results"]:
        lines.append(outcome(one))
    lines += [Text(f"{kind} removed before anything was kept", "red") for kind in told["dropped"]]
    return Group(*lines)


def outcome(result: Memory) -> Text:
    """One line of an `add`'s results: where it went, or why not."""
    if result.get("event") == "ADD":
        line = Text("+ ").append_text(layer(result["layer"])).append(f" {result['kind']}  ")
        return line.append(str(result.get("memory", "")))
    return Text(f"- {result.get('reason') or 'nothing to keep'}", style="dim")


def fields(told: Mapping[str, Any]) -> RenderableType:
    """Names and values, one a line."""
    table = Table.grid(padding=(0, 2))
    for name, value in told.items():
        table.add_row(Text(name.replace("_", " "), style="dim"), Text(_plain(value)))
    return table


def left(seconds: int | None) -> str:
    """Time left, in its largest unit: "59 min", "3 h", "lasts"."""
    if seconds is None:
        return LASTS
    for unit, name in ((DAY, "d"), (HOUR, "h"), (MINUTE, "min")):
        if seconds * SECOND >= unit:
            return f"{round(seconds * SECOND / unit)} {name}"
    return f"{seconds} s"


def _told(one: Memory) -> tuple[Text, Text]:
    """The text, and under it where it came from and how long it stays."""
    text = Text(one["memory"], style="strike" if one.get("valid_to") else "")
    ends = left(one["expires_in_seconds"])
    ends = ends if ends == LASTS else f"{ends} left"
    return text, Text(f"{one['id']}  said {one['timestamp'][:10]}, {ends}", style="dim")


def _plain(value: Any) -> str:
    if isinstance(value, Mapping):
        return ", ".join(f"{count} {name}" for name, count in value.items())
    if isinstance(value, list | tuple):
        return ", ".join(map(str, value))
    return "-" if value is None else str(value)
