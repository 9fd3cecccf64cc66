"""A filter, and what one search or listing may see, in OpenSearch's query language."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from lamella.engines.opensearch_documents import escaped, joined, prefix, term
from lamella.filters import SHAPES, All, Either, Filter, Leaf, Not, Scalar, Shape
from lamella.ports import Listing, Search

Clause = dict[str, Any]

_CONTAINS = """
    for (value in doc[params.field]) {
        if (value.startsWith(params.prefix)
                && value.indexOf(params.part, params.prefix.length()) >= 0) { return true }
    }
    return false
"""
"""Run only on the documents that the other clauses let through. A `wildcard` query would refuse
parts of some hundred characters (its automaton) and texts beyond 32 KB."""


def scope(org: str, owners: tuple[str, ...] | None) -> Clause:
    """The one clause that keeps organizations, and owners, apart; every query starts from it."""
    if owners is None:
        return {"term": {"org": org}}
    return {"terms": {"partition": [joined(org, owner) for owner in owners]}}


def hidden(now: int, *, superseded: bool, expired: bool) -> list[Clause]:
    """What must not match: what is over at `now`, and what was superseded, unless asked for."""
    clauses: list[Clause] = []
    if not expired:
        clauses.append({"range": {"expires_at": {"lte": now}}})
    if not superseded:
        clauses.append({"exists": {"field": "valid_to"}})
    return clauses


def visible(asked: Search | Listing) -> Clause:
    """Everything that `asked` lets through."""
    expired = isinstance(asked, Listing) and asked.expired
    required = [scope(asked.org, asked.owners)]
    if asked.where is not None:
        required.append(compiled(asked.where))
    banned = hidden(asked.now, superseded=asked.superseded, expired=expired)
    return {"bool": {"filter": required, "must_not": banned}}


def compiled(where: Filter) -> Clause:
    """The clause that matches where `where` holds, by `filters.matches`."""
    match where:
        case Leaf():
            return _leaf(where)
        case Not(part):
            return {"bool": {"must_not": [compiled(part)]}}
        case All(parts):
            return {"bool": {"filter": [compiled(part) for part in parts]}}
        case Either(parts):
            return {
                "bool": {"should": [compiled(part) for part in parts], "minimum_should_match": 1}
            }


def _leaf(leaf: Leaf) -> Clause:
    name, shape = leaf.field[0], SHAPES[leaf.field[0]]
    if leaf.op == "present":
        return _present(leaf)
    wanted = leaf.value if isinstance(leaf.value, tuple) else (leaf.value,)
    asked = [one for one in wanted if one is not None]
    if shape is Shape.METADATA:
        return _metadata(leaf.field[1], leaf.op, asked)
    if leaf.op in ("contains", "icontains"):
        return _contains(_stored(name, shape, leaf.op), "", str(asked[0]))
    if leaf.op in ("eq", "in"):
        return {"terms": {name: asked}}
    return {"range": {name: {leaf.op: asked[0]}}}


def _present(leaf: Leaf) -> Clause:
    if len(leaf.field) == 1:
        return {"exists": {"field": leaf.field[0]}}
    return {"term": {"metadata": escaped(leaf.field[1])}}


def _metadata(path: str, op: str, asked: list[Scalar]) -> Clause:
    if op in ("eq", "in"):
        return {"terms": {"metadata": [term(path, one) for one in asked]}}
    one = asked[0]
    if op in ("contains", "icontains"):
        name = _stored("metadata", Shape.METADATA, op)
        return _contains(name, prefix(path, one), str(one))
    start = prefix(path, one)
    all_of_type = {"gte": start, "lt": f"{start[:-1]};"}
    return {"range": {"metadata": {**_other_end(all_of_type, op), op: term(path, one)}}}


def _other_end(bounds: Mapping[str, str], op: str) -> dict[str, str]:
    """The end of a type's range that `op` leaves open (`;` follows the `:` of its prefix)."""
    return {end: at for end, at in bounds.items() if end[0] != op[0]}


def _stored(name: str, shape: Shape, op: str) -> str:
    return f"{name}_folded" if op == "icontains" and shape is not Shape.LABELS else name


def _contains(name: str, start: str, part: str) -> Clause:
    params = {"field": name, "prefix": start, "part": part}
    return {"script": {"script": {"source": _CONTAINS, "params": params}}}
