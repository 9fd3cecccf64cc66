"""The SDK: `Memory` and `AsyncMemory`, in this process, over HTTP, or to functions on AWS.

memory      how they are opened            remember   add, search, read, change
calling     what every call shares         sessions   what lives as long as a session
transports  how a call travels in process  curate     batches, entities, feedback, exports
http        … over the network             organize   the org layer and keys
function    … to a function on AWS         wire       values as JSON
waiting     until an event is finished     walking    until there is no more
"""

from lamella.client.function import FunctionTransport
from lamella.client.http import AsyncHttpTransport, HttpTransport
from lamella.client.memory import AsyncMemory, Memory
from lamella.client.transports import AsyncTransport, InProcess, InThread, Transport

__all__ = [
    "AsyncHttpTransport",
    "AsyncMemory",
    "AsyncTransport",
    "FunctionTransport",
    "HttpTransport",
    "InProcess",
    "InThread",
    "Memory",
    "Transport",
]
