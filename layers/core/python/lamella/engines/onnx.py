"""Embeddings on this machine: a sentence model in ONNX form, without torch.

A folder in the layout of sentence-transformers is all it takes (see `onnx_folder`).

Texts go through the model one by one, side by side on several threads, never in padded batches: a
quantized model scales its activations by the whole batch, so a text's vector would depend on its
neighbours (cosine down to 0.988 against itself), at no gain in speed (290 against 300 texts/s).
Questions get only the prefix that the folder asks for, and bge's asks for none: its own moved
recall@10 on LoCoMo from 56.7 to 57.0, for 9 more tokens.
"""

from __future__ import annotations

import os
import threading
from array import array
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import cached_property, lru_cache
from hashlib import file_digest
from pathlib import Path
from typing import TYPE_CHECKING, Any

from lamella.engines.onnx_folder import Folder, Pooling, model_file, unusable
from lamella.errors import SetupError, Unavailable
from lamella.ports import Vector

if TYPE_CHECKING:
    import numpy as np
    from onnxruntime import InferenceSession
    from tokenizers import Encoding, Tokenizer

MAX_WORKERS = 4
REMEMBERED_QUERIES = 1_024
REMEMBERED_LABELS = 4_096
LABEL = 40
"""Characters of what stands around a context's lines: dates and speakers, the same ever again."""
MEGABYTES_A_CORE = 1_769
"""Of a Lambda function's memory: what buys a whole processor."""


class Onnx:
    """An Embedder over a folder with an ONNX sentence model, loaded at first use; thread-safe.

    Raises SetupError when the folder holds no usable model, Unavailable when a text can't be
    embedded. Texts are cut after 512 tokens, or what fewer the folder says.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._loading = threading.Lock()
        self._workers = ThreadPoolExecutor(workers(), thread_name_prefix="lamella-onnx")
        self._remembered = lru_cache(REMEMBERED_QUERIES)(self._question)
        self._label = lru_cache(REMEMBERED_LABELS)(self._count)

    @cached_property
    def model(self) -> str:
        """The model's id: the folder's name and the first digits of the model file's SHA-256."""
        with model_file(self._folder).open("rb") as file:
            digest = file_digest(file, "sha256").hexdigest()[:8]
        return f"{self._folder.name.removesuffix(f'-{digest}')}@{digest}"

    @cached_property
    def dimensions(self) -> int:
        """How many numbers a vector has."""
        return len(self.embed_query(""))

    def embed(self, texts: Sequence[str]) -> list[Vector]:
        """A unit vector for each text."""
        return list(self._workers.map(self._vector, texts))

    def embed_query(self, text: str) -> Vector:
        """The unit vector of a question; the last 1,024 are remembered."""
        return self._remembered(text)[:]

    def count(self, text: str) -> int:
        """How many word pieces the text is, beyond 512 too; speakers and dates are remembered."""
        return self._label(text) if len(text) <= LABEL else self._count(text)

    def _count(self, text: str) -> int:
        encoding = self._loaded.tokenizer.encode(_sound(text), add_special_tokens=False)
        return len(encoding) + sum(len(rest) for rest in encoding.overflowing)

    def _question(self, text: str) -> Vector:
        return self._loaded.vector(text, self._loaded.folder.before_question)

    def _vector(self, text: str) -> Vector:
        return self._loaded.vector(text, self._loaded.folder.before_text)

    @property
    def _loaded(self) -> _Model:
        with self._loading:
            return self._model

    @cached_property
    def _model(self) -> _Model:
        return _load(self._folder)


@dataclass(frozen=True, slots=True)
class _Model:
    folder: Folder
    session: InferenceSession
    tokenizer: Tokenizer
    inputs: tuple[str, ...]
    pool: Callable[[np.ndarray[Any, Any]], np.ndarray[Any, Any]]
    failures: tuple[type[Exception], ...]

    def vector(self, text: str, before: str) -> Vector:
        import numpy as np

        fed = _fed(self.tokenizer.encode(before + _sound(text)))
        try:
            hidden = self.session.run(None, {name: fed[name] for name in self.inputs})[0][0]
        except self.failures as exc:
            raise Unavailable(f"the embedding model failed: {type(exc).__name__}") from exc
        pooled = hidden if hidden.ndim == 1 else self.pool(hidden)
        unit = pooled / max(float(np.linalg.norm(pooled)), 1e-12)
        return array("f", unit.astype("float32").tobytes())


def _sound(text: str) -> str:
    return text.encode("utf-8", "replace").decode()  # JSON may carry half a surrogate pair


def _fed(encoding: Encoding) -> dict[str, np.ndarray[Any, Any]]:
    import numpy as np

    return {
        "input_ids": np.array([encoding.ids], np.int64),
        "attention_mask": np.array([encoding.attention_mask], np.int64),
        "token_type_ids": np.array([encoding.type_ids], np.int64),
    }


def _load(folder: Path) -> _Model:
    try:
        import onnxruntime
        from onnxruntime.capi import onnxruntime_pybind11_state as native
    except ImportError as exc:
        raise SetupError("local embeddings need more packages: install lamella[local]") from exc

    said = Folder.read(folder)
    file, tokenizer = said.model, _tokenizer(said)
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = options.inter_op_num_threads = 1
    # onnxruntime's exceptions share no base class.
    failures = tuple(
        kind
        for kind in vars(native).values()
        if isinstance(kind, type) and issubclass(kind, Exception)
    )
    try:
        session = onnxruntime.InferenceSession(file, options, providers=["CPUExecutionProvider"])
    except failures as exc:
        raise unusable(file, exc) from exc
    inputs = tuple(given.name for given in session.get_inputs())
    if unknown := set(inputs) - {"input_ids", "attention_mask", "token_type_ids"}:
        raise SetupError(f"{file} wants {sorted(unknown)}: it is no sentence model")
    return _Model(said, session, tokenizer, inputs, _POOLS[said.pooling], failures)


def _tokenizer(folder: Folder) -> Tokenizer:
    from tokenizers import Tokenizer

    try:
        tokenizer: Tokenizer = Tokenizer.from_file(str(folder.tokenizer))
    except Exception as exc:  # tokenizers raises nothing narrower
        raise unusable(folder.tokenizer, exc) from exc
    tokenizer.no_padding()
    tokenizer.enable_truncation(folder.max_tokens)
    return tokenizer


_POOLS: Mapping[Pooling, Callable[[np.ndarray[Any, Any]], np.ndarray[Any, Any]]] = {
    Pooling.FIRST: lambda hidden: hidden[0],
    Pooling.MEAN: lambda hidden: hidden.mean(axis=0),
    Pooling.MAX: lambda hidden: hidden.max(axis=0),
}


def workers(environ: Mapping[str, str] = os.environ) -> int:
    """How many texts are embedded side by side: one a processor, as far as Lambda gives them."""
    cores = min(MAX_WORKERS, os.cpu_count() or 1)
    memory = int(environ.get("AWS_LAMBDA_FUNCTION_MEMORY_SIZE", MAX_WORKERS * MEGABYTES_A_CORE))
    return max(1, min(cores, memory // MEGABYTES_A_CORE))
