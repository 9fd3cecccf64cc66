"""Pinned Maven artifacts, brought side by side into a folder that is kept."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from hashlib import file_digest
from importlib.resources import files
from pathlib import Path
from tempfile import TemporaryDirectory

from filelock import FileLock, Timeout
from tenacity import Retrying, retry_if_exception_type, stop_after_attempt, wait_exponential

from lamella.errors import SetupError

LOCK_SECONDS = 600
ATTEMPTS = 3
SIDE_BY_SIDE = 16
FETCH_FAILURES = (OSError, RuntimeError)

Advance = Callable[[int], None]


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


@dataclass(frozen=True, slots=True)
class Package:
    """Artifacts that belong together; `unpack` makes of the fetched files what the folder holds."""

    name: str
    artifacts: tuple[Artifact, ...]
    unpack: Callable[[Sequence[Path], Path], None]

    @property
    def size(self) -> int:
        """Bytes to download."""
        return sum(artifact.size for artifact in self.artifacts)


def pinned(file: str) -> tuple[Artifact, ...]:
    """The artifacts of `pins/{file}`: a line each of coordinates, size and checksum."""
    lines = (files("lamella.local") / "pins" / file).read_text().splitlines()
    return tuple(_artifact(*line.split()) for line in lines)


def installed(package: Package, cache: Path) -> Path:
    """The folder of `package` inside `cache`, fetched the first time.

    It appears whole or not at all, whatever is killed on the way. Raises SetupError.
    """
    folder = cache / package.name
    if not folder.is_dir():
        with _locked(folder):
            if not folder.is_dir():
                _install(package, folder)
    return folder


def cache_folder() -> Path:
    """Where what was fetched is kept: `LAMELLA_CACHE`, else `~/.cache/lamella`."""
    return Path(os.environ.get("LAMELLA_CACHE") or "~/.cache/lamella").expanduser()


def _artifact(coordinates: str, size: str, sha256: str) -> Artifact:
    group, name, version, packaging = coordinates.split(":")
    return Artifact(group, name, version, packaging, int(size), sha256)


@contextmanager
def _locked(folder: Path) -> Iterator[None]:
    lock = FileLock(folder.with_name(f".{folder.name}.lock"), timeout=LOCK_SECONDS)
    try:
        folder.parent.mkdir(parents=True, exist_ok=True)
        lock.acquire()
    except Timeout as exc:
        raise SetupError(
            f"another process has been fetching {folder.name} for {LOCK_SECONDS} s: "
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


def _install(package: Package, folder: Path) -> None:
    try:
        with TemporaryDirectory(dir=folder.parent, prefix=".fetch-") as scratch:
            with _progress(package) as advance:
                fetched = _fetch_all(package.artifacts, Path(scratch), advance)
            unpacked = Path(scratch) / "unpacked"
            unpacked.mkdir()
            package.unpack(fetched, unpacked)
            unpacked.rename(folder)
    except FETCH_FAILURES as exc:
        reason = str(exc).partition("\n")[0][:160]
        raise SetupError(
            f"{package.name} can't be fetched ({type(exc).__name__}: {reason}): "
            "go online, or set LAMELLA_CACHE to a folder that holds it"
        ) from exc


def _fetch_all(artifacts: Iterable[Artifact], scratch: Path, advance: Advance) -> list[Path]:
    def fetch(artifact: Artifact) -> Path:
        attempts = Retrying(
            stop=stop_after_attempt(ATTEMPTS),
            wait=wait_exponential(multiplier=1),
            retry=retry_if_exception_type(FETCH_FAILURES),
            reraise=True,
        )
        found: Path = attempts(_fetch, artifact, scratch)
        advance(artifact.size)
        return found

    with ThreadPoolExecutor(SIDE_BY_SIDE) as pool:
        return list(pool.map(fetch, artifacts))


def _fetch(artifact: Artifact, scratch: Path) -> Path:
    """From the user's own Maven repository, else from those jgo knows, into `scratch`."""
    from jgo.config import GlobalSettings
    from jgo.maven import MavenContext

    settings = GlobalSettings.load()
    own = MavenContext(repo_cache=settings.repo_cache, offline=True)
    kept = settings.repo_cache / _place(artifact)
    if kept.is_file() and _sha256(kept) == artifact.sha256:
        return kept
    remote = MavenContext(
        repo_cache=scratch, remote_repos=own.remote_repos | settings.repositories, timeout=60
    )
    component = remote.project(artifact.group, artifact.name).at_version(artifact.version)
    fetched: Path = component.artifact(packaging=artifact.packaging).resolve()
    if _sha256(fetched) != artifact.sha256:
        fetched.unlink()
        raise DamagedArtifact(f"{artifact.filename} does not match its checksum")
    return fetched


def _place(artifact: Artifact) -> Path:
    return Path(*artifact.group.split("."), artifact.name, artifact.version, artifact.filename)


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return file_digest(file, "sha256").hexdigest()


@contextmanager
def _progress(package: Package) -> Iterator[Advance]:
    from rich.console import Console
    from rich.progress import Progress

    console = Console(stderr=True)
    console.print(f"Fetching {package.name}, once: {package.size / 1e6:.0f} MB", highlight=False)
    with Progress(console=console, transient=True, disable=not console.is_terminal) as shown:
        task = shown.add_task("downloading", total=package.size)
        yield lambda received: shown.advance(task, received)
