"""What the folder of a sentence model says about it, in sentence-transformers' own files.

One `*.onnx` file (also under `onnx/`) and `tokenizer.json` are all it takes. Where they are there,
`1_Pooling/config.json` tells how a text's vector comes of its tokens' (else: their mean),
`config_sentence_transformers.json` what stands before a question or a text (multilingual E5's
"query: " and "passage: "), and `sentence_bert_config.json` after how many tokens a text is cut.
A model that does more than these files can say is refused, for its vectors would be wrong.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from enum import Enum, auto
from pathlib import Path
from typing import Any

from lamella.errors import SetupError

MAX_TOKENS = 512
_PLAIN_MODULES = ("Transformer", "Pooling", "Normalize")
_QUESTION, _TEXT = ("query", "question"), ("passage", "document", "corpus")


class Pooling(Enum):
    """How a text's vector comes of the vectors of its tokens."""

    FIRST = auto()
    MEAN = auto()
    MAX = auto()


_POOLINGS = {
    "cls_token": Pooling.FIRST,
    "mean_tokens": Pooling.MEAN,
    "mean_sqrt_len_tokens": Pooling.MEAN,  # the same once its length is one
    "max_tokens": Pooling.MAX,
}


@dataclass(frozen=True, slots=True)
class Folder:
    """A model's files, and how to use them."""

    model: Path
    tokenizer: Path
    pooling: Pooling
    before_question: str
    before_text: str
    max_tokens: int

    @classmethod
    def read(cls, folder: Path) -> Folder:
        """What `folder` says. Raises SetupError where it says what can't be done here."""
        model = model_file(folder)
        _check_modules(folder / "modules.json")
        prompts = _json(folder / "config_sentence_transformers.json").get("prompts") or {}
        most = _json(folder / "sentence_bert_config.json").get("max_seq_length") or MAX_TOKENS
        return cls(
            model=model,
            tokenizer=folder / "tokenizer.json",
            pooling=_pooling(folder / "1_Pooling" / "config.json"),
            before_question=_prompt(prompts, _QUESTION),
            before_text=_prompt(prompts, _TEXT),
            max_tokens=min(int(most), MAX_TOKENS),
        )


def model_file(folder: Path) -> Path:
    """The one model in `folder`. Raises SetupError."""
    found = sorted(folder.glob("*.onnx")) or sorted(folder.glob("onnx/*.onnx"))
    if len(found) != 1:
        raise SetupError(
            f"{folder} holds {len(found)} .onnx files where one is needed: "
            "set LAMELLA_MODEL to a model's folder, or unset it for the default"
        )
    return found[0]


def unusable(file: Path, cause: Exception) -> SetupError:
    """The error for a file that can't be read."""
    return SetupError(
        f"{file} is missing or damaged ({type(cause).__name__}): restore it, or delete its folder "
        "and run `python -m lamella.local.model`"
    )


def _pooling(file: Path) -> Pooling:
    said = _json(file)
    if not said:
        return Pooling.MEAN
    chosen = [name.removeprefix("pooling_mode_") for name, on in said.items() if on is True]
    modes = [name for name in chosen if name != "include_prompt"]
    if len(modes) == 1 and modes[0] in _POOLINGS:
        return _POOLINGS[modes[0]]
    raise SetupError(
        f"{file} asks for {' and '.join(modes) or 'no pooling'}: "
        f"use a model that pools by one of {', '.join(_POOLINGS)}"
    )


def _check_modules(file: Path) -> None:
    listed = _json(file, [])
    kinds = [str(module.get("type", "")).rpartition(".")[2] for module in listed]
    if more := [kind for kind in kinds if kind not in _PLAIN_MODULES]:
        raise SetupError(
            f"{file} names {', '.join(more)} after the model's own layers, which an .onnx file of "
            "the transformer doesn't hold: use a model without"
        )


def _prompt(prompts: dict[str, str], names: tuple[str, ...]) -> str:
    return next((prompts[name] for name in names if prompts.get(name)), "")


def _json(file: Path, absent: Any = None) -> Any:
    try:
        said = json.loads(file.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return {} if absent is None else absent
    except ValueError as exc:
        raise unusable(file, exc) from exc
    if not isinstance(said, type({} if absent is None else absent)):
        raise unusable(file, TypeError())
    return said
