"""The local embedder, with the real default model."""

from __future__ import annotations

import json
import math
import os
import shutil
from array import array
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from lamella import Memory
from lamella.engines.onnx import Onnx, workers
from lamella.errors import SetupError
from lamella.local.model import model_folder

TEXTS = [
    "I moved to Lisbon in March.",
    "Ada is allergic to peanuts, so the cake must do without them.",
    "",
    "日本語のメモ",
    "ok",
]


@pytest.fixture(scope="module")
def embedder() -> Onnx:
    return Onnx(model_folder())


@pytest.fixture
def copied_model(tmp_path: Path) -> Path:
    return Path(shutil.copytree(model_folder(), tmp_path / "model"))


def said(folder: Path, file: str, content: object) -> None:
    """Write what the model's folder says in `file`."""
    (folder / file).write_text(json.dumps(content))


def cosine(a: array[float], b: array[float]) -> float:
    return sum(x * y for x, y in zip(a, b, strict=True))


def test_the_model_says_what_it_is(embedder: Onnx) -> None:
    assert embedder.model == "bge-small-en-v1.5-q@6c9c6101"
    assert embedder.dimensions == 384


def test_a_text_has_one_vector_whatever_stands_beside_it(embedder: Onnx) -> None:
    together = embedder.embed(TEXTS)
    alone = [embedder.embed([text])[0] for text in TEXTS]
    as_questions = [embedder.embed_query(text) for text in TEXTS]
    assert together == alone == as_questions


def test_vectors_have_unit_length(embedder: Onnx) -> None:
    for vector in embedder.embed(TEXTS):
        assert vector.typecode == "f"
        assert len(vector) == embedder.dimensions
        assert math.isclose(math.hypot(*vector), 1.0, abs_tol=1e-5)


@pytest.mark.parametrize(
    ("question", "answer", "aside"),
    [
        ("Where does she live now?", "I moved to Lisbon in March.", "The printer is out of ink."),
        ("any food allergies?", "Ada can't eat peanuts.", "Ada plays the cello on Sundays."),
        ("what is her job", "She works as a surgeon.", "She has two cats."),
    ],
)
def test_what_answers_a_question_is_nearer_than_what_does_not(
    embedder: Onnx, question: str, answer: str, aside: str
) -> None:
    asked = embedder.embed_query(question)
    near, far = embedder.embed([answer, aside])
    assert cosine(asked, near) > cosine(asked, far) + 0.02


def test_nothing_to_embed_is_nothing(embedder: Onnx) -> None:
    assert embedder.embed([]) == []


def test_what_comes_after_512_tokens_changes_nothing(embedder: Onnx) -> None:
    long = "memory " * 5_000
    assert embedder.embed([long]) == embedder.embed([long + "and a very different ending"])


def test_tokens_are_counted_beyond_what_the_model_reads(embedder: Onnx) -> None:
    assert embedder.count("") == 0
    assert embedder.count("hello there") == 2
    assert embedder.count("word " * 2_000) == 2_000


def test_half_a_surrogate_pair_is_text_like_any_other(embedder: Onnx) -> None:
    assert len(embedder.embed_query("broken \ud83d emoji")) == embedder.dimensions
    assert embedder.count("broken \ud83d emoji") > 0


def test_a_caller_that_changes_its_vector_changes_nobody_elses(embedder: Onnx) -> None:
    mine = embedder.embed_query("a question asked twice")
    mine[0] = 99.0
    assert embedder.embed_query("a question asked twice")[0] != 99.0


def test_many_threads_may_load_and_ask_at_once() -> None:
    fresh = Onnx(model_folder())
    with ThreadPoolExecutor(4) as threads:
        answers = list(threads.map(lambda _: fresh.embed(TEXTS), range(8)))
    assert all(answer == answers[0] for answer in answers)


def test_without_a_pooling_file_the_mean_of_all_tokens_counts(
    embedder: Onnx, copied_model: Path
) -> None:
    shutil.rmtree(copied_model / "1_Pooling")
    mean = Onnx(copied_model).embed_query(TEXTS[0])
    first = embedder.embed_query(TEXTS[0])
    assert 0.5 < cosine(mean, first) < 0.999


@pytest.mark.parametrize(
    ("mode", "same_as"),
    [("mean_sqrt_len_tokens", "mean_tokens"), ("cls_token", "cls_token")],
)
def test_the_pooling_file_says_how_tokens_become_one_vector(
    copied_model: Path, mode: str, same_as: str
) -> None:
    vectors = []
    for name in (mode, same_as):
        said(copied_model, "1_Pooling/config.json", {f"pooling_mode_{name}": True})
        vectors.append(Onnx(copied_model).embed_query(TEXTS[0]))
    assert vectors[0] == vectors[1]


def test_the_largest_number_of_all_tokens_is_another_vector(
    embedder: Onnx, copied_model: Path
) -> None:
    said(copied_model, "1_Pooling/config.json", {"pooling_mode_max_tokens": True})
    assert cosine(Onnx(copied_model).embed_query(TEXTS[0]), embedder.embed_query(TEXTS[0])) < 0.999


@pytest.mark.parametrize(
    ("file", "content", "named"),
    [
        ("1_Pooling/config.json", {"pooling_mode_lasttoken": True}, "asks for lasttoken"),
        (
            "1_Pooling/config.json",
            {"pooling_mode_cls_token": True, "pooling_mode_mean_tokens": True},
            "asks for cls_token and mean_tokens",
        ),
        ("modules.json", [{"type": "sentence_transformers.models.Dense"}], "names Dense after"),
        ("modules.json", {"not": "a list"}, "is missing or damaged"),
    ],
)
def test_what_can_not_be_done_here_is_refused(
    copied_model: Path, file: str, content: object, named: str
) -> None:
    said(copied_model, file, content)
    with pytest.raises(SetupError, match=named):
        Onnx(copied_model).embed_query("anything")


def test_what_a_model_wants_before_questions_and_texts_stands_there(
    embedder: Onnx, copied_model: Path
) -> None:
    prompts = {"query": "query: ", "passage": "passage: "}
    said(copied_model, "config_sentence_transformers.json", {"prompts": prompts})
    prompted = Onnx(copied_model)
    assert prompted.embed_query("tea") == embedder.embed_query("query: tea")
    assert prompted.embed(["tea"]) == embedder.embed(["passage: tea"])
    assert prompted.count("tea") == embedder.count("tea")


def test_a_model_that_reads_fewer_tokens_cuts_earlier(copied_model: Path) -> None:
    said(copied_model, "sentence_bert_config.json", {"max_seq_length": 16})
    short = Onnx(copied_model)
    assert short.embed(["tea " * 20]) == short.embed(["tea " * 20 + "and coffee"])
    assert short.count("tea " * 20) == 20


def test_lambda_gets_no_more_threads_than_processors() -> None:
    assert workers({"AWS_LAMBDA_FUNCTION_MEMORY_SIZE": "512"}) == 1
    assert workers({"AWS_LAMBDA_FUNCTION_MEMORY_SIZE": "1769"}) == 1
    assert workers({}) == min(4, os.cpu_count() or 1)


def test_any_folder_can_be_set_as_the_model_of_a_memory(
    copied_model: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    prompts = {"query": "query: ", "passage": "passage: "}
    said(copied_model, "config_sentence_transformers.json", {"prompts": prompts})
    named = copied_model.rename(tmp_path / "my-multilingual-model")
    monkeypatch.setenv("LAMELLA_MODEL", str(named))
    with Memory(data=str(tmp_path / "data")) as memory:
        memory.add(["Wir wohnen seit Mai in Graz."], user_id="ada", infer=False)
        block = memory.context("Wo wohnen wir?", user_id="ada")
    assert "Graz" in block["context"]
    assert block["counted_by"] == "my-multilingual-model@6c9c6101"


def test_a_model_in_the_onnx_subfolder_is_found(embedder: Onnx, copied_model: Path) -> None:
    (copied_model / "onnx").mkdir()
    (copied_model / "model.onnx").rename(copied_model / "onnx" / "model.onnx")
    assert Onnx(copied_model).embed(TEXTS[:1]) == embedder.embed(TEXTS[:1])


@pytest.mark.parametrize("damaged", ["model.onnx", "tokenizer.json", "1_Pooling/config.json"])
def test_a_damaged_file_is_named_with_the_remedy(copied_model: Path, damaged: str) -> None:
    file = copied_model / damaged
    file.write_bytes(file.read_bytes()[: file.stat().st_size // 2])
    with pytest.raises(SetupError, match=rf"{damaged} is missing or damaged .* run `python -m"):
        Onnx(copied_model).embed_query("anything")


@pytest.mark.parametrize("missing", ["model.onnx", "tokenizer.json"])
def test_a_folder_without_a_model_is_refused(copied_model: Path, missing: str) -> None:
    (copied_model / missing).unlink()
    with pytest.raises(SetupError, match=r"\.onnx files where one is needed|tokenizer\.json is"):
        Onnx(copied_model).embed_query("anything")


def test_two_models_in_one_folder_are_one_too_many(copied_model: Path) -> None:
    shutil.copy(copied_model / "model.onnx", copied_model / "other.onnx")
    with pytest.raises(SetupError, match=r"holds 2 \.onnx files"):
        _ = Onnx(copied_model).model


def test_another_model_file_is_another_model(copied_model: Path) -> None:
    with (copied_model / "model.onnx").open("ab") as file:
        file.write(b"\0")
    assert Onnx(copied_model).model != Onnx(model_folder()).model
