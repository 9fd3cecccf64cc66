"""What Lamella takes from opensearch-py, imported without `requests`, which only its other
connection class needs.
"""

from lamella.engines.stand_in import stand_in

with stand_in("requests", "auth.AuthBase", "PreparedRequest"):
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
