"""Runs in Mem0's own environment: a call a line from stdin, its answer a line to stdout.

It changes one thing of Mem0's: OpenSearch 3 refuses the k-NN engine that
Mem0 asks for (nmslib), so its index is created with Lucene's instead, and without replicas.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from typing import Any


def with_lucene() -> None:
    """Let Mem0 create an index that OpenSearch 3 accepts."""
    from opensearchpy.client.indices import IndicesClient

    send = IndicesClient.create

    def create(self: Any, index: str, body: dict[str, Any], **options: Any) -> Any:
        body["settings"]["index.number_of_replicas"] = 0
        for field in body["mappings"]["properties"].values():
            if field["type"] == "knn_vector":
                field["method"]["engine"] = "lucene"
        return send(self, index=index, body=body, **options)

    IndicesClient.create = create  # type: ignore[method-assign]


class Driven:
    """The calls that can be made."""

    def open(self, config: dict[str, Any]) -> None:
        """Open a Memory."""
        from mem0 import Memory

        if config["vector_store"]["provider"] == "opensearch":
            with_lucene()
        self._memory = Memory.from_config(config)

    def add(self, messages: list[dict[str, str]], user_id: str) -> int:
        """Keep each message as it is; answers how many."""
        return len(self._memory.add(messages, user_id=user_id, infer=False)["results"])

    def search(self, query: str, user_id: str, top_k: int) -> list[str]:
        """The texts of the hits, best first."""
        found = self._memory.search(query, filters={"user_id": user_id}, top_k=top_k)
        return [one["memory"] for one in found["results"]]


def main() -> None:
    """Answer each line with `{"result": …}` or `{"error": …}`."""
    driven = Driven()
    calls: dict[str, Callable[..., Any]] = {
        "open": driven.open,
        "add": driven.add,
        "search": driven.search,
    }
    out, sys.stdout = sys.stdout, sys.stderr
    for line in sys.stdin:
        told = json.loads(line)
        try:
            shown = {"result": calls[told["call"]](**told["given"])}
        except Exception as error:  # the caller raises it
            shown = {"error": f"{type(error).__name__}: {error}"}
        print(json.dumps(shown), file=out, flush=True)


if __name__ == "__main__":
    main()
