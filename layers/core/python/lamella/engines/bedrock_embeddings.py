"""Embeddings by Titan Text Embeddings V2 on Bedrock: one text a call, several calls at once."""

from __future__ import annotations

import json
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import cached_property, lru_cache
from typing import TYPE_CHECKING

from lamella.engines import aws
from lamella.errors import SetupError, Unavailable
from lamella.ports import Vector
from lamella.vectors import unit

if TYPE_CHECKING:
    from mypy_boto3_bedrock_runtime import BedrockRuntimeClient

TITAN = "amazon.titan-embed-text-v2:0"
DIMENSIONS = (256, 512, 1024)
MAX_BYTES = 24_000
"""Of a text in UTF-8: the model refuses more than 8,192 tokens, and tokens average three bytes
and more (English nearly five, one character of Chinese three)."""

WORKERS = 8
REMEMBERED_QUERIES = 1_024
TIMEOUT = 3.0
ATTEMPTS = 2
_BYTES_A_TOKEN = 4
_NOTHING = "."


class BedrockEmbedder:
    """An Embedder over Titan V2, of 256, 512 or 1,024 dimensions; thread-safe.

    `profile` is an inference profile (id or ARN) to call the model through. Texts are cut after
    24,000 bytes. Raises Throttled when Bedrock asks to slow down, Unavailable when it can't answer.
    """

    def __init__(
        self,
        model: str = TITAN,
        dimensions: int = 512,
        *,
        profile: str | None = None,
        endpoint: str | None = None,
    ) -> None:
        if model != TITAN:
            raise SetupError(f"embedding model {model!r} is not known: use {TITAN!r}")
        if dimensions not in DIMENSIONS:
            raise SetupError(f"{TITAN} makes vectors of {DIMENSIONS} numbers, not {dimensions}")
        self._model = model
        self._dimensions = dimensions
        self._called = profile or model
        self._endpoint = endpoint
        self._workers = ThreadPoolExecutor(WORKERS, thread_name_prefix="lamella-bedrock")
        self._remembered = lru_cache(REMEMBERED_QUERIES)(self._vector)

    @property
    def model(self) -> str:
        """The model's id and its dimensions: vectors of other lengths are another model's."""
        return f"{self._model}@{self._dimensions}"

    @property
    def dimensions(self) -> int:
        """How many numbers a vector has."""
        return self._dimensions

    def embed(self, texts: Sequence[str]) -> list[Vector]:
        """A unit vector for each text, by up to eight calls at once."""
        return list(self._workers.map(self._vector, texts))

    def embed_query(self, text: str) -> Vector:
        """The unit vector of a question; the last 1,024 are remembered."""
        return self._remembered(text)[:]

    def count(self, text: str) -> int:
        """About how many tokens the text is: four bytes each. Titan's tokenizer isn't public."""
        return -(-len(text.encode("utf-8", "replace")) // _BYTES_A_TOKEN)

    def _vector(self, text: str) -> Vector:
        request = {"inputText": _fitting(text), "dimensions": self._dimensions, "normalize": True}
        with aws.translated("the embedding model"):
            answer = self._client.invoke_model(
                modelId=self._called,
                body=json.dumps(request),
                contentType="application/json",
                accept="application/json",
            )
            said = answer["body"].read()
        try:
            vector = unit(json.loads(said)["embedding"])
        except (ValueError, KeyError, TypeError):
            raise Unavailable("the embedding model's answer can't be read: try again") from None
        if len(vector) != self._dimensions:
            raise Unavailable(
                f"the embedding model answered {len(vector)} numbers, not {self._dimensions}"
            )
        return vector

    @cached_property
    def _client(self) -> BedrockRuntimeClient:
        opened: BedrockRuntimeClient = aws.client(
            "bedrock-runtime",
            endpoint=self._endpoint,
            timeout=TIMEOUT,
            attempts=ATTEMPTS,
            connections=2 * WORKERS,
        )
        return opened


def _fitting(text: str) -> str:
    """`text` as the model takes it: sound, no longer than it reads, and never empty."""
    cut = text.encode("utf-8", "replace")[:MAX_BYTES].decode("utf-8", "ignore")
    return cut if cut.strip() else _NOTHING
