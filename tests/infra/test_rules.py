"""cdk-nag and cfn-lint agree with every stack, and what is acknowledged is little and explained."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

from assemblies import Assembly


def test_cdk_nag_finds_nothing_that_is_not_acknowledged(assembly: Assembly) -> None:
    assert assembly.findings == frozenset()


def test_at_most_twelve_rules_are_broken_each_with_place_and_reason(
    development: Assembly, brought: Assembly
) -> None:
    for told in (development.acknowledged, brought.acknowledged):
        assert len(told) <= 12
        assert all(rule.startswith("AwsSolutions-") and path for rule, path, _ in told)
        assert all(len(reason) > 40 for _, _, reason in told)


def test_cfn_lint_agrees(development: Assembly, production: Assembly) -> None:
    command = Path(sys.executable).with_name("cfn-lint")
    templates = [str(one.path) for one in (development, production)]
    doubled = "W3005"  # the CDK names a dependency on a role that its ARN implies
    asked = [str(command), "--format", "json", "--ignore-checks", doubled]
    asked += ["--regions", "us-east-1", "--", *templates]
    done = subprocess.run(asked, capture_output=True, text=True)
    found = json.loads(done.stdout or "[]")
    assert [(one["Rule"]["Id"], one["Message"]) for one in found] == []
    assert done.returncode == 0, done.stderr
