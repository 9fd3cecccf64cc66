"""The SDK: `Memory`, in this process or over HTTP.

memory      how it is opened        remember   add, search, read, change
transports  how a call travels      sessions   what lives as long as a session
wire        values as JSON          organize   the org layer and keys
"""

from lamella.client.memory import Memory
from lamella.client.transports import HttpTransport, InProcess, Transport

__all__ = ["HttpTransport", "InProcess", "Memory", "Transport"]
