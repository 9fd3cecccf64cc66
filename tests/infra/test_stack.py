"""What the template says, in the words of the promises it keeps."""

from __future__ import annotations

import json
from typing import Any

from assemblies import Assembly

from lamella.engines.dynamodb_items import DUE, DUE_BUCKET, PK, SK, TTL
from lamella.engines.dynamodb_requests import INDEX
from lamella.engines.eventbridge import SOURCE, TURNS_CAPTURED
from lamella.incoming import MEMORY_SUBMITTED

TABLE = "AWS::DynamoDB::GlobalTable"
RULE = "AWS::Events::Rule"
FUNCTION = "AWS::Lambda::Function"


def test_the_table_is_the_one_the_engine_reads(development: Assembly) -> None:
    table = development.one(TABLE)
    assert _keys(table["KeySchema"]) == (PK, SK)
    [index] = table["GlobalSecondaryIndexes"]
    assert (index["IndexName"], _keys(index["KeySchema"])) == (INDEX, (DUE_BUCKET, DUE))
    assert index["Projection"] == {"ProjectionType": "KEYS_ONLY"}
    types = {one["AttributeName"]: one["AttributeType"] for one in table["AttributeDefinitions"]}
    assert types == {PK: "S", SK: "S", DUE_BUCKET: "S", DUE: "N"}
    assert table["BillingMode"] == "PAY_PER_REQUEST"


def test_what_expired_is_purged_and_what_was_lost_can_be_restored(development: Assembly) -> None:
    table = development.one(TABLE)
    assert table["TimeToLiveSpecification"] == {"AttributeName": TTL, "Enabled": True}
    [replica] = table["Replicas"]
    restorable = replica["PointInTimeRecoverySpecification"]
    assert restorable == {"PointInTimeRecoveryEnabled": True, "RecoveryPeriodInDays": 35}


def test_data_is_sealed_by_the_customers_own_key(development: Assembly) -> None:
    [key] = development.of("AWS::KMS::Key")
    arn = {"Fn::GetAtt": [key, "Arn"]}
    table, domain = development.one(TABLE), development.one("AWS::OpenSearchService::Domain")
    assert table["SSESpecification"] == {"SSEEnabled": True, "SSEType": "KMS"}
    assert table["Replicas"][0]["SSESpecification"] == {"KMSMasterKeyId": arn}
    assert domain["EncryptionAtRestOptions"] == {"Enabled": True, "KmsKeyId": {"Ref": key}}
    assert development.one("AWS::KMS::Key")["EnableKeyRotation"] is True


def test_data_outlives_the_stack_unless_it_is_told_otherwise(
    development: Assembly, production: Assembly
) -> None:
    for kind in (TABLE, "AWS::OpenSearchService::Domain", "AWS::KMS::Key"):
        assert _policies(development, kind) == {("Retain", "Retain")}
        assert _policies(production, kind) == {("Delete", "Delete")}
    for assembly, protected in ((development, True), (production, False)):
        [replica] = assembly.one(TABLE)["Replicas"]
        assert replica["DeletionProtectionEnabled"] is protected


def test_the_domain_is_closed_but_to_three_roles(assembly: Assembly) -> None:
    for domain in assembly.of("AWS::OpenSearchService::Domain").values():
        assert domain["DomainEndpointOptions"]["EnforceHTTPS"] is True
        assert domain["NodeToNodeEncryptionOptions"] == {"Enabled": True}
        [statement] = domain["AccessPolicies"]["Statement"]
        roles = {arn["Fn::GetAtt"][0] for arn in statement["Principal"]["AWS"]}
        assert {_of(role) for role in roles} == {"Promote", "Retrieve", "Govern"}
        assert "es:ESHttpDelete" not in statement["Action"]


def test_captured_turns_come_by_bus_and_queue_to_promote(development: Assembly) -> None:
    rule = _rule(development, TURNS_CAPTURED)
    assert rule["EventPattern"] == {"source": [SOURCE], "detail-type": [TURNS_CAPTURED]}
    [target] = rule["Targets"]
    mapping = development.one("AWS::Lambda::EventSourceMapping")
    assert target["Arn"] == mapping["EventSourceArn"]
    assert mapping["FunctionResponseTypes"] == ["ReportBatchItemFailures"]
    assert _alias(development, mapping["FunctionName"]) == ("Promote", "direct")


def test_the_queue_leaves_promote_time_and_others_room(assembly: Assembly) -> None:
    promote = _function(assembly, "promote")
    [queue] = [q for q in assembly.of("AWS::SQS::Queue").values() if "RedrivePolicy" in q]
    mapping = assembly.one("AWS::Lambda::EventSourceMapping")
    assert queue["VisibilityTimeout"] >= 6 * promote["Timeout"]
    at_once = mapping["ScalingConfig"]["MaximumConcurrency"]
    assert at_once == promote["ReservedConcurrentExecutions"] - 2


def test_producers_memories_come_to_capture_and_into_no_archive_and_no_queue(
    development: Assembly,
) -> None:
    [target] = _rule(development, MEMORY_SUBMITTED)["Targets"]
    assert _alias(development, target["Arn"]) == ("Capture", "direct")
    assert "DeadLetterConfig" not in target
    archive = development.one("AWS::Events::Archive")
    assert archive["EventPattern"] == {"source": [SOURCE], "detail-type": [TURNS_CAPTURED]}


def test_a_submission_is_tried_again_and_a_tick_of_the_sweep_is_not(development: Assembly) -> None:
    tried = {
        _of(config["FunctionName"]["Ref"]): config["MaximumRetryAttempts"]
        for config in development.of("AWS::Lambda::EventInvokeConfig").values()
    }
    assert tried == {"Capture": 2, "Promote": 0}


def test_the_sweep_runs_every_minute(development: Assembly) -> None:
    [rule] = [r for r in development.of(RULE).values() if "ScheduleExpression" in r]
    assert rule["ScheduleExpression"] == "rate(1 minute)"
    assert _alias(development, rule["Targets"][0]["Arn"]) == ("Promote", "direct")


def test_every_queue_has_dead_letters_and_those_have_an_alarm(assembly: Assembly) -> None:
    queues = assembly.of("AWS::SQS::Queue")
    dead = {
        queue["RedrivePolicy"]["deadLetterTargetArn"]["Fn::GetAtt"][0]
        for queue in queues.values()
        if "RedrivePolicy" in queue
    }
    watched = {
        dimension["Value"]["Fn::GetAtt"][0]
        for alarm in assembly.of("AWS::CloudWatch::Alarm").values()
        for dimension in alarm.get("Dimensions", ())
        if dimension["Name"] == "QueueName"
    }
    assert len(dead) == 1
    assert watched == set(queues)
    assert {id for id, queue in queues.items() if "RedrivePolicy" not in queue} == dead


def test_functions_run_on_arm_with_logs_of_their_own(assembly: Assembly) -> None:
    functions = assembly.of(FUNCTION)
    assert len(functions) == 5
    groups = set()
    for function in functions.values():
        assert function["Runtime"] == "python3.13"
        assert function["Architectures"] == ["arm64"]
        assert function["Handler"] == "handler.handler"
        groups.add(function["LoggingConfig"]["LogGroup"]["Ref"])
    assert len(groups) == 5
    assert all("RetentionInDays" in g for g in assembly.of("AWS::Logs::LogGroup").values())


def test_each_function_has_two_names_one_for_the_gateway_and_one_for_everybody_else(
    development: Assembly,
) -> None:
    found = {_alias(development, {"Ref": id}) for id in development.of("AWS::Lambda::Alias")}
    names = ("Capture", "Promote", "Retrieve", "Govern", "Authorize")
    assert found == {(name, alias) for name in names for alias in ("api", "direct")}


def test_callers_wait_for_a_snapshot_not_for_imports(development: Assembly) -> None:
    started = {
        name: "SnapStart" in _function(development, name)
        for name in ("capture", "retrieve", "govern", "authorize", "promote")
    }
    assert started == {
        "capture": True, "retrieve": True, "govern": True, "authorize": True, "promote": False,
    }  # fmt: skip


def test_functions_are_told_what_was_chosen(development: Assembly, production: Assembly) -> None:
    told = _function(development, "retrieve")["Environment"]["Variables"]
    assert told["LAMELLA_ENGINE"] == "aws"
    assert told["LAMELLA_EMBEDDER"] == "bedrock"
    assert told["LAMELLA_SESSION_LIFETIME"] == str(4 * 3_600_000)
    assert "LAMELLA_QUEUE_URL" not in told
    told = _function(production, "promote")["Environment"]["Variables"]
    assert told["LAMELLA_EMBEDDER"] == "onnx"
    assert told["LAMELLA_MODEL"] == "/opt/model"
    assert told["LAMELLA_EXTRACTOR"] == "bedrock"
    assert told["LAMELLA_ORGANIZATIONS"] == "acme,globex"
    assert "LAMELLA_BUS" not in told


def test_every_setting_the_stack_sets_is_one_of_the_librarys(production: Assembly) -> None:
    from lamella.settings import Settings

    known = {f"LAMELLA_{name.upper()}" for name in Settings.__slots__} | {"LAMELLA_ORGANIZATIONS"}
    for function in production.of(FUNCTION).values():
        assert set(function["Environment"]["Variables"]) <= known


def test_what_is_brought_along_is_used_and_not_made(brought: Assembly) -> None:
    for kind in (TABLE, "AWS::KMS::Key", "AWS::OpenSearchService::Domain", "AWS::Events::EventBus"):
        assert brought.of(kind) == {}
    told = _function(brought, "capture")["Environment"]["Variables"]
    assert told["LAMELLA_TABLE"] == "memories"
    assert told["LAMELLA_OPENSEARCH"] == "https://search-old-abc123.eu-west-1.es.amazonaws.com"
    assert told["LAMELLA_KMS_KEY"] == "arn:aws:kms:eu-west-1:111122223333:key/0000-1111"
    assert _rule(brought, TURNS_CAPTURED)["EventBusName"] == "company"


def test_outputs_are_named_for_their_use(development: Assembly) -> None:
    assert set(development.template["Outputs"]) >= {
        "Host", "Function", "Bus", "Table", "OpenSearch", "AlarmTopic", "InvokeCapture",
        "InvokeRetrieve", "InvokeGovern",
    }  # fmt: skip
    assert development.template["Outputs"]["Function"]["Value"] == "lamella-development"


def test_production_spans_three_zones_with_masters_of_its_own(production: Assembly) -> None:
    cluster = production.one("AWS::OpenSearchService::Domain")["ClusterConfig"]
    assert cluster["InstanceCount"] == 3
    assert cluster["DedicatedMasterCount"] == 3
    assert cluster["ZoneAwarenessConfig"] == {"AvailabilityZoneCount": 3}


def test_the_template_holds_no_account(assembly: Assembly) -> None:
    text = assembly.path.read_text().replace("111122223333", "")
    assert json.loads((assembly.path.parent / "manifest.json").read_text())
    assert not [word for word in text.split('"') if word.isdecimal() and len(word) == 12]


def test_the_models_mail_and_topic(production: Assembly) -> None:
    subscription = production.one("AWS::SNS::Subscription")
    assert subscription["Endpoint"] == "ops@example.com"


def _keys(schema: list[dict[str, str]]) -> tuple[str, ...]:
    return tuple(one["AttributeName"] for one in schema)


def _policies(assembly: Assembly, kind: str) -> set[tuple[str, str]]:
    return {
        (resource["DeletionPolicy"], resource["UpdateReplacePolicy"])
        for resource in assembly.template["Resources"].values()
        if resource["Type"] == kind
    }


def _rule(assembly: Assembly, detail_type: str) -> Any:
    [found] = [
        rule
        for rule in assembly.of(RULE).values()
        if rule.get("EventPattern", {}).get("detail-type") == [detail_type]
    ]
    return found


def _function(assembly: Assembly, name: str) -> Any:
    [found] = [f for f in assembly.of(FUNCTION).values() if f["FunctionName"].endswith(f"-{name}")]
    return found


def _alias(assembly: Assembly, reference: Any) -> tuple[str, str]:
    """(function, alias) of what is invoked."""
    if "Ref" in reference:
        alias = assembly.of("AWS::Lambda::Alias")[reference["Ref"]]
        return _of(alias["FunctionName"]["Ref"]), alias["Name"]
    [alias_id] = [id for id in assembly.of("AWS::Lambda::Alias") if id in json.dumps(reference)]
    return _alias(assembly, {"Ref": alias_id})


def _of(logical_id: str) -> str:
    """The function a resource belongs to, out of `FunctionsCaptureFunction0A1B2C3D`."""
    names = ("Capture", "Promote", "Retrieve", "Govern", "Authorize")
    return next(name for name in names if logical_id.startswith(f"Functions{name}"))
