"""The search index on OpenSearch, its own or Amazon's: the projection of the table for search.

One index for all organizations, routed by owner, behind an alias; `lamella reindex` fills the next
version beside it and moves the alias.
"""

from __future__ import annotations

import builtins
import time
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from lamella.engines.opensearch_bulk import Bulk, actions
from lamella.engines.opensearch_client import (
    READ_TIMEOUT,
    client,
    failure,
    signed_client,
    translated,
)
from lamella.engines.opensearch_documents import joined
from lamella.engines.opensearch_index import Layout
from lamella.engines.opensearch_library import OpenSearch
from lamella.engines.opensearch_query import Question, listed, page
from lamella.engines.opensearch_versions import Versions
from lamella.errors import Invalid, Unavailable
from lamella.ports import Answer, Listed, Listing, Remove, Search, Upsert

__all__ = ["OpenSearchIndex", "signed_client"]

ALIAS = "memories"

Result = Mapping[str, Any]


class OpenSearchIndex:
    """An Index on OpenSearch 3. Opening it asks nothing of the cluster; the first call does.

    That call makes the index in a fresh cluster, and raises SetupError where the index holds
    vectors of another model. Every call raises Unavailable or Throttled within its time limit.
    """

    def __init__(
        self,
        opensearch: OpenSearch | str,
        *,
        model: str,
        dimensions: int,
        alias: str = ALIAS,
        shards: int = 1,
        refresh: str = "1s",
        timeout: float = READ_TIMEOUT,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        """`opensearch` is a client or a URL; `shards` and `refresh` hold for indexes made here.

        `refresh` is how long a change may wait before a search sees it; `apply` waits for it.
        `timeout` is in seconds and for reads.
        """
        self._client = client(opensearch) if isinstance(opensearch, str) else opensearch
        self._layout = Layout(model, dimensions, shards, refresh)
        self._versions = Versions(self._client, alias, self._layout, timeout)
        self._bulk = Bulk(self._client, sleep)
        self._alias = alias
        self._timeout = timeout

    def apply(self, changes: Sequence[Upsert | Remove]) -> builtins.list[str | None]:
        """See `ports.Index`. While a rebuild goes on, both versions are changed."""
        if not changes:
            return []
        targets = self._versions.targets()
        made, refused = actions(changes, targets, self._layout, self._alias)
        refused |= self._bulk.send(made)
        return [refused.get(number) for number in range(len(changes))]

    def search(self, query: Search) -> Answer:
        """See `ports.Index`: one `_msearch`. Of a question, the first 500 different words count."""
        if query.vector is not None and len(query.vector) != self._layout.dimensions:
            raise Invalid(
                f"a question of {len(query.vector)} dimensions: this index has "
                f"{self._layout.dimensions}"
            )
        if query.owners == ():
            return Answer()
        question = Question(query)
        return question.answer(self._read(query, [*question.parts()]))

    def list(self, listing: Listing) -> Listed:
        """See `ports.Index`."""
        if listing.owners == ():
            return Listed((), 0)
        [result] = self._read(listing, [page(listing)])
        return listed(result)

    def close(self) -> None:
        """Let go of the connections."""
        self._client.close()

    def _read(self, asked: Search | Listing, parts: Sequence[dict[str, Any]]) -> Sequence[Result]:
        """The results of all parts; asked once more if the index moved under the question."""
        self._versions.prepare()
        try:
            results = self._ask(asked, parts)
        except _Moved:
            results = self._ask(asked, parts)
        for name in {hit["_index"] for result in results for hit in result["hits"]["hits"]}:
            self._versions.check(name)
        return results

    def _ask(self, asked: Search | Listing, parts: Sequence[dict[str, Any]]) -> Sequence[Result]:
        head: dict[str, Any] = {"index": self._alias, "allow_partial_search_results": False}
        if asked.owners is not None:
            head["routing"] = ",".join(joined(asked.org, owner) for owner in asked.owners)
        body = [line for part in parts for line in (head, part)]
        with translated():
            answer = self._client.msearch(body=body, params={"request_timeout": self._timeout})
        results: Sequence[Result] = answer["responses"]
        for result in results:
            self._judge(result)
        return results

    def _judge(self, result: Result) -> None:
        if error := result.get("error"):
            if result["status"] == 404:
                raise _Moved("the search index is gone: run `lamella reindex` to rebuild it")
            if result["status"] == 400:
                self._versions.recheck()
            raise failure(result["status"], error["type"])
        if result["timed_out"] or result["_shards"]["failed"]:
            raise Unavailable("OpenSearch did not search everything in time: try again")


class _Moved(Unavailable):
    """The alias named no index, or one that was just deleted."""
