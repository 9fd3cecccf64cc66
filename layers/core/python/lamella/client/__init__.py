"""The SDK: `Memory` and `AsyncMemory`, in this process or over HTTP.

memory      how they are opened            remember   add, search, read, change
calling     what every call shares         sessions   what lives as long as a session
transports  how a call travels in process  curate     batches, entities, feedback, exports
http        … and over the network         organize   the org layer and keys
waiting     until an event is finished     wire       values as JSON
walking     until there is no more
"""

from lamella.client.http import AsyncHttpTransport, HttpTransport
from lamella.client.memory import AsyncMemory, Memory
from lamella.client.transports import AsyncTransport, InProcess, InThread, Transport

__all__ = [
    "AsyncHttpTransport",
    "AsyncMemory",
    "AsyncTransport",
    "HttpTransport",
    "InProcess",
    "InThread",
    "Memory",
    "Transport",
]
