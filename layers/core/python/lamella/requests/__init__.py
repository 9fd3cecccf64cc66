"""What can be asked of Lamella: one frozen model a call, read from its wire form by `parse`.

given     fields taken, warned of, refused      messages  what `messages` may be
base      what every request is                 parts     the parts of a message
times     moments, days and durations           capture, retrieve, govern, …: the requests

A request's module is loaded when the request is first asked for: models are slow to build.
"""

from typing import TYPE_CHECKING

from lamella.parted import parted

if TYPE_CHECKING:
    from lamella.requests.base import Asked, Scoped, parse
    from lamella.requests.batches import (
        BatchDeleteRequest,
        BatchUpdateRequest,
        EntitiesRequest,
        FeedbackRequest,
    )
    from lamella.requests.capture import (
        AddRequest,
        AttentionRequest,
        CloseRequest,
        FlushRequest,
        WorkingRequest,
    )
    from lamella.requests.consent import ConsentOfRequest, ConsentRequest
    from lamella.requests.exports import ExportPageRequest, ExportRequest
    from lamella.requests.govern import (
        DeleteAllRequest,
        EventsRequest,
        ForgetRequest,
        KeyRequest,
        OrgAddRequest,
        OrgUpdateRequest,
        UpdateRequest,
    )
    from lamella.requests.imports import ImportRequest
    from lamella.requests.messages import Message
    from lamella.requests.parked import RedriveRequest
    from lamella.requests.project import ProjectRequest, ProjectUpdateRequest
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
    "BatchDeleteRequest",
    "BatchUpdateRequest",
    "CloseRequest",
    "ConsentOfRequest",
    "ConsentRequest",
    "ContextRequest",
    "DeleteAllRequest",
    "EntitiesRequest",
    "EventsRequest",
    "ExportPageRequest",
    "ExportRequest",
    "FeedbackRequest",
    "FlushRequest",
    "ForgetRequest",
    "ImportRequest",
    "KeyRequest",
    "ListRequest",
    "Message",
    "OrgAddRequest",
    "OrgUpdateRequest",
    "ProjectRequest",
    "ProjectUpdateRequest",
    "RedriveRequest",
    "RelationsRequest",
    "Scoped",
    "SearchRequest",
    "SessionRequest",
    "UpdateRequest",
    "WorkingRequest",
    "parse",
]

if not TYPE_CHECKING:  # else every name would type-check
    __getattr__ = parted(
        __name__,
        {
            "base": "Asked Scoped parse",
            "batches": "BatchDeleteRequest BatchUpdateRequest EntitiesRequest FeedbackRequest",
            "capture": "AddRequest AttentionRequest CloseRequest FlushRequest WorkingRequest",
            "consent": "ConsentOfRequest ConsentRequest",
            "exports": "ExportPageRequest ExportRequest",
            "govern": "DeleteAllRequest EventsRequest ForgetRequest KeyRequest OrgAddRequest "
            "OrgUpdateRequest UpdateRequest",
            "imports": "ImportRequest",
            "messages": "Message",
            "parked": "RedriveRequest",
            "project": "ProjectRequest ProjectUpdateRequest",
            "retrieve": "ContextRequest ListRequest RelationsRequest SearchRequest SessionRequest",
        },
    )
