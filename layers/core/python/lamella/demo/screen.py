"""What the demo shows: who said what, what became of it, and what each layer holds."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from rich.console import Console, RenderableType
from rich.padding import Padding
from rich.panel import Panel
from rich.rule import Rule
from rich.table import Table
from rich.text import Text

from lamella.cli.showing import layer, left
from lamella.demo.steps import Session
from lamella.local.usage import usage

WIDTH = 100
LONGEST = 110

LAYERS = (
    ("conversation", "a sticky note", "an hour", "turns, tool outputs, what attention is on"),
    ("session", "today's journal", "some hours", "notes on the task at hand"),
    ("user", "the archive", "until changed", "who somebody is, what they like, what was done"),
    ("org", "the house rules", "until retired", "what everybody shares, with owner and review"),
)

Wire = Mapping[str, Any]
Row = tuple[RenderableType, ...]


class Screen:
    """Writes to a terminal, at most 100 columns wide."""

    def __init__(self, console: Console | None = None) -> None:
        self.console = console or Console(highlight=False)
        self.console.width = min(self.console.width, WIDTH)

    def opening(self, url: str) -> None:
        """What is about to be seen."""
        table = Table.grid(padding=(0, 2))
        for name, likeness, lasts, holds in LAYERS:
            table.add_row(layer(name), likeness, Text(lasts, "dim"), holds)
        title = "Lamella remembers in four layers"
        self.console.print(Panel(table, title=title, border_style="dim", padding=(0, 2)))
        self._dim(
            f"Played over HTTP on a real server at {url}, with the SDK. "
            "The only model is\na small embedding model on this machine; nothing leaves it."
        )

    def session(self, number: str, session: Session, day: datetime) -> None:
        """A session begins."""
        title = f"{number}  {day:%A %d %B}: {session.speaker}, session {session.name}"
        self.console.print()
        self.console.print(Rule(Text(title, style="bold"), style="dim", align="left"))
        self._dim(f"{session.remark}\n")

    def said(self, speaker: str, text: str, style: str = "bold") -> None:
        """One line of the conversation."""
        self.console.print(Text.assemble((f"{speaker}: ", style), text))

    def kept(self, result: Wire, replaced: str | None) -> None:
        """A memory was made, and what it replaced."""
        line = Text("    + ").append_text(layer(result["layer"])).append(f"/{result['kind']}  ")
        self.console.print(line.append(result["memory"]))
        if replaced:
            self.console.print(Text.assemble("      supersedes  ", (replaced, "strike dim")))

    def not_kept(self) -> None:
        """Nothing worth keeping was said."""
        self._dim("    · nothing to keep: it fades with the conversation")

    def dropped(self, what: str) -> None:
        """A secret was taken out."""
        self.console.print(Text(f"    ✗ {what} removed before anything was stored", "red"))

    def note(self, text: str) -> None:
        """Something that happened beside the conversation."""
        self._dim(f"    · {text}")

    def holds(self, rows: Iterable[Row]) -> None:
        """Everything the layers hold for this session, as (layer, kind, text, from, left)."""
        table, above = _table("layer", "kind", "holds", "from", "left"), ""
        for name, *rest in rows:
            table.add_row("" if str(name) == above else name, *rest)
            above = str(name)
        self.console.print()
        self.console.print(Text("What each layer holds now", "bold"))
        self.console.print(Padding(table, (0, 0, 1, 2)))

    def answered(self, question: str, hits: Sequence[Wire]) -> None:
        """A question and what memory found: user, session, org, then raw history."""
        self.console.print()
        self.console.print(Text.assemble(("? ", "bold blue"), (question, "bold")))
        table = _table("layer", "kind", "score", "memory", "from", "left")
        for hit in hits:
            name, kind, text, source, ends = row(hit)
            table.add_row(name, kind, f"{hit['score']:.2f}", text, source, ends)
        self.console.print(Padding(table if hits else Text("nothing", "dim"), (0, 0, 1, 2)))

    def panel(self, text: str, title: str) -> None:
        """A block of text as it would stand in a prompt."""
        self.console.print()
        self.console.print(Panel(Text(text), title=title, border_style="dim"))

    def verdict(self, passed: int, failed: Sequence[str]) -> None:
        """Whether all came as told, and what did not."""
        self.console.print()
        for line in failed:
            self.console.print(Text(f"FAILED  {line}", "bold red"))
        style = "bold red" if failed else "bold green"
        self.console.print(Text(f"{passed} expectations held, {len(failed)} failed.", style))

    def serving(self, url: str, key: str) -> None:
        """How to go on from here."""
        self.console.print(f"\nThe server goes on at [bold]{url}[/]. Ask it yourself:\n")
        self.console.print(usage(url, key, "ines", "Any hotel preferences?"), crop=False)
        self._dim("\nCtrl-C ends it, and removes what it kept in a temporary folder.")

    def stopped(self) -> None:
        """The end."""
        self._dim("\nStopped.")

    def _dim(self, text: str) -> None:
        self.console.print(Text(text, "dim"))


def row(memory: Wire) -> Row:
    """Layer, kind, text, provenance and time left of one memory."""
    spoken = memory["layer"] == "conversation" and memory["speaker"]
    text = " ".join(
        [f"{spoken}:", *memory["memory"].split()] if spoken else memory["memory"].split()
    )
    text = text if len(text) <= LONGEST else f"{text[:LONGEST].rsplit(' ', 1)[0]} …"
    shown = Text(text, style="strike dim" if memory.get("valid_to") else "")
    ends = "over" if memory.get("valid_to") else left(memory["expires_in_seconds"])
    source = Text(_provenance(memory), "dim")
    return layer(memory["layer"]), memory["kind"], shown, source, ends


def state(name: str, kind: str, text: str, item: Wire | None = None) -> Row:
    """A row for what is no memory: a working item, the focus, an empty layer."""
    ends = left(item["expires_in_seconds"]) if item else ""
    return layer(name), kind, Text(text, "" if item else "dim"), "", ends


def _provenance(memory: Wire) -> str:
    if memory["layer"] == "org":
        return f"{memory['owner']}, review by {memory['review_by'][:10]}"
    turns = len(memory["sources"])
    from_turns = f", {turns} turns" if turns > 1 else ""
    said = datetime.fromisoformat(memory["timestamp"])
    return f"{memory['session_id'] or ''} {said:%d %b}{from_turns}".strip()


def _table(*columns: str) -> Table:
    table = Table(box=None, header_style="dim", expand=True, pad_edge=False, padding=(0, 2, 0, 0))
    widths = {"layer": 12, "kind": 9, "score": 5, "from": 21, "left": 6}
    for column in columns:
        table.add_column(column, width=widths.get(column), ratio=None if column in widths else 1)
    return table
