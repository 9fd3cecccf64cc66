"""What a caller may write, and the types it has; mypy --strict finds nothing here."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterator
from datetime import UTC, date, datetime, timedelta
from typing import Any, assert_type

from lamella import AsyncMemory, Conflict, LamellaError, Memory, Unavailable, __version__

Json = dict[str, Any]


def everyday(memory: Memory) -> str:
    captured = memory.add(
        ["I'm Alex.", {"role": "assistant", "content": "Hello!"}],
        user_id="alex",
        session_id="trip",
        timestamp=datetime.now(UTC),
        expiration_date=date(2030, 1, 1),
        working={"flights": [129, 240]},
        enable_graph=True,
    )
    assert_type(captured, Json)
    assert_type(memory.wait(captured["event_id"], timeout=5), Json)
    assert_type(memory.search("Who am I?", filters={"user_id": "alex"}, top_k=5), Json)
    block = memory.context("Who am I?", tokens=200, user_id="alex", layers=["user"])
    context: str = block["context"]
    return context


def one_memory(memory: Memory, memory_id: str) -> list[Json]:
    memory.update(memory_id, "I'm Alexandra.", expiration_date=timedelta(days=90))
    memory.update(memory_id, metadata={"checked": True}, expiration_date=None)
    memory.delete(memory_id)
    memory.restore(memory_id)
    return assert_type(memory.history(memory_id), list[Json])


def sessions_and_org(memory: Memory) -> None:
    memory.working("trip", "flights", [129, 240], lifetime="30m", user_id="alex")
    memory.attention("trip", "choosing a flight", user_id="alex")
    memory.close("trip", promote=False, user_id="alex")
    memory.org_add("Refunds take five days.", owner="support", review_by="2030-01-01")
    memory.create_key(["read"], name="dashboard")
    memory.forget(user_id="alex")


def many_memories(memory: Memory, memory_id: str) -> list[Json]:
    memory.batch_update([{"memory_id": memory_id, "text": "I'm Alexandra."}])
    memory.batch_delete([memory_id, {"memory_id": memory_id}])
    memory.feedback(memory_id, "POSITIVE", "still true")
    memory.update_project(includes="travel", excludes=None)
    assert_type(memory.project(["includes"]), Json)
    assert_type(memory.users(page=2)["results"], Any)
    assert_type(memory.reset(), Json)
    assert_type(memory.export(user_id="alex"), Iterator[Json])
    return list(memory.export(filters={"user_id": "alex"}, superseded=True))


async def awaited(memory: AsyncMemory, memory_id: str) -> list[Json]:
    captured = await memory.add(["I'm Alex."], user_id="alex", expiration_date=date(2030, 1, 1))
    assert_type(captured, Json)
    assert_type(await memory.wait(captured["event_id"], timeout=5), Json)
    both = memory.search("Who am I?", user_id="alex"), memory.get(memory_id)
    assert_type(await asyncio.gather(*both), tuple[Json, Json])
    asyncio.create_task(memory.delete(memory_id)).cancel()
    async with AsyncMemory(api_key="lm_…", timeout=5) as other:
        assert_type(other, AsyncMemory)
    assert_type(memory.export(user_id="alex"), AsyncIterator[Json])
    assert_type([line async for line in memory.export(user_id="alex")], list[Json])
    return assert_type(await memory.history(memory_id), list[Json])


def opened() -> str:
    try:
        with Memory(data="/somewhere", settle=0) as embedded:
            assert_type(embedded, Memory)
        Memory(api_key="lm_…", host="http://127.0.0.1:8320", timeout=5).shutdown()
    except Conflict as taken:
        assert_type(taken.holder, str | None)
    except Unavailable as away:
        assert_type(away.retryable, bool)
    except LamellaError as error:
        return f"{error.status} {error.detail}"
    return __version__
