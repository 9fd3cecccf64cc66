"""botocore's own data, read faster: what clients are made of stays the same."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from botocore.exceptions import DataNotFoundError, UnknownServiceError
from botocore.loaders import Loader

from lamella.engines import aws
from lamella.engines.aws_data import Data, data


@pytest.mark.parametrize("name", ["endpoints", "partitions", "_retry"])
def test_data_is_what_botocore_reads(name: str) -> None:
    assert data(None).load_data(name) == Loader().load_data(name)


@pytest.mark.parametrize("service", ["dynamodb", "bedrock-runtime", "events", "kms", "sqs"])
def test_a_service_is_what_botocore_reads(service: str) -> None:
    for kind in ("service-2", "endpoint-rule-set-1", "paginators-1"):
        ours, theirs = (one.load_service_model(service, kind) for one in (data(None), Loader()))
        assert ours == theirs
        assert json.dumps(ours) == json.dumps(theirs)  # in the same order


def test_what_is_not_there_is_told_as_ever() -> None:
    with pytest.raises(UnknownServiceError):
        data(None).load_service_model("no-such-service", "service-2")
    with pytest.raises(DataNotFoundError):
        data(None).load_service_model("dynamodb", "no-such-type")
    with pytest.raises(DataNotFoundError):
        data(None).load_data("no-such-data")


def test_a_folder_of_ones_own_is_read_too(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "mine" / "2026-01-01").mkdir(parents=True)
    (tmp_path / "mine" / "2026-01-01" / "service-2.json").write_text('{"metadata": {}}')
    monkeypatch.setenv("OURS", str(tmp_path))
    assert data("/nowhere:$OURS").load_service_model("mine", "service-2") == {"metadata": {}}


def test_every_client_shares_it() -> None:
    assert isinstance(aws.session().get_component("data_loader"), Data)
