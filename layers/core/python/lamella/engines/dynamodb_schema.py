"""The table as `DynamoTable` wants it, for local engines and tests; on AWS the stack makes it."""

from __future__ import annotations

from lamella.engines.dynamodb_calls import connect
from lamella.engines.dynamodb_items import DUE, DUE_BUCKET, PK, SK, TTL
from lamella.engines.dynamodb_requests import INDEX


def create_table(
    name: str,
    endpoint: str | None = None,
    region: str | None = None,
    credentials: tuple[str, str] | None = None,
) -> None:
    """Create the table `name`: on demand, TTL on `ttl`, and the sparse index of keys by `due`."""
    connection = connect(endpoint, region, credentials)
    types = {PK: "S", SK: "S", DUE_BUCKET: "S", DUE: "N"}
    connection.create_table(
        name,
        attribute_definitions=[
            {"AttributeName": attribute, "AttributeType": type_}
            for attribute, type_ in types.items()
        ],
        key_schema=_keys(PK, SK),
        global_secondary_indexes=[
            {
                "index_name": INDEX,
                "key_schema": _keys(DUE_BUCKET, DUE),
                "projection": {"ProjectionType": "KEYS_ONLY"},
            }
        ],
        billing_mode="PAY_PER_REQUEST",
    )
    connection.client.get_waiter("table_exists").wait(
        TableName=name, WaiterConfig={"Delay": 1, "MaxAttempts": 60}
    )
    connection.update_time_to_live(name, TTL)


def _keys(hash_: str, range_: str) -> list[dict[str, str]]:
    return [
        {"AttributeName": hash_, "KeyType": "HASH"},
        {"AttributeName": range_, "KeyType": "RANGE"},
    ]
