from __future__ import annotations

import threading
from collections.abc import Sequence
from hashlib import sha256
from pathlib import Path

import pytest

from lamella.errors import SetupError
from lamella.local.artifacts import Artifact, Fetch, Package, installed, pinned

CONTENT = b"what was pinned"


def an_artifact(name: str, content: bytes = CONTENT) -> Artifact:
    return Artifact("org.example", name, "1", "jar", len(content), sha256(content).hexdigest())


def copy(files: Sequence[Path], folder: Path) -> None:
    for file in files:
        (folder / file.name).write_bytes(file.read_bytes())


PACKAGE = Package("things-1", (an_artifact("one"), an_artifact("two")), copy)


def delivering(content: bytes, asked: list[str]) -> Fetch:
    def fetch(artifact: Artifact, downloads: Path) -> Path:
        asked.append(artifact.name)
        place = downloads / artifact.place
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_bytes(content)
        return place

    return fetch


def test_a_package_is_fetched_once(tmp_path: Path) -> None:
    asked: list[str] = []
    fetch = delivering(CONTENT, asked)
    folder = installed(PACKAGE, tmp_path, fetch)
    assert installed(PACKAGE, tmp_path, fetch) == folder
    assert sorted(asked) == ["one", "two"]
    assert sorted(file.name for file in folder.iterdir()) == ["one-1.jar", "two-1.jar"]


def test_artifacts_are_fetched_side_by_side(tmp_path: Path) -> None:
    here, deliver = threading.Barrier(2), delivering(CONTENT, [])

    def fetch(artifact: Artifact, downloads: Path) -> Path:
        here.wait(timeout=10)
        return deliver(artifact, downloads)

    assert installed(PACKAGE, tmp_path, fetch).is_dir()


def test_what_differs_from_its_pin_is_refused_and_leaves_nothing(tmp_path: Path) -> None:
    asked: list[str] = []
    with pytest.raises(SetupError, match="things-1 can't be fetched"):
        installed(PACKAGE, tmp_path, delivering(b"something else", asked), pause=0)
    assert not [entry for entry in tmp_path.iterdir() if entry.is_dir()]
    assert len(asked) > 2


def test_a_download_that_breaks_off_is_tried_again(tmp_path: Path) -> None:
    deliver, broken = delivering(CONTENT, []), [OSError("broken off")]

    def fetch(artifact: Artifact, downloads: Path) -> Path:
        if broken:
            raise broken.pop()
        return deliver(artifact, downloads)

    assert installed(PACKAGE, tmp_path, fetch, pause=0).is_dir()


def test_an_unpacking_that_fails_leaves_nothing(tmp_path: Path) -> None:
    def fail(files: Sequence[Path], folder: Path) -> None:
        (folder / "half").write_text("done")
        raise OSError("no space left")

    package = Package("things-1", PACKAGE.artifacts, fail)
    with pytest.raises(SetupError):
        installed(package, tmp_path, delivering(CONTENT, []))
    assert not [entry for entry in tmp_path.iterdir() if entry.is_dir()]


def test_a_cache_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(SetupError, match="LAMELLA_CACHE"):
        installed(PACKAGE, tmp_path / "file" / "cache", delivering(CONTENT, []))


@pytest.mark.parametrize("file", ["dynamodb-local.txt", "opensearch.txt"])
def test_every_artifact_of_the_engines_is_pinned_by_its_checksum(file: str) -> None:
    artifacts = pinned(file)
    assert artifacts
    assert all(len(artifact.sha256) == 64 and artifact.size > 0 for artifact in artifacts)
    assert len({artifact.filename for artifact in artifacts}) == len(artifacts)
