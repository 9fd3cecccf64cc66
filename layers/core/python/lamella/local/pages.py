"""What a server tells without a key: the OpenAPI document, and a page that shows it."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from starlette.responses import HTMLResponse, JSONResponse, Response

from lamella.api.openapi import document

_POLICY = (
    "default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'; connect-src 'self'"
)


def page(method: str, path: str) -> Response | None:
    """The page at `path`, if there is one; it loads nothing from elsewhere."""
    return _PAGES[path]() if method in ("GET", "HEAD") and path in _PAGES else None


@cache
def _openapi() -> Response:
    return JSONResponse(document())


@cache
def _docs() -> Response:
    text = Path(__file__).with_name("docs.html").read_text(encoding="utf-8")
    return HTMLResponse(text, headers={"Content-Security-Policy": _POLICY})


_PAGES = {"/openapi.json": _openapi, "/docs": _docs}
