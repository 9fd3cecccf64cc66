"""OpenSearch's folders: the unpacked server with its plugin, and the configuration of one run."""

from __future__ import annotations

import shutil
from collections.abc import Sequence
from pathlib import Path
from zipfile import ZipFile

from lamella.local.artifacts import Package, pinned
from lamella.local.java import Java

_THAI = "ภาษาไทย".encode()
_TWO_WORDS = b"word two"
_THAI_TOKENIZER = "org/apache/lucene/analysis/th/ThaiTokenizer.class"

_SETTINGS = """\
discovery.type: single-node
network.host: 127.0.0.1
http.port: {http}
transport.port: {transport}
path.data: {folder}/data
path.logs: {folder}/logs
cluster.routing.allocation.disk.threshold_enabled: false
"""


def package(java: Java) -> Package:
    """The server and its plugin, as `java` can run them."""
    artifacts = pinned("opensearch.txt")
    if java.complete:
        return Package("opensearch-3.5.0", artifacts, _unpack)
    return Package("opensearch-3.5.0-without-thai", artifacts, _unpack_without_thai)


def configure(home: Path, java: Java, folder: Path, http: int, transport: int) -> Path:
    """A configuration inside `folder` that leaves `home` untouched; answers where."""
    config = folder / "config"
    shutil.copytree(home / "config", config)
    settings = _SETTINGS.format(folder=folder, http=http, transport=transport)
    (config / "opensearch.yml").write_text(settings)
    options = (home / "config" / "jvm.options").read_text().splitlines()
    kept = [option for option in options if _fits(option, java)]
    (config / "jvm.options").write_text("\n".join(kept) + "\n")
    return config


def _fits(option: str, java: Java) -> bool:
    """Whether the JVM option suits: none that writes below the home, or names what isn't there."""
    if "logs/" in option or "HeapDump" in option:
        return False
    return java.complete or "jdk.incubator.vector" not in option


def _unpack(files: Sequence[Path], folder: Path) -> None:
    server, plugin = files
    with ZipFile(server) as archive:
        archive.extractall(folder)
    [inner] = folder.iterdir()
    for entry in inner.iterdir():
        entry.rename(folder / entry.name)
    inner.rmdir()
    with ZipFile(plugin) as archive:
        archive.extractall(folder / "plugins" / "opensearch-knn")
    for program in (folder / "bin").iterdir():
        program.chmod(0o755)


def _unpack_without_thai(files: Sequence[Path], folder: Path) -> None:
    """For a trimmed Java: Lucene's self-check of Thai is what fails there, whatever one analyses.

    Its sample text becomes two English words, which every Java can take apart.
    """
    _unpack(files, folder)
    [jar] = (folder / "lib").glob("lucene-analysis-common-*.jar")
    changed = jar.with_suffix(".changed")
    with ZipFile(jar) as source, ZipFile(changed, "w") as target:
        for entry in source.infolist():
            content = source.read(entry)
            if entry.filename == _THAI_TOKENIZER:
                content = content.replace(_constant(_THAI), _constant(_TWO_WORDS))
            target.writestr(entry, content)
    changed.replace(jar)


def _constant(text: bytes) -> bytes:
    """`text` as a class file's constant pool holds it."""
    return b"\x01" + len(text).to_bytes(2, "big") + text
