"""The layers as CDK takes them."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from aws_cdk import aws_lambda as lambda_
from constructs import Construct

from infra.bundling import Layer

SAYS: Mapping[Layer, str] = {
    "core": "Lamella itself",
    "deps": "What Lamella needs, locked",
    "model": "The embedding model and its runtime",
}


class Layers(Construct):
    """`versions` are for arm64 and Python 3.13, from folders built before."""

    def __init__(self, scope: Construct, id: str, folders: Mapping[Layer, Path]) -> None:
        super().__init__(scope, id)
        self.versions = [
            lambda_.LayerVersion(
                self,
                name.capitalize(),
                code=lambda_.Code.from_asset(str(folder)),
                description=SAYS[name],
                compatible_runtimes=[lambda_.Runtime.PYTHON_3_13],
                compatible_architectures=[lambda_.Architecture.ARM_64],
            )
            for name, folder in folders.items()
        ]
