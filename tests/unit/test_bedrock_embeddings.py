"""Embeddings by Bedrock: the real client against a server that speaks the service's wire."""

from __future__ import annotations

import math
from collections.abc import Iterator

import pytest
from bedrock_server import BedrockServer, numbers
from scripted_server import Answer, refusal

from lamella.engines.bedrock_embeddings import TITAN, BedrockEmbedder
from lamella.errors import SetupError, Throttled, Unavailable
from lamella.vectors import unit

PROFILE = "arn:aws:bedrock:eu-central-1:123456789012:application-inference-profile/abc123"


@pytest.fixture
def bedrock(aws_environment: None) -> Iterator[BedrockServer]:
    with BedrockServer() as server:
        yield server


@pytest.fixture
def embedder(bedrock: BedrockServer) -> BedrockEmbedder:
    return BedrockEmbedder(endpoint=bedrock.url)


def test_each_text_gets_its_own_vector_in_order(embedder: BedrockEmbedder) -> None:
    texts = [f"fact {n}" for n in range(20)]
    found = embedder.embed(texts)
    assert found == [unit(numbers(text, 512)) for text in texts]


def test_vectors_have_unit_length_whatever_the_service_answers(embedder: BedrockEmbedder) -> None:
    [vector] = embedder.embed(["hello"])
    assert vector.typecode == "f"
    assert math.isclose(math.hypot(*vector), 1.0, abs_tol=1e-5)


@pytest.mark.parametrize("dimensions", [256, 512, 1024])
def test_the_model_is_asked_for_the_dimensions_chosen(
    bedrock: BedrockServer, dimensions: int
) -> None:
    embedder = BedrockEmbedder(dimensions=dimensions, endpoint=bedrock.url)
    assert len(embedder.embed_query("hello")) == dimensions == embedder.dimensions
    assert bedrock.models == [TITAN]
    assert bedrock.bodies == [{"inputText": "hello", "dimensions": dimensions, "normalize": True}]


def test_vectors_of_other_dimensions_are_another_models() -> None:
    short, long = BedrockEmbedder(dimensions=256), BedrockEmbedder(dimensions=1024)
    assert short.model == "amazon.titan-embed-text-v2:0@256" != long.model


def test_an_inference_profile_changes_the_call_and_not_the_model(bedrock: BedrockServer) -> None:
    through = BedrockEmbedder(profile=PROFILE, endpoint=bedrock.url)
    through.embed_query("hello")
    assert bedrock.models == [PROFILE]
    assert through.model == BedrockEmbedder().model


def test_a_question_asked_twice_is_sent_once(
    embedder: BedrockEmbedder, bedrock: BedrockServer
) -> None:
    mine = embedder.embed_query("where does Ada live?")
    mine[0] = 99.0
    assert embedder.embed_query("where does Ada live?")[0] != 99.0
    assert len(bedrock.asked) == 1


@pytest.mark.parametrize("character", ["a", "猫", "é", "🙂"])
def test_a_long_text_is_cut_to_what_the_model_reads(
    embedder: BedrockEmbedder, bedrock: BedrockServer, character: str
) -> None:
    embedder.embed([character * 60_000])
    sent = bedrock.bodies[0]["inputText"]
    assert set(sent) == {character}
    assert 23_996 <= len(sent.encode()) <= 24_000


@pytest.mark.parametrize("blank", ["", "  \n"])
def test_a_blank_text_has_a_vector_too(embedder: BedrockEmbedder, blank: str) -> None:
    assert len(embedder.embed_query(blank)) == 512


def test_half_a_surrogate_pair_is_text_like_any_other(embedder: BedrockEmbedder) -> None:
    assert len(embedder.embed_query("broken \ud83d emoji")) == 512
    assert embedder.count("broken \ud83d emoji") > 0


def test_nothing_to_embed_calls_nobody(embedder: BedrockEmbedder, bedrock: BedrockServer) -> None:
    assert embedder.embed([]) == []
    assert bedrock.asked == []


def test_tokens_are_counted_as_four_bytes_each(embedder: BedrockEmbedder) -> None:
    assert [embedder.count(text) for text in ("", "a", "abcd", "abcde", "日本語")] == [
        0, 1, 1, 2, 3,
    ]  # fmt: skip


def test_a_model_that_asks_to_slow_down_is_asked_twice(
    embedder: BedrockEmbedder, bedrock: BedrockServer
) -> None:
    bedrock.script.extend([refusal("ThrottlingException", 429)] * 2)
    with pytest.raises(Throttled, match="the embedding model asks to slow down"):
        embedder.embed(["Ada lives in Lisbon"])
    assert len(bedrock.asked) == 2


@pytest.mark.parametrize(
    "no",
    [
        refusal("AccessDeniedException", 403, "not for Ada lives in Lisbon"),
        refusal("ValidationException", 400, "bad input: Ada lives in Lisbon"),
        refusal("ResourceNotFoundException", 404),
        refusal("ModelTimeoutException", 408),
        Answer({"embedding": []}),
        Answer({"embedding": [1.0, 2.0]}),
        Answer({"embedding": ["x"]}),
        Answer({"vector": [1.0]}),
        Answer(["nothing"]),
    ],
    ids=lambda no: no.error or str(no.body),
)
def test_a_model_that_cannot_answer_is_unavailable_and_quotes_nothing(
    embedder: BedrockEmbedder, bedrock: BedrockServer, no: Answer
) -> None:
    bedrock.script.append(no)
    with pytest.raises(Unavailable) as refused:
        embedder.embed(["Ada lives in Lisbon"])
    assert "Lisbon" not in str(refused.value)
    assert refused.value.__context__ is None or refused.value.__suppress_context__


def test_a_model_that_is_away_is_unavailable(aws_environment: None) -> None:
    with pytest.raises(Unavailable, match="EndpointConnectionError"):
        BedrockEmbedder(endpoint="http://127.0.0.1:9").embed_query("hello")


def test_a_model_or_size_it_does_not_speak_is_refused_at_once() -> None:
    with pytest.raises(SetupError, match="'cohere' is not known"):
        BedrockEmbedder("cohere")
    with pytest.raises(SetupError, match="not 384"):
        BedrockEmbedder(dimensions=384)


def test_nobody_elses_log_hears_what_is_embedded(
    embedder: BedrockEmbedder, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level("DEBUG"):
        embedder.embed(["my hidden hotel"])
    assert caplog.records
    assert "hidden" not in caplog.text
