"""`lamella export`: everything that is remembered, as JSON lines."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from contextlib import ExitStack, suppress
from pathlib import Path
from typing import Annotated, Any

from rich.text import Text
from typer import Option, Typer

from lamella.cli.command import Answer, failing, opened, show
from lamella.cli.options import Agent, ApiKey, AppId, AsJson, Data, Host, Session, User
from lamella.client import Memory
from lamella.client.wire import Json, told
from lamella.errors import Forbidden, NotFound, SetupError
from lamella.mem0.sources import EVERYBODY

PAGE = 200

app = Typer()


@app.command()
def export(
    user: User = None,
    session: Session = None,
    agent: Agent = None,
    app_id: AppId = None,
    out: Annotated[
        Path | None, Option("--out", "-o", help="A file to write, instead of standard output.")
    ] = None,
    superseded: Annotated[
        bool, Option("--superseded", help="Also what is no longer true.")
    ] = False,
    complete: Annotated[
        bool, Option("--complete", help="All that is held on one of them, in every layer.")
    ] = False,
    data: Data = None,
    host: Host = None,
    api_key: ApiKey = None,
    as_json: AsJson = False,
) -> None:
    """Every memory with its history, one JSON object a line: of some ids, or of everybody."""
    ids = told(user_id=user, run_id=session, agent_id=agent, app_id=app_id)
    with failing(as_json), ExitStack() as open_here:
        memory = open_here.enter_context(opened(data, host, api_key))
        if not ids and not complete:
            with suppress(Forbidden):  # a key may only read: then without the last seconds
                memory.flush()
        lines = _held(memory, ids) if complete else exported(memory, ids or EVERYBODY, superseded)
        if out is None:
            for line in lines:
                print(json.dumps(line, ensure_ascii=False))
            sys.stdout.flush()
        else:
            count = _written(out, lines)
            answer = {"exported": count, "file": str(out)}
            what = "lines" if complete else "memories"
            show(Answer(answer, Text(f"{count} {what} in {out}")), as_json)


def _held(memory: Memory, ids: Json) -> Iterator[Json]:
    """Every line on the one that `ids` name. Raises Invalid."""
    named = {("session_id" if name == "run_id" else name): id for name, id in ids.items()}
    return memory.export(**named)


def exported(memory: Memory, filters: Json, superseded: bool) -> Iterator[Json]:
    """The memories that match `filters`, read page by page, each with its `history`."""
    cursor: str | None = None
    while True:
        page = memory.get_all(filters=filters, page_size=PAGE, cursor=cursor, superseded=superseded)
        for one in page["results"]:
            yield one | {"history": _history(memory, one["id"])}
        cursor = page["cursor"]
        if cursor is None:
            return


def _history(memory: Memory, memory_id: str) -> list[Json]:
    """The history; none where the memory was forgotten since its page was read."""
    try:
        return memory.history(memory_id)
    except NotFound:
        return []


def _written(file: Path, lines: Iterator[Any]) -> int:
    count = 0
    try:
        with file.open("w", encoding="utf-8") as written:
            for line in lines:
                written.write(json.dumps(line, ensure_ascii=False) + "\n")
                count += 1
    except OSError as exc:
        raise SetupError(f"{file} can't be written ({exc.strerror}): name another file") from exc
    return count
