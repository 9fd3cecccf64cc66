"""Spans of a text that must not be kept, and their replacement by markers."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import NamedTuple


class Finding(NamedTuple):
    """`text[start:end]` is something of the sort `label` ("AWS key", "phone")."""

    start: int
    end: int
    label: str


def replaced(
    text: str, findings: Iterable[Finding], marker: Callable[[str, str], str]
) -> tuple[str, tuple[str, ...]]:
    """The text with each finding replaced by `marker(label, found)`, and the labels, distinct.

    Findings that overlap are one; it carries the label of the first.
    """
    merged: list[Finding] = []
    for finding in sorted(findings, key=lambda f: (f.start, -f.end)):
        if merged and finding.start < merged[-1].end:
            last = merged.pop()
            finding = Finding(last.start, max(last.end, finding.end), last.label)
        merged.append(finding)
    parts: list[str] = []
    done = 0
    for start, end, label in merged:
        parts += [text[done:start], marker(label, text[start:end])]
        done = end
    return "".join([*parts, text[done:]]), tuple(dict.fromkeys(f.label for f in merged))
