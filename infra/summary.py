"""What `make synth` shows: the resources of cdk.out, and what they cost in a month."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from infra.choices import Choices
from infra.cost import LOADS, PRICES, Load, lines, total


def show(assembly: Path, choices: Choices) -> str:
    """Of the stack of `choices` in the folder `assembly`."""
    template = assembly / f"{choices.name}.template.json"
    resources = json.loads(template.read_text())["Resources"]
    return "\n".join(
        [
            f"\n{choices.name}, in {assembly.name}:",
            *_resources(resources),
            *_costs(choices),
        ]
    )


def _resources(resources: Mapping[str, Any]) -> Iterator[str]:
    counted = Counter(resource["Type"] for resource in resources.values())
    yield from (f"  {number:4}  {type_}" for type_, number in sorted(counted.items()))
    yield f"  {sum(counted.values()):4}  in all (CloudFormation takes 500)"


def _costs(choices: Choices) -> Iterator[str]:
    checked = "" if PRICES["verified"] else ", NOT VERIFIED"
    yield f"\nUSD a month in {PRICES['region']}, prices as of {PRICES['as_of']}{checked}"
    yield "(infra/prices.json; without free tiers, data transfer and taxes):"
    for load in LOADS:
        yield from _cost(choices, load)


def _cost(choices: Choices, load: Load) -> Iterator[str]:
    yield f"\n  {load.name}: {total(choices, load):,.2f}"
    for line in lines(choices, load):
        price = PRICES["usd"][line.price]
        if line.usd >= 0.005:
            yield (
                f"    {line.what:38} {line.quantity:>16,.1f} x {price:.10f}".rstrip("0")
                + f" {line.price} = {line.usd:,.2f}"
            )
