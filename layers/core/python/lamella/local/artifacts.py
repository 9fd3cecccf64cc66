"""Pinned Maven artifacts, brought side by side into a folder that is kept."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass
from hashlib import file_digest
from importlib.resources import files
from pathlib import Path
from tempfile import TemporaryDirectory
from zipfile import BadZipFile

from filelock import FileLock, Timeout
from tenacity import Retrying, retry_if_exception_type, stop_after_attempt, wait_exponential

from lamella.errors import SetupError

LOCK_SECONDS = 600
ATTEMPTS = 3
SIDE_BY_SIDE = 16
FETCH_FAILURES = (OSError, RuntimeError, BadZipFile)

Advance = Callable[[int], None]
"""Is told of bytes that came."""


class DamagedArtifact(OSError):
    """What came is not what was pinned."""


@dataclass(frozen=True, slots=True)
class Artifact:
    """A file in a Maven repository; `size` is in bytes, `sha256` pins its content."""

    group: str
    name: str
    version: str
    packaging: str
    size: int
    sha256: str

    @property
    def filename(self) -> str:
        """What the file is called."""
        return f"{self.name}-{self.version}.{self.packaging}"

    @property
    def place(self) -> Path:
        """Where it lies inside a Maven repository."""
        return Path(*self.group.split("."), self.name, self.version, self.filename)


@dataclass(frozen=True, slots=True)
class Package:
    """Artifacts that belong together; `unpack` makes of the fetched files what the folder holds.

    `intact` tells whether a folder still holds it; people read its `title` and, where it can't be
    had, the `remedy`.
    """

    name: str
    artifacts: tuple[Artifact, ...]
    unpack: Callable[[Sequence[Path], Path], None]
    intact: Callable[[Path], bool] = Path.is_dir
    title: str = ""
    remedy: str = "go online and try again, or set LAMELLA_CACHE to a folder that holds it"

    @property
    def called(self) -> str:
        """Its title, or else its name."""
        return self.title or self.name

    @property
    def size(self) -> int:
        """Bytes to download."""
        return sum(artifact.size for artifact in self.artifacts)


Fetch = Callable[[Artifact, Path, Advance], Path]
"""Brings an artifact, using the given folder for what it downloads; answers its path."""


def pinned(file: str) -> tuple[Artifact, ...]:
    """The artifacts of `pins/{file}`: a line each of coordinates, size and checksum."""
    lines = (files("lamella.local") / "pins" / file).read_text().splitlines()
    return tuple(_artifact(*line.split()) for line in lines)


def installed(
    package: Package, cache: Path, fetch: Fetch | None = None, pause: float = 1.0
) -> Path:
    """The folder of `package` inside `cache`, fetched the first time, or when it is damaged.

    It appears whole or not at all, whatever is killed on the way. What fails to come is tried
    again after `pause` seconds, then twice that. Raises SetupError.
    """
    folder = cache / package.name
    if not package.intact(folder):
        with _locked(folder, package):
            if not package.intact(folder):
                _install(package, folder, _retrying(fetch or from_maven, pause))
    return folder


def from_maven(artifact: Artifact, downloads: Path, advance: Advance) -> Path:
    """From the user's own Maven repository, else from those jgo knows, into `downloads`."""
    from jgo.config import GlobalSettings
    from jgo.maven import MavenContext, PythonResolver

    settings = GlobalSettings.load()
    kept = settings.repo_cache / artifact.place
    if kept.is_file() and sha256(kept) == artifact.sha256:
        advance(artifact.size)
        return kept
    resolver = PythonResolver(progress_callback=lambda name, size: nullcontext(advance))
    remote = MavenContext(resolver=resolver, repo_cache=downloads, timeout=60)
    remote.remote_repos |= settings.repositories
    component = remote.project(artifact.group, artifact.name).at_version(artifact.version)
    fetched: Path = component.artifact(packaging=artifact.packaging).resolve()
    return fetched


def cache_folder() -> Path:
    """Where what was fetched is kept: `LAMELLA_CACHE`, else `~/.cache/lamella`."""
    return Path(os.environ.get("LAMELLA_CACHE") or "~/.cache/lamella").expanduser()


def sha256(path: Path) -> str:
    """The checksum of a file's content."""
    with path.open("rb") as file:
        return file_digest(file, "sha256").hexdigest()


def _artifact(coordinates: str, size: str, sha256: str) -> Artifact:
    group, name, version, packaging = coordinates.split(":")
    return Artifact(group, name, version, packaging, int(size), sha256)


@contextmanager
def _locked(folder: Path, package: Package) -> Iterator[None]:
    lock = FileLock(folder.with_name(f".{folder.name}.lock"), timeout=LOCK_SECONDS)
    try:
        folder.parent.mkdir(parents=True, exist_ok=True)
        lock.acquire()
    except Timeout as exc:
        raise SetupError(
            f"another process has been fetching {package.called} for {LOCK_SECONDS} s: "
            "end it, try again"
        ) from exc
    except OSError as exc:
        raise SetupError(
            f"{folder.parent} can't be written: set LAMELLA_CACHE to a folder that can"
        ) from exc
    try:
        yield
    finally:
        lock.release()


def _retrying(fetch: Fetch, pause: float) -> Fetch:
    attempts = Retrying(
        stop=stop_after_attempt(ATTEMPTS),
        wait=wait_exponential(multiplier=pause),
        retry=retry_if_exception_type(FETCH_FAILURES),
        reraise=True,
    )

    def checked(artifact: Artifact, downloads: Path, advance: Advance) -> Path:
        fetched = fetch(artifact, downloads, advance)
        if sha256(fetched) != artifact.sha256:
            fetched.unlink()
            raise DamagedArtifact(f"{artifact.filename} does not match its checksum")
        return fetched

    return lambda *asked: attempts.copy()(checked, *asked)


def _install(package: Package, folder: Path, fetch: Fetch) -> None:
    try:
        with TemporaryDirectory(dir=folder.parent, prefix=".fetch-") as scratch:
            downloads, unpacked = Path(scratch, "downloads"), Path(scratch, "unpacked")
            fetched = _fetch_all(package, downloads, fetch)
            unpacked.mkdir()
            package.unpack(fetched, unpacked)
            shutil.rmtree(folder, ignore_errors=True)
            unpacked.rename(folder)
    except FETCH_FAILURES as exc:
        raise SetupError(
            f"{package.called} can't be fetched ({type(exc).__name__}): {package.remedy}"
        ) from exc


def _fetch_all(package: Package, downloads: Path, fetch: Fetch) -> list[Path]:
    with _progress(package) as advance, ThreadPoolExecutor(SIDE_BY_SIDE) as pool:
        return list(pool.map(lambda one: fetch(one, downloads, advance), package.artifacts))


@contextmanager
def _progress(package: Package) -> Iterator[Advance]:
    from rich.console import Console
    from rich.progress import Progress

    console = Console(stderr=True)
    console.print(f"Fetching {package.called}, once: {package.size / 1e6:.0f} MB", highlight=False)
    with Progress(console=console, transient=True, disable=not console.is_terminal) as shown:
        task = shown.add_task("downloading", total=package.size)
        yield lambda received: shown.advance(task, received)
