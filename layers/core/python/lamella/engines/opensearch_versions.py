"""The versions of the index behind its alias, and whether they hold this model's vectors."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from lamella.engines.opensearch_client import READ_TIMEOUT, translated
from lamella.engines.opensearch_index import CURRENT, NEXT, Layout, Version
from lamella.engines.opensearch_library import OpenSearch, RequestError
from lamella.errors import SetupError, Unavailable

_SHOWN = "*.aliases,*.mappings._meta"


class Versions:
    """`{alias}-v1`, `-v2`, … of which the alias names the one that answers.

    While a rebuild goes on, the alias with `-next` names the one that is being filled.
    The index template, written after the first index, is also the sign that there was one: where
    it stands without an index, that is lost, and an empty one in its place would lie.
    """

    def __init__(
        self, client: OpenSearch, alias: str, layout: Layout, timeout: float = READ_TIMEOUT
    ) -> None:
        self.alias = alias
        self.layout = layout
        self._client = client
        self._timeout = timeout
        self._known: set[str] = set()

    def current(self) -> Version | None:
        """The version that answers searches."""
        return self.all().get(self.alias + CURRENT)

    def all(self) -> dict[str, Version]:
        """The versions that the two aliases name, by alias; one request."""
        names = (self.alias + CURRENT, self.alias + NEXT)
        with translated():
            found = self._client.indices.get(
                index=",".join(names),
                ignore_unavailable=True,
                filter_path=_SHOWN,
                request_timeout=self._timeout,
            )
        versions = [Version.read(name, told) for name, told in found.items()]
        return {name: one for one in versions for name in names if name in one.aliases}

    def prepare(self) -> None:
        """Make the first index where there was none; once for each process.

        Raises SetupError for an index of another model, Unavailable where the index is lost.
        """
        if self._known:
            return
        found = self.current()
        if found is None and self._latest() == 0:
            self._create_first()
            found = self.current()
        self._admit(self._there(found))

    def targets(self) -> dict[str, Version]:
        """Where changes go: the current version, and the next one while there is one.

        Raises Unavailable where there is neither, or the current one has moved to another model.
        """
        self.prepare()
        found = self.all()
        if self.alias in found:
            self._admit(found[self.alias])
        elif not found:
            self._there(None)
        return found

    def check(self, name: str) -> None:
        """Hold an index that answered to the model of the question."""
        if name not in self._known:
            self._admit(self._there(self.current()))

    def recheck(self) -> None:
        """Hold the present index to the model again: it refused a question."""
        self._admit(self._there(self.current()))

    def create_next(self) -> Version:
        """A new, empty version under the alias `-next`, with a rebuild's first note: nothing."""
        name = self._create(self._latest() + 1, NEXT, {})
        mine = self.layout
        return Version(name, frozenset({self.alias + NEXT}), mine.model, mine.dimensions, {})

    def note(self, name: str, progress: Mapping[str, Any] | None) -> None:
        """Keep with the index `name` how far it is filled (None: completely)."""
        with translated():
            self._client.indices.put_mapping(index=name, body={"_meta": self.layout.meta(progress)})

    def switch(self, to: Version, was: Version | None) -> None:
        """Let `to` answer from now on, in one step."""
        current, next_ = self.alias + CURRENT, self.alias + NEXT
        actions: list[dict[str, Any]] = [
            {"add": {"index": to.name, "alias": current}},
            {"remove": {"index": to.name, "alias": next_, "must_exist": False}},
        ]
        if was is not None:
            actions.append({"remove": {"index": was.name, "alias": current}})
        with translated():
            self._client.indices.update_aliases(body={"actions": actions})

    def drop(self, name: str) -> None:
        """Delete the index `name`."""
        with translated():
            self._client.indices.delete(index=name, ignore_unavailable=True)

    def orphans(self) -> list[str]:
        """Versions that no alias names: left by a rebuild that ended halfway."""
        with translated():
            found = self._client.indices.get(
                index=f"{self.alias}-v*", filter_path=_SHOWN, expand_wildcards="all"
            )
        return [name for name, told in found.items() if not told.get("aliases")]

    def _admit(self, version: Version) -> None:
        """Raises SetupError, or Unavailable where it was another one when this process began."""
        if version.holds(self.layout):
            self._known.add(version.name)
            return
        mine = self.layout
        told = (
            f"the index {version.name} holds vectors of {version.model} ({version.dimensions} "
            f"dimensions), not of {mine.model} ({mine.dimensions}): set LAMELLA_MODEL back, or "
            "run `lamella reindex` to move it to the new model"
        )
        raise Unavailable(told) if self._known else SetupError(told)

    def _there(self, version: Version | None) -> Version:
        if version is None:
            raise Unavailable(
                f"the index {self.alias} is gone: run `lamella reindex` to rebuild it"
            )
        return version

    def _latest(self) -> int:
        """The highest number a version of the index ever had; 0 if there was none."""
        with translated():
            found = self._client.indices.get_index_template(
                name=self.alias, ignore=404, request_timeout=self._timeout
            )
            indices = self._client.indices.get(
                index=f"{self.alias}-v*",
                filter_path="*.aliases",
                request_timeout=self._timeout,
            )
        templates = found.get("index_templates", ())
        told = [t["index_template"].get("_meta", {}).get("latest", 0) for t in templates]
        numbers = [name.removeprefix(f"{self.alias}-v") for name in indices]
        return max([*told, *(int(number) for number in numbers if number.isdecimal())], default=0)

    def _create_first(self) -> None:
        try:
            self._create(1, CURRENT, None)
        except Unavailable:
            if self.current() is None:
                raise

    def _create(self, number: int, role: str, progress: Mapping[str, Any] | None) -> str:
        name = f"{self.alias}-v{number}"
        body = self.layout.body()
        template = {
            "index_patterns": [f"{self.alias}-v*"],
            "template": {part: body[part] for part in ("settings", "mappings")},
            "_meta": {"latest": number},
        }
        with translated():
            try:
                self._client.indices.create(
                    index=name,
                    body={**self.layout.body(progress), "aliases": {self.alias + role: {}}},
                    params={"wait_for_active_shards": "1"},
                )
            except RequestError as exc:
                if exc.error != "resource_already_exists_exception":
                    raise
                raise Unavailable(f"another process is creating {name}: try again") from None
            self._client.indices.put_index_template(name=self.alias, body=template)
        return name
