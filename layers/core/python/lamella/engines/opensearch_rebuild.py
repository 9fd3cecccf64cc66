"""The next version of the index: filled beside the current one, then named by the alias."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace

from lamella.engines.opensearch import ALIAS
from lamella.engines.opensearch_bulk import Action, Bulk, filling, removal
from lamella.engines.opensearch_client import client, translated
from lamella.engines.opensearch_index import CURRENT, NEXT, Layout, Version
from lamella.engines.opensearch_library import OpenSearch
from lamella.engines.opensearch_query import record
from lamella.engines.opensearch_versions import Versions
from lamella.errors import Invalid, Unavailable
from lamella.ports import JSON, Remove, Upsert

GRACE = 30.0
"""Seconds in which a search that began in the old version surely ends."""


class OpenSearchRebuild:
    """A NextIndex on OpenSearch, for the model whose vectors it is to hold.

    What it has reached is noted in the new index's `_meta`, so any process may take over.
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
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        """`opensearch` is a client or a URL; `shards` and `refresh` hold for the new version."""
        self._client = client(opensearch) if isinstance(opensearch, str) else opensearch
        self._layout = Layout(model, dimensions, shards, refresh)
        self._versions = Versions(self._client, alias, self._layout)
        self._bulk = Bulk(self._client, sleep)
        self._sleep = sleep
        self._alias = alias
        self._version: Version | None = None

    def begin(self) -> Mapping[str, JSON]:
        """See `ports.NextIndex`. One that was begun for another model is dropped."""
        found = self._versions.all()
        begun = [found[alias] for alias in self._names() if alias in found]
        for version in begun:
            if version.progress is not None and version.holds(self._layout):
                self._version = version
                return version.progress
        if self._alias + NEXT in found:
            self._versions.drop(found[self._alias + NEXT].name)
        self._version = self._versions.create_next()
        return {}

    def count(self) -> int:
        """See `ports.NextIndex`; 0 where there is none."""
        with translated():
            found = self._client.count(index=self._alias, ignore_unavailable=True)
        return int(found["count"])

    def fill(self, upserts: Sequence[Upsert]) -> list[str | None]:
        """See `ports.NextIndex`."""
        refused: dict[int, str] = {}
        made: list[Action] = []
        for number, upsert in enumerate(upserts):
            try:
                made.append(filling(number, upsert, self._role(), self._layout))
            except Invalid as exc:
                refused[number] = exc.detail
        refused |= self._bulk.send(made, refresh="false")
        return [refused.get(number) for number in range(len(upserts))]

    def note(self, progress: Mapping[str, JSON]) -> None:
        """See `ports.NextIndex`."""
        self._versions.note(self._begun().name, progress)

    def unsettled(self, limit: int) -> list[Remove]:
        """See `ports.NextIndex`."""
        name = self._begun().name
        query = {"size": limit, "query": {"term": {"unsettled": True}}, "docvalue_fields": ["org"]}
        with translated():
            self._client.indices.refresh(index=name)
            found = self._client.search(index=name, body=query)
        hits = [(hit["fields"]["org"][0], record(hit)) for hit in found["hits"]["hits"]]
        return [Remove(org, one.owner, one.id, one.version + 1) for org, one in hits]

    def settle(self, changes: Sequence[Upsert | Remove]) -> None:
        """See `ports.NextIndex`."""
        self._bulk.send(
            [
                removal(number, change, self._begun(), required=True)
                if isinstance(change, Remove)
                else filling(number, change, self._role(), self._layout)
                for number, change in enumerate(changes)
            ]
        )

    def switch(self) -> None:
        """See `ports.NextIndex`; nothing where it answers already."""
        version, current = self._begun(), self._versions.current()
        if current is None or current.name != version.name:
            self._versions.switch(version, current)
        self._version = replace(version, aliases=frozenset({self._alias + CURRENT}))

    def finish(self) -> None:
        """See `ports.NextIndex`: after 30 seconds, every version that no alias names."""
        self._versions.note(self._begun().name, None)
        self._sleep(GRACE)
        for name in self._versions.orphans():
            self._versions.drop(name)

    def close(self) -> None:
        """Let go of the connections."""
        self._client.close()

    def _names(self) -> tuple[str, str]:
        return self._alias + NEXT, self._alias + CURRENT

    def _role(self) -> str:
        """The alias under which it can be written to now."""
        [alias] = self._begun().aliases
        return alias

    def _begun(self) -> Version:
        if self._version is None:
            raise Unavailable("no rebuild of the index was begun: call begin first")
        return self._version
