"""What Lamella takes from opensearch-py, imported without `requests` and `asyncio`, which only its
other connection classes need.
"""

from lamella.engines.stand_in import stand_in

with stand_in("requests", "auth.AuthBase", "PreparedRequest"), stand_in("asyncio"):
    from opensearchpy import ConnectionError as NotConnected
    from opensearchpy import (
        ConnectionTimeout,
        OpenSearch,
        RequestError,
        TransportError,
        Urllib3AWSV4SignerAuth,
        Urllib3HttpConnection,
    )

__all__ = [
    "ConnectionTimeout",
    "NotConnected",
    "OpenSearch",
    "RequestError",
    "TransportError",
    "Urllib3AWSV4SignerAuth",
    "Urllib3HttpConnection",
]
