"""From a raw path to its route and the ids in it, each percent-decoded exactly once."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from urllib.parse import unquote

from lamella.errors import Invalid, LamellaError, NotFound, Unsupported
from lamella.routes import ROUTES, UNANSWERED, Route
from lamella.values import dataclass


class MethodNotAllowed(LamellaError):
    """The path is ours, the method isn't; `allowed` says which are."""

    status = 405

    def __init__(self, path: str, allowed: Iterable[str]) -> None:
        self.allowed = ", ".join(sorted(allowed))
        super().__init__(f"{path} answers {self.allowed} only")


@dataclass(frozen=True, slots=True)
class Found:
    """The route of a request, and the ids its path holds under their names."""

    route: Route
    ids: Mapping[str, str]


def find(method: str, raw_path: str) -> Found:
    """The route that answers. Doubled and trailing slashes don't matter, fixed names win over ids.

    Raises NotFound, MethodNotAllowed, or Unsupported for what only Mem0 has.
    """
    segments = _segments(raw_path)
    fixed = _FIXED.get((method.upper(), *segments))
    if fixed is not None:
        return Found(fixed, {})
    fitting = [route for route in ROUTES if _fits(_segments(route.path), segments)]
    here = [route for route in fitting if method.upper() in route.methods]
    if here:
        route = min(here, key=lambda route: route.path.count("{"))
        return Found(route, _ids(_segments(route.path), segments))
    unanswered = next((p for p in UNANSWERED if _fits(_segments(p), segments)), None)
    if unanswered is not None:
        what = f"{method.upper()} {unanswered} ({UNANSWERED[unanswered]})"
        raise Unsupported(f"{what} is Mem0's, and not part of Lamella")
    if fitting:
        raise MethodNotAllowed(fitting[0].path, {m for route in fitting for m in route.methods})
    raise NotFound("no such path: see the route table in docs/api.md")


def _segments(path: str) -> list[str]:
    return [segment for segment in path.split("/") if segment]


_FIXED = {
    (method, *_segments(route.path)): route
    for route in ROUTES
    if "{" not in route.path
    for method in route.methods
}


def _is_id(segment: str) -> bool:
    return segment.startswith("{")


def _fits(template: list[str], segments: list[str]) -> bool:
    return len(template) == len(segments) and all(
        expected == given or _is_id(expected)
        for expected, given in zip(template, segments, strict=True)
    )


def _ids(template: list[str], segments: list[str]) -> dict[str, str]:
    return {
        expected.strip("{}"): _decoded(given)
        for expected, given in zip(template, segments, strict=True)
        if _is_id(expected)
    }


def _decoded(segment: str) -> str:
    try:
        return unquote(segment, errors="strict")
    except UnicodeDecodeError:
        raise Invalid("the path holds percent-escapes that are not UTF-8") from None
