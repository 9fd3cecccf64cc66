"""Reads and writes of the port as the requests of DynamoDB's interface."""

from __future__ import annotations

from typing import Any, TypeAlias

from lamella.engines.dynamodb_expressions import (
    Placeholders,
    condition_expression,
    path,
    update_expression,
)
from lamella.engines.dynamodb_items import (
    DUE,
    DUE_BUCKET,
    PK,
    SK,
    Attributes,
    item_attributes,
    key_attributes,
)
from lamella.ports import (
    Absent,
    Check,
    Commit,
    Condition,
    Delete,
    Key,
    Marked,
    Operation,
    Put,
    Query,
    Scan,
    Update,
)

Request: TypeAlias = "dict[str, Any]"

INDEX = "due"
MAX_BATCH = 100

_TRANSACT = {Put: "Put", Update: "Update", Delete: "Delete", Check: "ConditionCheck"}
_SINGLE = {Put: "PutItem", Update: "UpdateItem", Delete: "DeleteItem"}


def single(table: str, operation: Operation) -> tuple[str, Request]:
    """The name and body of the request for a commit of one operation that writes."""
    return _SINGLE[type(operation)], _operation(table, operation)


def transaction(table: str, commit: Commit, token: str) -> Request:
    """A TransactWriteItems, done at most once however often it is sent with `token`."""
    return {
        "TransactItems": [{_TRANSACT[type(op)]: _operation(table, op)} for op in commit],
        "ClientRequestToken": token,
    }


def get(table: str, key: Key) -> Request:
    """A GetItem, strongly consistent."""
    return {"TableName": table, "Key": key_attributes(key), "ConsistentRead": True}


def batch_get(table: str, keys: list[Attributes]) -> Request:
    """A BatchGetItem, strongly consistent."""
    return {"RequestItems": {table: {"Keys": keys, "ConsistentRead": True}}}


def query(table: str, read: Query) -> Request | None:
    """The Query, strongly consistent; None where `after` leaves nothing to find."""
    within = path(PK) == {"S": read.pk}
    if read.prefix:
        within &= path(SK).startswith(read.prefix)
    placeholders = Placeholders()
    request: Request = {
        "TableName": table,
        "KeyConditionExpression": placeholders.written(within),
        "ScanIndexForward": not read.newest_first,
        "ConsistentRead": True,
        **placeholders.parts(),
    }
    if read.after is None or _starts_before(read, read.after):
        return request
    if not read.after.startswith(read.prefix):
        return None
    return {**request, "ExclusiveStartKey": key_attributes(Key(read.pk, read.after))}


def marked(table: str, read: Marked) -> Request:
    """The Query of the sparse index, which holds keys only and may lag."""
    since, until = {"N": str(read.since)}, {"N": str(read.until)}
    within = (path(DUE_BUCKET) == {"S": read.bucket}) & path(DUE).between(since, until)
    placeholders = Placeholders()
    return {
        "TableName": table,
        "IndexName": INDEX,
        "KeyConditionExpression": placeholders.written(within),
        **placeholders.parts(),
    }


def scan(table: str, read: Scan) -> Request:
    """The Scan of the whole table, strongly consistent, whose filter is the prefix."""
    placeholders = Placeholders()
    request: Request = {
        "TableName": table,
        "FilterExpression": placeholders.written(path(SK).startswith(read.prefix)),
        "ConsistentRead": True,
        **placeholders.parts(),
    }
    if read.after is None:
        return request
    return {**request, "ExclusiveStartKey": key_attributes(read.after)}


def _starts_before(read: Query, after: str) -> bool:
    """Whether `after` lies before all that `read` may find, in its direction of travel."""
    if after.startswith(read.prefix):
        return False
    return after > read.prefix if read.newest_first else after < read.prefix


def _operation(table: str, operation: Operation) -> Request:
    placeholders = Placeholders()
    request: Request = {"TableName": table}
    match operation:
        case Put(item):
            request["Item"] = item_attributes(item)
        case Update():
            request["Key"] = key_attributes(operation.key)
            request["UpdateExpression"] = placeholders.written(update_expression(operation))
        case Delete() | Check():
            request["Key"] = key_attributes(operation.key)
    if operation.only_if == Absent() and isinstance(operation, Put):
        return {**request, **_IF_ABSENT}
    if operation.only_if is not None:
        request |= _condition(placeholders, operation.only_if)
    return {**request, **placeholders.parts()}


def _condition(placeholders: Placeholders, condition: Condition) -> Request:
    return {
        "ConditionExpression": placeholders.written(condition_expression(condition)),
        "ReturnValuesOnConditionCheckFailure": "ALL_OLD",
    }


def _if_absent() -> Request:
    placeholders = Placeholders()
    return {**_condition(placeholders, Absent()), **placeholders.parts()}


_IF_ABSENT = _if_absent()
"""The condition of most puts, written once."""
