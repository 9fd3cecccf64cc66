"""What can be asked of Lamella: one frozen model a call, read from its wire form by `parse`.

base      how fields are taken, warned of or refused     messages  what `messages` may be
times     moments, days and durations                    parts     the parts of a message
capture, retrieve, govern     the requests of each use case
"""

from lamella.requests.base import Asked, Scoped, parse
from lamella.requests.capture import (
    AddRequest,
    AttentionRequest,
    CloseRequest,
    FlushRequest,
    WorkingRequest,
)
from lamella.requests.govern import (
    DeleteAllRequest,
    ForgetRequest,
    KeyRequest,
    OrgAddRequest,
    OrgUpdateRequest,
    UpdateRequest,
)
from lamella.requests.messages import Message
from lamella.requests.retrieve import (
    ContextRequest,
    ListRequest,
    RelationsRequest,
    SearchRequest,
    SessionRequest,
)

__all__ = [
    "AddRequest",
    "Asked",
    "AttentionRequest",
    "CloseRequest",
    "ContextRequest",
    "DeleteAllRequest",
    "FlushRequest",
    "ForgetRequest",
    "KeyRequest",
    "ListRequest",
    "Message",
    "OrgAddRequest",
    "OrgUpdateRequest",
    "RelationsRequest",
    "Scoped",
    "SearchRequest",
    "SessionRequest",
    "UpdateRequest",
    "WorkingRequest",
    "parse",
]
