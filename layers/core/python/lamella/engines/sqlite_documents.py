"""How one memory lies in the tables of the index: its row, body, vector and words."""

from __future__ import annotations

import json
from hashlib import blake2b
from operator import attrgetter

import apsw
from pydantic_core import from_json

from lamella.errors import Invalid
from lamella.models import Record
from lamella.ports import Remove, Upsert, Vector
from lamella.vectors import unpack

_COPIED = (
    "id", "version", "valid_to", "expires_at",
    "layer", "kind", "user_id", "agent_id", "app_id", "session_id",
)  # fmt: skip
_copied = attrgetter(*_COPIED)
_PUT_DOC = f"""
    REPLACE INTO docs (doc, part, length, {", ".join(_COPIED)})
    VALUES (?, ?, ?, {", ".join("?" * len(_COPIED))})
"""
_NEXT_DOC = """
    SELECT coalesce(max(doc), :part << 32) + 1 FROM docs
    WHERE doc BETWEEN :part << 32 AND (:part << 32) + 0xffffffff
"""
_DROP_EMPTY_PART = """
    DELETE FROM parts WHERE part = :part AND NOT EXISTS (
        SELECT 1 FROM docs WHERE doc BETWEEN :part << 32 AND (:part << 32) + 0xffffffff
    )
"""


def upsert(connection: apsw.Connection, change: Upsert, dimensions: int) -> str | None:
    """Write the memory unless its version is known or outdated; answers why it never can be."""
    record = change.record
    try:
        vector = _vector(record, dimensions)
    except Invalid as exc:
        return exc.detail
    place = _place(change.org, record.owner, record.id)
    part = _part(connection, change.org, record.owner)
    doc, version = _known(connection, part, record.id)
    if record.version <= max(version, _removed(connection, place)):
        return None
    if part is None:
        part = connection.execute(
            "INSERT INTO parts (org, owner) VALUES (?, ?) RETURNING part",
            (change.org, record.owner),
        ).get
    if doc is None:
        doc = connection.execute(_NEXT_DOC, {"part": part}).get
    _write(connection, part, doc, record, vector)
    connection.execute("DELETE FROM removed WHERE place = ?", (place,))
    return None


def remove(connection: apsw.Connection, change: Remove) -> None:
    """Delete all rows of the memory unless it is newer; with an owner's last, the owner's too."""
    place = _place(change.org, change.owner, change.id)
    part = _part(connection, change.org, change.owner)
    doc, version = _known(connection, part, change.id)
    if change.version <= max(version, _removed(connection, place)):
        return
    connection.execute("REPLACE INTO removed VALUES (?, ?)", (place, change.version))
    if doc is None:
        return
    _write_words(connection, doc, set())
    for table in ("docs", "bodies", "vectors"):
        connection.execute(f"DELETE FROM {table} WHERE doc = ?", (doc,))
    connection.execute(_DROP_EMPTY_PART, {"part": part})


def _vector(record: Record, dimensions: int) -> Vector | None:
    if record.embedding is None:
        return None
    vector = unpack(record.embedding)
    if len(vector) != dimensions:
        raise Invalid(f"{record.id} has {len(vector)} dimensions, this index {dimensions}")
    return vector


def _place(org: str, owner: str, id: str) -> bytes:
    """What is left of a removed memory: a digest, which tells nothing of whose it was."""
    return blake2b("\0".join((org, owner, id)).encode(), digest_size=16).digest()


def _part(connection: apsw.Connection, org: str, owner: str) -> int | None:
    found: int | None = connection.execute(
        "SELECT part FROM parts WHERE org = ? AND owner = ?", (org, owner)
    ).get
    return found


def _known(connection: apsw.Connection, part: int | None, id: str) -> tuple[int | None, int]:
    found = connection.execute(
        "SELECT doc, version FROM docs WHERE part = ? AND id = ?", (part, id)
    ).fetchone()
    return found or (None, -1)


def _removed(connection: apsw.Connection, place: bytes) -> int:
    found = connection.execute("SELECT version FROM removed WHERE place = ?", (place,)).get
    return -1 if found is None else found


def _write(
    connection: apsw.Connection, part: int, doc: int, record: Record, vector: Vector | None
) -> None:
    connection.execute(_PUT_DOC, (doc, part, len(record.words), *_copied(record)))
    _write_words(connection, doc, set(record.words))
    body = {name: value for name, value in record.body().items() if name != "embedding"}
    text = json.dumps(body, ensure_ascii=False, separators=(",", ":"))
    connection.execute("REPLACE INTO bodies VALUES (?, ?)", (doc, text))
    connection.execute("DELETE FROM vectors WHERE doc = ?", (doc,))
    if vector is not None:
        connection.execute("INSERT INTO vectors VALUES (?, ?)", (doc, vector.tobytes()))


def _write_words(connection: apsw.Connection, doc: int, words: set[str]) -> None:
    """Make the postings of `doc` those of `words`; what they were is told by its present body."""
    body = connection.execute("SELECT body FROM bodies WHERE doc = ?", (doc,)).get
    before = set() if body is None else set(from_json(body).get("words", ()))
    connection.executemany(
        "DELETE FROM postings WHERE part = ? AND word = ? AND doc = ?",
        [(doc >> 32, word, doc) for word in before - words],
    )
    connection.executemany(
        "INSERT INTO postings VALUES (?, ?, ?)",
        [(doc >> 32, word, doc) for word in words - before],
    )
