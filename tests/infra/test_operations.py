"""Every alarm has its page in the runbook, every choice its line, every cost its arithmetic."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from assemblies import Assembly

from infra.choices import READERS, Choices, Stage
from infra.cost import LOADS, PRICES, lines, total
from infra.summary import show

OPERATIONS = Path(__file__).parents[2] / "docs" / "operations.md"
ALARM = "AWS::CloudWatch::Alarm"


def anchors() -> set[str]:
    """The headings of the page, as links name them."""
    headings = re.findall(r"^#+ (.+)$", OPERATIONS.read_text(), re.M)
    return {re.sub(r"[^\w -]", "", heading).lower().replace(" ", "-") for heading in headings}


def test_every_alarm_leads_to_its_page_and_every_page_to_an_alarm(
    development: Assembly, production: Assembly
) -> None:
    led = {
        alarm["AlarmDescription"].rpartition(f"{OPERATIONS.parent.name}/operations.md#")[2]
        for assembly in (development, production)
        for alarm in assembly.of(ALARM).values()
    }
    runbook = OPERATIONS.read_text().partition("## Runbook")[2].partition("\n## ")[0]
    assert led == {heading.lower() for heading in re.findall(r"^### (\w+)$", runbook, re.M)}


def test_every_alarm_tells_somebody(assembly: Assembly) -> None:
    [topic] = assembly.of("AWS::SNS::Topic")
    for alarm in assembly.of(ALARM).values():
        assert alarm["AlarmActions"] == [{"Ref": topic}]


def test_work_that_waits_is_noticed_and_so_is_a_silent_sweep(development: Assembly) -> None:
    alarms = {alarm["AlarmName"]: alarm for alarm in development.of(ALARM).values()}
    oldest = alarms["lamella-development-OldestWork"]
    promote = [{"Name": "service", "Value": "promote"}]
    assert (oldest["Namespace"], oldest["MetricName"]) == ("Lamella", "OldestInFlightAge")
    assert oldest["Dimensions"] == promote
    assert oldest["TreatMissingData"] == "breaching"
    parked = alarms["lamella-development-ParkedWork"]
    assert (parked["MetricName"], parked["Dimensions"]) == ("ParkedItems", promote)


def test_links_within_the_page_lead_somewhere() -> None:
    for page in (OPERATIONS, OPERATIONS.with_name("architecture.md")):
        linked = re.findall(r"\]\((?:operations\.md)?#([\w-]+)\)", page.read_text())
        assert linked
        assert set(linked) <= anchors()


def test_every_choice_is_explained() -> None:
    rows = re.findall(r"^\| `(\w+)` \|", OPERATIONS.read_text(), re.M)
    assert set(READERS) <= set(rows)


# --- the cost -------------------------------------------------------------------------------


def test_prices_are_dated_and_say_whether_anybody_checked_them() -> None:
    assert re.fullmatch(r"\d{4}-\d\d-\d\d", PRICES["as_of"])
    assert PRICES["verified"] is False


@pytest.mark.parametrize("stage", ["development", "production"])
def test_more_calls_cost_more_and_idle_costs_what_stands_there(stage: Stage) -> None:
    sums = [total(Choices(stage=stage), load) for load in LOADS]
    assert sums == sorted(sums)
    standing = {line.price for line in lines(Choices(stage=stage), LOADS[0]) if line.usd > 1}
    node = "t3.small.search hour" if stage == "development" else "r7g.medium.search hour"
    assert node in standing


def test_the_cost_counts_the_alarms_that_are_there(
    development: Assembly, production: Assembly
) -> None:
    for assembly, stage in ((development, "development"), (production, "production")):
        [alarms] = [
            line
            for line in lines(Choices.read({"lamella:stage": stage}), LOADS[0])
            if line.what == "alarms"
        ]
        assert alarms.quantity == len(assembly.of(ALARM))


def test_a_local_model_costs_no_tokens() -> None:
    priced = {line.price for line in lines(Choices(embedding="local"), LOADS[-1])}
    assert "embedded token" not in priced


def test_the_summary_shows_resources_sums_and_how_they_came_about(development: Assembly) -> None:
    shown = show(development.path.parent, Choices())
    assert re.search(r"1  AWS::DynamoDB::GlobalTable", shown)
    assert "NOT VERIFIED" in shown
    for load in LOADS:
        assert f"{load.name}: {total(Choices(), load):,.2f}" in shown
    assert "730.0 x 0.036 t3.small.search hour = 26.28" in shown


def test_the_stack_is_well_below_what_cloudformation_takes(assembly: Assembly) -> None:
    assert len(assembly.template["Resources"]) < 400
