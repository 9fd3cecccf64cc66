"""HTTP without a server: a request value in, a response value out. Every front door uses it.

exchange  the two values                    calls     which use case a route means
paths     from a raw path to its route      replies   JSON shapes, errors as answers
bodies    from bytes to fields              handling  one request, from key to answer
openapi   the document of all this         fields, shapes   its schemas
"""

from lamella.api.exchange import Request, Response
from lamella.api.handling import Api

__all__ = ["Api", "Request", "Response"]
