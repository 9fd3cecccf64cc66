"""What each call answers, as JSON Schema."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

Schema = dict[str, Any]

STRING: Schema = {"type": "string"}
OPTIONAL: Schema = {"type": ["string", "null"]}
WHOLE: Schema = {"type": "integer"}
FLAG: Schema = {"type": "boolean"}
STRINGS: Schema = {"type": "array", "items": STRING}


def _object(also: Schema | None = None, **needed: Schema) -> Schema:
    """An object that has `needed`, may have `also`, and more in later versions."""
    return {"type": "object", "properties": {**needed, **(also or {})}, "required": list(needed)}


def _ref(name: str) -> Schema:
    return {"$ref": f"#/components/schemas/{name}"}


def _list(of: Schema) -> Schema:
    return {"type": "array", "items": of}


_IDS = {"user_id": OPTIONAL, "agent_id": OPTIONAL, "app_id": OPTIONAL, "session_id": OPTIONAL}
_SAID = {"degraded": OPTIONAL, "warnings": STRINGS}
_LIFE = {"started_at": STRING, "last_at": STRING, "expires_at": STRING, "closed_at": OPTIONAL}
_OPINION = {"feedback": OPTIONAL, "feedback_reason": OPTIONAL}

SCHEMAS: Mapping[str, Schema] = {
    "Error": _object({"holder": OPTIONAL}, detail=STRING, error=STRING),
    "Message": _object(message=STRING),
    "Memory": _object(
        {
            "score": {"type": "number"},
            "score_breakdown": {"type": "object", "additionalProperties": {"type": "number"}},
            "valid_to": STRING,
            "superseded_by": OPTIONAL,
            "owner": OPTIONAL,
            "review_by": OPTIONAL,
            "review_due": FLAG,
            "audience": STRINGS,
            **_OPINION,
        },
        id=STRING,
        memory=STRING,
        layer={"enum": ["conversation", "session", "user", "org"]},
        kind=STRING,
        **_IDS,
        run_id=OPTIONAL,
        metadata={"type": ["object", "null"]},
        categories=STRINGS,
        created_at=STRING,
        updated_at=STRING,
        timestamp=STRING,
        age_seconds=WHOLE,
        expiration_date=OPTIONAL,
        expires_in_seconds={"type": ["integer", "null"]},
        speaker=OPTIONAL,
        entities=STRINGS,
        sources=STRINGS,
        version=WHOLE,
        immutable=FLAG,
    ),
    "Hits": _object(results=_list(_ref("Memory")), **_SAID),
    "Page": _object(
        count={"type": ["integer", "null"]},
        count_exact=FLAG,
        results=_list(_ref("Memory")),
        cursor=OPTIONAL,
        next=OPTIONAL,
        previous=OPTIONAL,
        warnings=STRINGS,
    ),
    "Captured": _object(
        message=STRING,
        status={"enum": ["PENDING", "SUCCEEDED", "FAILED"]},
        event_id=STRING,
        results=_list({"type": "object"}),
        dropped=STRINGS,
        warnings=STRINGS,
    ),
    "Event": _object(
        id=STRING,
        event_type=STRING,
        status={"enum": ["PENDING", "SUCCEEDED", "FAILED"]},
        results=_list({"type": "object"}),
        dropped=STRINGS,
        created_at=STRING,
        completed_at=OPTIONAL,
        latency={"type": ["number", "null"]},
        error=OPTIONAL,
    ),
    "Entry": _object(
        id=STRING,
        memory_id=STRING,
        old_memory=OPTIONAL,
        new_memory=OPTIONAL,
        event={"enum": ["ADD", "UPDATE", "SUPERSEDE", "DELETE", "RESTORE"]},
        **_IDS,
        created_at=STRING,
        updated_at=STRING,
    ),
    "Session": _object({**_IDS, **_LIFE}, session_id=STRING),
    "Working": _object(key=STRING, value={}, expires_at=STRING),
    "Key": _object({"key": STRING}, id=STRING, scopes=STRINGS, name=OPTIONAL, created_at=STRING),
    "Entity": _object(
        id=STRING,
        name=STRING,
        type={"enum": ["user", "agent", "app", "run"]},
        updated_at=STRING,
        total_memories=WHOLE,
    ),
    "Outcome": _object(
        memory_id=STRING,
        status={"enum": ["SUCCEEDED", "FAILED"]},
        error=OPTIONAL,
        detail=OPTIONAL,
    ),
}

_CONSENT = _object(
    owner=STRING,
    remembered=FLAG,
    mode={"enum": ["assumed", "required"]},
    answers=_list(_object({"evidence": STRING}, granted=FLAG, by=STRING, at=STRING)),
)
_BATCH = _object(message=STRING, results=_list(_ref("Outcome")))
_PAGED = {"count": WHOLE, "next": OPTIONAL, "previous": OPTIONAL}

ANSWERS: Mapping[str, Schema] = {
    "ping": _object(status=STRING, org_id=STRING, project_id=STRING, user_email=STRING),
    "health": _object(status=STRING),
    "add": _ref("Captured"),
    "search": _ref("Hits"),
    "context": _object(
        context=STRING, tokens=WHOLE, counted_by=STRING, results=_list(_ref("Memory")), **_SAID
    ),
    "relations": _object(results=_list({"type": "object"}), more=FLAG),
    "list": _ref("Page"),
    "get": _ref("Memory"),
    "update": _ref("Memory"),
    "delete": _ref("Message"),
    "delete_all": _object({"deleted": WHOLE}, message=STRING),
    "history": _list(_ref("Entry")),
    "restore": _ref("Memory"),
    "event": _ref("Event"),
    "events": _object(results=_list(_ref("Event"))),
    "flush": _object(message=STRING, added=WHOLE, pending=WHOLE),
    "batch_update": _BATCH,
    "batch_delete": _BATCH,
    "feedback": _object(id=STRING, memory_id=STRING, **_OPINION),
    "entities": _object(results=_list(_ref("Entity")), **_PAGED),
    "delete_entity": _object({"deleted": WHOLE}, message=STRING),
    "create_export": _object(
        message=STRING, id=STRING, status={"enum": ["PENDING"]}, warnings=STRINGS
    ),
    "export": _object(
        {"results": _list({"type": "object"})},
        id=STRING,
        status={"enum": ["RUNNING", "SUCCEEDED"]},
        cursor=OPTIONAL,
        receipt={"type": ["object", "null"]},
        warnings=STRINGS,
    ),
    "forget": _object(message=STRING, receipt={"type": "object"}),
    "reveal": _object(id=STRING, memory=STRING, values={"type": "object"}),
    "consent": _CONSENT,
    "record_consent": _CONSENT,
    "parked": _object(results=_list({"type": "object"}), more=FLAG),
    "redrive": _object(message=STRING, redriven=WHOLE, more=FLAG),
    "sessions": _object(results=_list(_ref("Session")), more=FLAG),
    "session": _ref("Session"),
    "close": _object(message=STRING, session_id=STRING, promote=FLAG),
    "working": _ref("Working"),
    "org_add": _ref("Memory"),
    "org_list": _ref("Page"),
    "org_update": _ref("Memory"),
    "org_retire": _ref("Message"),
    "org_restore": _ref("Memory"),
    "update_project": _ref("Message"),
    "create_key": _ref("Key"),
    "list_keys": _object(results=_list(_ref("Key"))),
}
"""By the name of the route; what isn't named answers an object."""
