"""The filter grammar of Mem0's platform: read once into a small tree, the same for every engine.

`parse` reads the wire form, `matches` defines what a tree means, and each engine translates the
tree into its own query language. The contract suite holds the engines to `matches`.
"""

from lamella.filters.fields import SHAPES, Scalar, Shape, entries, fold
from lamella.filters.grammar import parse
from lamella.filters.matching import matches
from lamella.filters.tree import (
    All,
    Either,
    Filter,
    Leaf,
    Not,
    Op,
    all_of,
    equals,
    mentions,
    pinned,
)

__all__ = [
    "SHAPES",
    "All",
    "Either",
    "Filter",
    "Leaf",
    "Not",
    "Op",
    "Scalar",
    "Shape",
    "all_of",
    "entries",
    "equals",
    "fold",
    "matches",
    "mentions",
    "parse",
    "pinned",
]
