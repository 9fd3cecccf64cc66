"""The vector of a memory and its length in tokens: made once, and kept with its record."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from lamella.lines import spoken
from lamella.models import Record
from lamella.ports import Embedder
from lamella.vectors import pack


def embedded(embedder: Embedder, records: Sequence[Record]) -> list[Record]:
    """The records with vectors of this model, made in one call for those that have none of it."""
    missing = {record.id: record for record in records if record.model != embedder.model}
    texts = [embedded_text(record) for record in missing.values()]
    vectors = dict(zip(missing, embedder.embed(texts) if texts else (), strict=True))
    return [
        replace(
            record,
            embedding=pack(vectors[record.id]),
            model=embedder.model,
            tokens=tuple(embedder.count(said) for _, said in spoken(record)),
        )
        if record.id in missing
        else record
        for record in records
    ]


def kept(record: Record) -> dict[str, Any]:
    """What its item in the table gains once `record` is embedded."""
    return {
        "embedding": record.embedding,
        "model": record.model,
        "tokens": list(record.tokens),
    }


def embedded_text(record: Record) -> str:
    """What a memory's vector is made of: its words, and whose they are."""
    return f"{record.speaker}: {record.text}" if record.speaker else record.text
