"""What mypy must refuse: each line that ends in `# refused: <code>`, and no other."""

from __future__ import annotations

from lamella import Memory, NoSuchName  # refused: attr-defined


def mistaken(memory: Memory) -> None:
    memory.add(["hello"], "alex")  # refused: call-arg
    memory.add(42, user_id="alex")  # refused: arg-type
    memory.add(["hello"], user_id=7)  # refused: arg-type
    memory.add(["hello"], user_id="alex", infer="no")  # refused: arg-type
    memory.search(user_id="alex")  # refused: call-arg
    memory.search("who?", user_id="alex", top_k="ten")  # refused: arg-type
    memory.update("id", expiration_date=7)  # refused: arg-type
    memory.org_add("Refunds take five days.")  # refused: call-arg
    memory.forget(session_id="trip")  # refused: call-arg
    print(memory.wait("id").status)  # refused: attr-defined
    text: str = memory.history("id")  # refused: assignment
    Memory("lm_…", "http://127.0.0.1:8320", "data")  # refused: call-arg
    NoSuchName(text)
