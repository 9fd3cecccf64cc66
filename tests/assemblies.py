"""What a synth of the stack leaves, read back: the template, and what cdk-nag says of it."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

LOCAL = {
    "lamella:stage": "production",
    "lamella:embedding": "local",
    "lamella:extractor": "bedrock",
    "lamella:extractionModel": "eu.anthropic.claude-haiku-4-5-20251001-v1:0",
    "lamella:organizations": "acme,globex",
    "lamella:alarmEmail": "ops@example.com",
    "lamella:removal": "destroy",
}
BROUGHT = {
    "lamella:existing": {
        "table": "memories",
        "key": "arn:aws:kms:eu-west-1:111122223333:key/0000-1111",
        "domain": "https://search-old-abc123.eu-west-1.es.amazonaws.com",
        "bus": "company",
    },
}


@dataclass(frozen=True)
class Assembly:
    """What a synth left: the template, and what cdk-nag says of it."""

    path: Path
    template: Mapping[str, Any]
    findings: frozenset[tuple[str, str]]
    acknowledged: tuple[tuple[str, str, str], ...]

    def of(self, type_: str) -> dict[str, Any]:
        """The properties of all resources of a type, by logical id."""
        return {
            id: resource.get("Properties", {})
            for id, resource in self.template["Resources"].items()
            if resource["Type"] == type_
        }

    def one(self, type_: str) -> Any:
        """The properties of the only resource of a type."""
        [found] = self.of(type_).values()
        return found


def synthesized(folder: Path, context: Mapping[str, Any], layers: Mapping[Any, Path]) -> Assembly:
    """The stack of `context`, written to `folder`."""
    import aws_cdk as cdk  # slow, and not before `infra`, which chooses its Node

    from infra.acknowledgements import broken
    from infra.app import assemble
    from infra.bundling import layers_of
    from infra.choices import Choices

    app = cdk.App(outdir=str(folder))
    choices = Choices.read(context)
    stack = assemble(app, choices, {name: layers[name] for name in layers_of(choices)})
    findings: frozenset[tuple[str, str]] = frozenset()
    try:
        app.synth()
    except RuntimeError as failed:
        if "ValidationFailed" not in str(failed):
            raise
        findings = _findings(folder)
    told = tuple(
        (one.rule, one.path, one.reason) for one in broken(stack, choices, stack.domain.domain)
    )
    path = folder / f"{choices.name}.template.json"
    template = json.loads(path.read_text())
    return Assembly(path, template, findings, told)


def _findings(folder: Path) -> frozenset[tuple[str, str]]:
    report = json.loads((folder / "validation-report.json").read_text())
    return frozenset(
        (violation["ruleName"], construct["constructPath"])
        for plugin in report["pluginReports"]
        for violation in plugin["violations"]
        for construct in violation["violatingConstructs"]
    )
