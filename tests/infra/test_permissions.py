"""Who may do what: the template, the table in docs/architecture.md and the code agree."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
from assemblies import Assembly
from fakes import FrozenClock
from witness import (
    Used,
    Witness,
    WitnessedBus,
    WitnessedCipher,
    WitnessedEmbedder,
    WitnessedIndex,
    WitnessedTable,
)

from infra.permissions import FUNCTIONS, PERMISSIONS
from lamella.api import Api, Request
from lamella.api.paths import find
from lamella.clock import MINUTE
from lamella.engines.rules import Rules
from lamella.models import Principal
from lamella.routes import ROUTES, SCOPES
from lamella.service import Engines, Service
from lamella.settings import Settings

ARCHITECTURE = Path(__file__).parents[2] / "docs" / "architecture.md"
NOUNS = {
    "AWS::DynamoDB::GlobalTable": "table",
    "AWS::KMS::Key": "key",
    "AWS::Events::EventBus": "bus",
    "AWS::SQS::Queue": "queue",
    "AWS::Logs::LogGroup": "logs",
    "AWS::OpenSearchService::Domain": "domain",
}
Row = tuple[str, str, str, str]
"""Function, resource, actions, condition."""


# --- the template and the page --------------------------------------------------------------


def granted(assembly: Assembly) -> set[Row]:
    """Everything the functions' roles allow, in the words of the page."""
    return {
        (
            name,
            _noun(assembly, statement["Resource"]),
            " ".join(sorted(_listed(statement["Action"]))),
            _condition(statement.get("Condition", {})),
        )
        for name, policy in _policies(assembly)
        for statement in policy["PolicyDocument"]["Statement"]
    }


def documented() -> set[Row]:
    """The rows of the page's table."""
    rows = re.findall(r"^\| `(\w+)` \| (.+?) \| (.+?) \| (.*?) \|$", ARCHITECTURE.read_text(), re.M)
    return {(name, *(cell.replace("`", "").strip() for cell in rest)) for name, *rest in rows}  # type: ignore[misc]


def test_the_page_shows_exactly_what_the_roles_allow(development: Assembly) -> None:
    told = {row for row in documented() if row[1] != "extraction model"}
    assert told
    assert granted(development) == told


def test_only_the_model_of_extraction_comes_with_a_choice() -> None:
    extra = {row for row in documented() if row[1] == "extraction model"}
    assert extra == {("promote", "extraction model", "bedrock:InvokeModel", "")}


def test_roles_have_no_other_policies(assembly: Assembly) -> None:
    for id, role in assembly.of("AWS::IAM::Role").items():
        if id.startswith("Functions"):
            assert "ManagedPolicyArns" not in role
            assert "Policies" not in role


def test_capture_deletes_nothing_and_reaches_no_index_and_no_model(assembly: Assembly) -> None:
    assert not _actions(assembly, "capture", "dynamodb:Delete", "es:", "bedrock:", "sqs:")


def test_retrieve_writes_nothing(assembly: Assembly) -> None:
    writing = ("Put", "Update", "Delete", "Write", "Encrypt", "Send", "Generate", "HttpPut")
    for action in _actions(assembly, "retrieve", "dynamodb:", "es:", "kms:", "events:", "sqs:"):
        assert not [word for word in writing if word in action], action


def test_only_promote_and_govern_delete(assembly: Assembly) -> None:
    deleting = {
        name for name in FUNCTIONS if _actions(assembly, name, "dynamodb:DeleteItem", "es:ESHttpD")
    }
    assert deleting == {"promote", "govern"}


def test_only_promote_touches_its_queue(assembly: Assembly) -> None:
    assert {name for name in FUNCTIONS if _actions(assembly, name, "sqs:")} == {"promote"}


def test_authorize_reads_keys_and_nothing_else(development: Assembly) -> None:
    rows = {row[1:] for row in granted(development) if row[0] == "authorize" and row[1] == "table"}
    assert rows == {("table", "dynamodb:GetItem", "dynamodb:LeadingKeys = K#*")}


def test_no_action_is_a_wildcard_and_no_resource_but_the_versions_of_the_index(
    assembly: Assembly,
) -> None:
    for _, policy in _policies(assembly):
        for statement in policy["PolicyDocument"]["Statement"]:
            assert not [action for action in _listed(statement["Action"]) if "*" in action]
            for resource in _listed(statement["Resource"]):
                wild = "*" in _text(resource).replace("/memories*", "").replace(
                    ":bedrock:*::foundation-model/", ""
                )
                assert not wild, resource


# --- the code -------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def used() -> Used:
    """What every function does in a story that makes every call there is."""
    return Story().told()


@pytest.mark.parametrize("function", FUNCTIONS)
def test_the_code_does_nothing_that_its_role_forbids(function: str, used: Used) -> None:
    allowed = {
        (grant.resource, action) for grant in PERMISSIONS[function] for action in grant.actions
    }
    assert used[function]
    assert used[function] - allowed == set()


@pytest.mark.parametrize("function", FUNCTIONS)
def test_a_role_allows_nothing_on_the_table_that_the_code_does_not_do(
    function: str, used: Used
) -> None:
    """Which of two ways a read takes is the engine's affair."""
    reading = {"dynamodb:GetItem", "dynamodb:BatchGetItem"}
    allowed = {
        action
        for grant in PERMISSIONS[function]
        if grant.resource == "table"
        for action in grant.actions
    }
    done = {action for resource, action in used[function] if resource == "table"}
    assert allowed - done - reading == set()


class Curious:
    """A judge that looks for what every statement may outdate, and finds nothing."""

    def knows(self, model: str) -> bool:
        return True

    def asks(self, text: str) -> bool:
        return True

    def outdates(self, newer: str, older: str, likeness: float) -> float:
        return -1.0


class Story:
    """A week in the life of an organization, every call by the function that answers it."""

    def __init__(self) -> None:
        self.witness = Witness()
        self.clock = FrozenClock()
        self.bus = WitnessedBus(self.witness)
        self.called: set[str] = set()
        engines = Engines(
            WitnessedTable(self.witness),
            WitnessedIndex(self.witness),
            WitnessedEmbedder(self.witness),
            Rules(),
            self.bus,
            WitnessedCipher(self.witness),
            Curious(),
        )
        self.settings = Settings(settle=0, deadline=20_000, wait=100)
        self.service = Service(engines, self.settings, self.clock, sleep=self._sleep)

    def told(self) -> Used:
        mine = self._remembered()
        self._corrected(mine)
        self._session()
        self._organization()
        self._surface()
        self._consented()
        self._exported()
        self._keys()
        self._imported()
        self._forgotten()
        assert self.called == {route.name for route in ROUTES}
        return self.witness.used

    def _remembered(self) -> str:
        alex = {"user_id": "alex", "session_id": "trip"}
        said = ["I live in Oslo and I prefer boutique hotels.", "I moved to Bergen."]
        for text in said:
            self.call(
                "POST", "/v3/memories/add/", {"messages": text, **alex, "idempotency_key": text}
            )
        self.call(
            "POST", "/v3/memories/add/", {"messages": "I like tea.", **alex, "async_mode": False}
        )
        verbatim = {"infer": False, "user_id": "alex"}
        self.call("POST", "/v3/memories/add/", {"messages": "I play chess.", **verbatim})
        self.promote()
        again = {"messages": said[0], **alex, "idempotency_key": said[0]}
        self.call("POST", "/v3/memories/add/", again)
        self.call("POST", "/v1/flush/", {"user_id": "alex"})
        self.call(
            "POST", "/v3/memories/search/", {"query": "hotels?", "filters": {"user_id": "alex"}}
        )
        self.call("POST", "/v1/context/", {"query": "hotels?", "user_id": "alex"})
        self.call("GET", "/v1/relations/", {"user_id": "alex"})
        listed = self.call("POST", "/v3/memories/", {"filters": {"user_id": "alex"}})["results"]
        return str(listed[0]["id"])

    def _corrected(self, mine: str) -> None:
        one = f"/v1/memories/{mine}/"
        self.call("GET", one)
        self.call("PUT", one, {"text": "I prefer quiet hotels."})
        self.call("GET", f"{one}history/")
        self.call("POST", "/v1/feedback/", {"memory_id": mine, "feedback": "POSITIVE"})
        self.call("POST", "/v1/feedback/", {"memory_id": mine, "feedback": None})
        self.call("PUT", "/v1/batch/", {"memories": [{"memory_id": mine, "text": "Quiet ones."}]})
        self.call("DELETE", one)
        self.call("POST", f"{one}restore/")
        self.call("DELETE", "/v1/batch/", {"memories": [{"memory_id": mine}]})
        self.promote()

    def _session(self) -> None:
        self.call("PUT", "/v1/sessions/trip/working/budget/", {"value": 3, "user_id": "alex"})
        self.call("PUT", "/v1/sessions/trip/attention/", {"text": "hotels", "user_id": "alex"})
        self.call("GET", "/v1/sessions/", {"user_id": "alex"})
        self.call("GET", "/v1/sessions/trip/", {"user_id": "alex"})
        self.call("POST", "/v1/sessions/trip/close/", {"user_id": "alex"})
        self.promote()

    def _organization(self) -> None:
        path = "/v1/org/memories/"
        added = self.call("POST", path, {"text": "Shops close at six.", "owner": "ops"})
        id = added["results"][0]["id"] if "results" in added else added["id"]
        self.call("GET", path)
        self.call("PUT", f"{path}{id}/", {"text": "Shops close at seven."})
        self.call("DELETE", f"{path}{id}/")
        self.call("POST", f"{path}{id}/restore/")
        self.promote()

    def _surface(self) -> None:
        events = self.call("GET", "/v1/events/")["results"]
        self.call("GET", f"/v1/event/{events[0]['id']}/")
        self.call("GET", "/v1/entities/")
        self.call("GET", "/v1/ping/")
        self.call("GET", "/v1/health/")
        project = "/api/v1/orgs/organizations/acme/projects/acme/"
        self.call("GET", project)
        self.call("PATCH", project, {"custom_categories": [{"travel": "trips and hotels"}]})

    def _consented(self) -> None:
        self.call("PUT", "/v1/consent/", {"user_id": "kim", "granted": True})
        self.call("GET", "/v1/consent/", {"user_id": "kim"})
        self.call("GET", "/v1/parked/")
        self.call("POST", "/v1/parked/redrive/", {"all": True})

    def _exported(self) -> None:
        made = self.call("POST", "/v1/exports/", {"user_id": "alex"})
        self.call("GET", f"/v1/exports/{made['id']}/")
        listed = self.call("POST", "/v3/memories/", {"filters": {"user_id": "alex"}})["results"]
        self.call("POST", f"/v1/memories/{listed[0]['id']}/reveal/")

    def _keys(self) -> None:
        key = self.call("POST", "/v1/keys/", {"name": "agent"})
        self.call("GET", "/v1/keys/")
        self.witness.function = "authorize"
        assert self.service.authorize(key["key"]).org == "acme"
        self.call("DELETE", f"/v1/keys/{key['id']}/")

    def _imported(self) -> None:
        elsewhere = {"id": "0a1b2c3d", "memory": "Lee sails.", "user_id": "lee"}
        self.call("POST", "/v1/import/", {"memories": [elsewhere]})
        self.promote()

    def _forgotten(self) -> None:
        self.call("POST", "/v3/memories/add/", {"messages": "I am Kim.", "user_id": "kim"})
        self.call("DELETE", "/v1/memories/", {"user_id": "kim"})
        self.call("POST", "/v3/memories/add/", {"messages": "I live in Rome.", "user_id": "kim"})
        self.call("DELETE", "/v2/entities/user/kim/")
        self.call("POST", "/v1/forget/", {"user_id": "alex"})
        self.promote()

    def call(self, method: str, path: str, fields: Mapping[str, Any] | None = None) -> Any:
        route = find(method, path).route
        self.witness.function = route.function
        self.called.add(route.name)
        self.clock.advance(1_000)
        asked = Request(method, path, body=dict(fields or {}), principal=Principal("acme", SCOPES))
        answer = Api(self.service).handle(asked)
        assert answer.status < 300, (method, path, answer.body)
        return answer.body

    def promote(self) -> None:
        """What was nudged, and what the sweep finds ten minutes later."""
        self.witness.function = "promote"
        for _ in range(4):
            nudges, self.bus.nudges = list(dict.fromkeys(self.bus.nudges)), []
            for nudge in nudges:
                self.service.promote.run(nudge.org, nudge.owner)
            self.clock.advance(10 * MINUTE)
            self.service.sweep.run()

    def _sleep(self, seconds: float) -> None:
        self.clock.advance(round(seconds * 1_000) or 1)


# --- reading the template -------------------------------------------------------------------


def _policies(assembly: Assembly) -> Iterator[tuple[str, Any]]:
    for id, policy in assembly.of("AWS::IAM::Policy").items():
        found = re.match(r"Functions([A-Z][a-z]+)Role", id)
        if found:
            yield found[1].lower(), policy


def _actions(assembly: Assembly, function: str, *beginnings: str) -> set[str]:
    return {
        action
        for name, policy in _policies(assembly)
        if name == function
        for statement in policy["PolicyDocument"]["Statement"]
        for action in _listed(statement["Action"])
        if action.startswith(beginnings)
    }


def _listed(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]


def _noun(assembly: Assembly, resource: Any) -> str:
    if "foundation-model" in str(resource):
        return "embedding model" if "titan-embed" in str(resource) else "extraction model"
    if "Fn::GetAtt" in resource:
        return NOUNS[assembly.template["Resources"][resource["Fn::GetAtt"][0]]["Type"]]
    head, *rest = resource["Fn::Join"][1]
    return _noun(assembly, head) + "".join(rest)


def _condition(conditions: Mapping[str, Mapping[str, Any]]) -> str:
    return ", ".join(
        f"{key} = {_text(value)}"
        for operator in sorted(conditions, reverse=True)
        for key, value in conditions[operator].items()
    )


def _text(value: Any) -> str:
    if isinstance(value, dict):
        if "Ref" in value:
            return "{" + str(value["Ref"]).rpartition("::")[2].lower() + "}"
        if "Fn::GetAtt" in value:
            return "{arn}"
        return "".join(_text(part) for part in value["Fn::Join"][1])
    if isinstance(value, list):
        return " ".join(_text(part) for part in value)
    return str(value)
