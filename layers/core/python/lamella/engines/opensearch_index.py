"""What an index of memories looks like to OpenSearch, as data.

Nothing in it is analysed by OpenSearch: words come from `lamella.text.tokens` and lie in a
keyword field, so no language, length or upgrade of an analyser changes what is found. Vectors are
Lucene's, because it alone filters exactly at this size and needs no native library.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from lamella.values import dataclass

FORMAT = 1
CURRENT, NEXT = "", "-next"
"""What the two aliases add to their common name."""

_KEYWORD = {"type": "keyword"}
_COMPARED = {"type": "keyword", "index": False}
_TIME = {"type": "long"}

PROPERTIES: Mapping[str, Any] = {
    **dict.fromkeys(("org", "partition", "id", "layer", "kind"), _KEYWORD),
    **dict.fromkeys(("user_id", "agent_id", "app_id", "session_id"), _KEYWORD),
    **dict.fromkeys(("audience", "categories", "entities", "metadata", "words"), _KEYWORD),
    **dict.fromkeys(("text", "speaker"), _KEYWORD),
    **dict.fromkeys(("text_folded", "speaker_folded", "metadata_folded"), _COMPARED),
    **dict.fromkeys(("created_at", "updated_at", "said_at", "expires_at", "valid_to"), _TIME),
    "immutable": {"type": "boolean"},
    "unsettled": {"type": "boolean"},
    "length": {"type": "integer"},
    "embedding": {"type": "binary", "store": True},
    "body": {"type": "object", "enabled": False},
}


@dataclass(frozen=True, slots=True)
class Layout:
    """The model whose vectors an index holds, and how it is spread and refreshed."""

    model: str
    dimensions: int
    shards: int = 1
    refresh: str = "1s"

    def meta(self, progress: Mapping[str, Any] | None = None) -> dict[str, Any]:
        """What an index says of itself; `progress` is what a rebuild has noted."""
        said = {"format": FORMAT, "model": self.model, "dimensions": self.dimensions}
        return said | ({"progress": dict(progress)} if progress is not None else {})

    def body(self, progress: Mapping[str, Any] | None = None) -> dict[str, Any]:
        """The settings and mappings of a new index.

        A deletion is remembered for a day, so that no late version brings its memory back.
        `_source` keeps the record alone; the vector lies there as its stored `embedding`.
        """
        return {
            "settings": {
                "index.knn": True,
                "index.knn.derived_source.enabled": False,
                "index.gc_deletes": "24h",
                "index.refresh_interval": self.refresh,
                "index.number_of_shards": self.shards,
                "index.auto_expand_replicas": "0-1",
            },
            "mappings": {
                "_meta": self.meta(progress),
                "_source": {"includes": ["body"]},
                "dynamic": "strict",
                "properties": {**PROPERTIES, "vector": self._vector()},
            },
        }

    def _vector(self) -> dict[str, Any]:
        return {
            "type": "knn_vector",
            "dimension": self.dimensions,
            "method": {"name": "hnsw", "engine": "lucene", "space_type": "cosinesimil"},
        }


@dataclass(frozen=True, slots=True)
class Version:
    """One index behind the aliases, and what it says of itself; `progress` ends with a rebuild."""

    name: str
    aliases: frozenset[str]
    model: str
    dimensions: int
    progress: Mapping[str, Any] | None = None

    @classmethod
    def read(cls, name: str, found: Mapping[str, Any]) -> Version:
        """From OpenSearch's own description of the index."""
        meta = found.get("mappings", {}).get("_meta", {})
        return cls(
            name,
            frozenset(found.get("aliases", ())),
            meta.get("model", "an unknown model"),
            meta.get("dimensions", 0),
            meta.get("progress"),
        )

    def holds(self, layout: Layout) -> bool:
        """Whether its vectors are those of the layout's model."""
        return (self.model, self.dimensions) == (layout.model, layout.dimensions)
