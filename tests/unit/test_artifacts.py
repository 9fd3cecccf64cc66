from __future__ import annotations

import threading
from collections.abc import Iterator, Sequence
from functools import partial
from hashlib import sha256
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from lamella.errors import SetupError
from lamella.local.artifacts import (
    Advance,
    Artifact,
    Fetch,
    Package,
    from_maven,
    installed,
    pinned,
)

CONTENT = b"what was pinned"


def an_artifact(name: str, content: bytes = CONTENT) -> Artifact:
    return Artifact("org.example", name, "1", "jar", len(content), sha256(content).hexdigest())


def copy(files: Sequence[Path], folder: Path) -> None:
    for file in files:
        (folder / file.name).write_bytes(file.read_bytes())


PACKAGE = Package("things-1", (an_artifact("one"), an_artifact("two")), copy)


def delivering(content: bytes, asked: list[str]) -> Fetch:
    def fetch(artifact: Artifact, downloads: Path, advance: Advance) -> Path:
        asked.append(artifact.name)
        place = downloads / artifact.place
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_bytes(content)
        advance(len(content))
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

    def fetch(artifact: Artifact, downloads: Path, advance: Advance) -> Path:
        here.wait(timeout=10)
        return deliver(artifact, downloads, advance)

    assert installed(PACKAGE, tmp_path, fetch).is_dir()


def test_what_differs_from_its_pin_is_refused_and_leaves_nothing(tmp_path: Path) -> None:
    asked: list[str] = []
    with pytest.raises(SetupError, match="things-1 can't be fetched"):
        installed(PACKAGE, tmp_path, delivering(b"something else", asked), pause=0)
    assert not [entry for entry in tmp_path.iterdir() if entry.is_dir()]
    assert len(asked) > 2


def test_a_download_that_breaks_off_is_tried_again(tmp_path: Path) -> None:
    deliver, broken = delivering(CONTENT, []), [OSError("broken off")]

    def fetch(artifact: Artifact, downloads: Path, advance: Advance) -> Path:
        if broken:
            raise broken.pop()
        return deliver(artifact, downloads, advance)

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


# --- from Maven ---------------------------------------------------------------------------


class QuietHandler(SimpleHTTPRequestHandler):
    def log_message(self, format: str, *args: object) -> None:
        pass


@pytest.fixture
def remote(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """The folder that the only configured Maven repository serves."""
    folder = tmp_path / "remote"
    folder.mkdir()
    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(QuietHandler, directory=folder))
    configuration = tmp_path / "jgo.conf"
    configuration.write_text(f"[repositories]\ncentral = http://127.0.0.1:{server.server_port}\n")
    monkeypatch.setenv("JGO_CONFIG_FILE", str(configuration))
    monkeypatch.setenv("M2_REPO", str(tmp_path / "own"))
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    running = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    running.start()
    yield folder
    server.shutdown()
    running.join()
    server.server_close()


def placed_in(repository: Path, content: bytes) -> Path:
    archive = repository / an_artifact("one").place
    archive.parent.mkdir(parents=True)
    archive.write_bytes(content)
    return archive


def test_an_archive_in_the_users_maven_repository_is_used(remote: Path, tmp_path: Path) -> None:
    archive, came = placed_in(tmp_path / "own", CONTENT), list[int]()
    assert from_maven(an_artifact("one"), tmp_path / "downloads", came.append) == archive
    assert sum(came) == len(CONTENT)


def test_a_damaged_one_there_is_left_alone_and_downloaded_afresh(
    remote: Path, tmp_path: Path
) -> None:
    damaged, came = placed_in(tmp_path / "own", CONTENT[:10]), list[int]()
    placed_in(remote, CONTENT)
    fetched = from_maven(an_artifact("one"), tmp_path / "downloads", came.append)
    assert fetched.read_bytes() == CONTENT
    assert damaged.read_bytes() == CONTENT[:10]
    assert sum(came) == len(CONTENT)


def test_a_download_announces_itself(
    remote: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    placed_in(remote, CONTENT)
    package = Package("thing-1", (an_artifact("one"),), copy, title="the thing")
    assert installed(package, tmp_path / "cache").is_dir()
    assert "Fetching the thing, once" in capsys.readouterr().err


def test_a_repository_that_is_away_is_reported(remote: Path, tmp_path: Path) -> None:
    (tmp_path / "jgo.conf").write_text("[repositories]\ncentral = http://127.0.0.1:9\n")
    with pytest.raises(SetupError, match=r"things-1 can't be fetched \(ConnectionError\)"):
        installed(PACKAGE, tmp_path / "cache", pause=0)
