"""The benchmarks: a judge that can't be talked round, and a RESULT line that machines can read."""

from __future__ import annotations

import json
import sys
from dataclasses import replace
from pathlib import Path
from random import Random

import awslambdaric
import pytest

from benchmarks import add, pages, promotion, recall, runtime, search, stages
from benchmarks.bootstrap import Function
from benchmarks.corpus import memory, questions
from benchmarks.figures import p50, p95, percentile, result
from benchmarks.judge import recalled
from benchmarks.locomo import load
from benchmarks.small_talk import small_talk
from benchmarks.variants import weightings
from lamella.ranking import Weights

TURN = "Last Friday I finally took my kids to a pottery workshop in the old mill"


def figures(printed: str) -> dict[str, float]:
    """The last line, as numbers."""
    mark, *told = printed.splitlines()[-1].split()
    assert mark == "RESULT"
    return {name: float(value) for name, value in (one.split("=") for one in told)}


def run(monkeypatch: pytest.MonkeyPatch, main: object, *arguments: str) -> None:
    monkeypatch.setattr(sys, "argv", ["benchmark", *arguments])
    assert callable(main)
    main()


# --- the judge ------------------------------------------------------------------------------


def test_a_turn_in_its_own_words_is_recalled_whatever_stands_around_it() -> None:
    assert recalled(TURN, ["## Known", f"- Mel: {TURN.upper()}! (2023-05-08)"])


def test_a_fifth_of_the_words_may_be_missing_but_not_more() -> None:
    words = TURN.split()
    assert recalled(TURN, [" ".join(words[3:])])
    assert not recalled(TURN, [" ".join(words[4:])])


def test_words_in_another_order_are_not_the_turn() -> None:
    assert not recalled(TURN, [" ".join(reversed(TURN.split()))])


def test_a_turn_cut_over_neighbouring_lines_is_recalled() -> None:
    words = TURN.split()
    assert recalled(TURN, ["- " + " ".join(words[:8]), "- " + " ".join(words[8:])])


def test_words_scattered_over_a_long_text_are_not() -> None:
    scattered = [f"{word} and then a good many other things were said" for word in TURN.split()]
    assert not recalled(TURN, scattered)


def test_a_turn_without_words_is_never_recalled() -> None:
    assert not recalled("…!", ["…!"])


# --- small talk -----------------------------------------------------------------------------


@pytest.mark.parametrize(
    "text",
    [
        "Hey Ines! Good to see you!",
        "Thanks so much, Paul.",
        "Yeah, of course!",
        "What about you?",
        "Wow. That's great! How are you?",
        "See ya!",
    ],
)
def test_greetings_acknowledgements_and_bare_questions_tell_nothing(text: str) -> None:
    assert small_talk(text, frozenset(("ines", "paul")))


@pytest.mark.parametrize(
    "text",
    [
        "Thanks, I passed the exam!",
        "Do you still live in Porto? Yes.",
        "I sold the old boat yesterday, how does that sound?",
        "Good morning! The gate opens at six.",
    ],
)
def test_what_states_something_is_no_small_talk(text: str) -> None:
    assert not small_talk(text, frozenset(("ines", "paul")))


# --- figures --------------------------------------------------------------------------------


def test_percentiles_lie_where_they_say() -> None:
    values = [float(n) for n in range(1, 102)]
    assert (p50(values), p95(values), percentile([3.0], 95)) == (51.0, 96.0, 3.0)


def test_a_result_line_reads_back(capsys: pytest.CaptureFixture[str]) -> None:
    result(one=1, half=0.5)
    assert figures(capsys.readouterr().out) == {"one": 1.0, "half": 0.5}


def test_made_up_texts_are_the_same_every_time_and_questions_never_repeat() -> None:
    assert memory(Random(7)) == memory(Random(7))
    assert len(set(questions(Random(7), 300))) == 300


# --- each benchmark, small ------------------------------------------------------------------


def test_search_measures_itself_against_its_floor(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    run(monkeypatch, search.main, "--sizes", "1000", "--queries", "4")
    assert figures(capsys.readouterr().out)["search_p50_ratio_1k"] > 0


def test_add_measures_itself_against_its_floor(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    run(monkeypatch, add.main, "--calls", "4", "--seconds", "0.1")
    told = figures(capsys.readouterr().out)
    assert told["add_p50_ratio"] > 0
    assert told["adds_per_s"] > 0


def test_pages_are_measured_in_a_long_list_a_short_one_and_an_export(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    run(monkeypatch, pages.main, "--memories", "1200")
    told = figures(capsys.readouterr().out)
    assert told["cursor"] > 0
    assert told["export"] > 0


def test_recall_asks_a_conversation_it_was_told(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    data, out = tmp_path / "tiny.json", tmp_path / "out.json"
    data.write_text(json.dumps([CONVERSATION]))
    run(monkeypatch, recall.main, "--data", str(data), "--json", str(out))
    told = figures(capsys.readouterr().out)
    assert told["recall_500"] == told["recall_2000"] == told["survived"] == 100.0
    assert told["multihop_all_1000"] == 100.0
    [single, multi] = json.loads(out.read_text())["questions"]
    assert single["found"]["500"] == ["D1:2"]
    assert multi["found"]["1000"] == ["D1:2", "D2:1"]


def test_stages_add_up_to_the_work_in_our_own_code(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(stages, "SESSIONS", 4)
    run(monkeypatch, stages.main, "--queries", "3", "--candidates", "20")
    told = figures(capsys.readouterr().out)
    assert told["own_context_p50"] > told["own_search_p50"] > 0


def test_the_ablation_leaves_each_feature_out_and_adds_each_alone() -> None:
    rows = dict(weightings(["dense", "keyword", "speaker", "not a weight"]))
    assert list(rows) == [
        "dense only",
        "keywords only",
        "fusion",
        "fusion + speaker",
        "all but dense",
        "all but keyword",
        "all but speaker",
    ]
    assert rows["dense only"] == replace(Weights(), keyword=0.0, speaker=0.0)
    assert rows["all but speaker"] == replace(Weights(), speaker=0.0)


def test_the_table_has_a_row_for_every_variant(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    data = tmp_path / "tiny.json"
    data.write_text(json.dumps([CONVERSATION]))
    run(monkeypatch, recall.main, "--data", str(data), "--ablation")
    printed = capsys.readouterr().out
    assert figures(printed)["degraded_1000"] == figures(printed)["raw_1000"] == 100.0
    for row in ("dense only", "keywords only", "fusion + ", "all but keyword", recall.AWAY):
        assert row in printed


def test_promotion_is_held_against_what_the_data_calls_worth_remembering(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    data = tmp_path / "tiny.json"
    data.write_text(json.dumps([CONVERSATION]))
    run(monkeypatch, promotion.main, "--data", str(data), "--misses")
    told = capsys.readouterr().out
    assert figures(told)["reachable"] == 50.0
    assert figures(told)["fact_precision"] == 0.5
    assert figures(told)["small_talk_facts"] == 0.0
    assert figures(told)["stored_share"] > 0
    assert "lost tiny D2:2: Wow, that's great!" in told


def test_questions_without_evidence_and_of_the_fifth_category_are_not_asked(
    tmp_path: Path,
) -> None:
    data = tmp_path / "tiny.json"
    data.write_text(json.dumps([CONVERSATION]))
    [conversation] = load(data)
    assert [asked.category for asked in conversation.questions] == [4, 1]
    assert conversation.turns["D2:1"].text.endswith("[photo: a glazed bowl]")


CONVERSATION = {
    "sample_id": "tiny",
    "conversation": {
        "speaker_a": "Ines",
        "speaker_b": "Paul",
        "session_1_date_time": "1:56 pm on 8 May, 2023",
        "session_1": [
            {"speaker": "Paul", "dia_id": "D1:1", "text": "Hey Ines! How are you?"},
            {
                "speaker": "Ines",
                "dia_id": "D1:2",
                "text": "I started a pottery course in Porto with my sister last week.",
            },
        ],
        "session_2_date_time": "9:05 am on 1 June, 2023",
        "session_2": [
            {
                "speaker": "Ines",
                "dia_id": "D2:1",
                "text": "I made my first bowl in the pottery course and gave it to my mother.",
                "blip_caption": "a glazed bowl",
            },
            {"speaker": "Paul", "dia_id": "D2:2", "text": "Wow, that's great!"},
        ],
    },
    "observation": {
        "session_1_observation": {"Ines": [["Ines takes a pottery course.", "D1:2"]]},
        "session_2_observation": {"Paul": [["Paul likes the bowl.", ["D2:2"]]]},
    },
    "qa": [
        {"question": "Where is Ines's course?", "category": 4, "evidence": ["D1:2"]},
        {"question": "What did Ines do in pottery?", "category": 1, "evidence": ["D1:2; D2:1"]},
        {"question": "What is not told?", "category": 5, "evidence": ["D1:2"]},
        {"question": "Who knows?", "category": 2, "evidence": ["D9:9"]},
    ],
}


# --- the runtime of functions -------------------------------------------------------------------


def test_the_functions_get_what_they_need_of_the_lock_and_nothing_else() -> None:
    names = set(runtime.wanted())
    assert {"pynamodb", "opensearch-py", "aws-lambda-powertools", "awslambdaric"} <= names
    assert names & {"grpcio", "numpy", "typer", "moto", "pytest", "lamella"} == set()
    locked = runtime.locked(names)
    entries = [line for line in locked.splitlines() if not line.startswith(" ")]
    assert sorted(line.split("==")[0] for line in entries) == sorted(names)
    assert locked.count("--hash=") >= len(names)


def test_a_function_that_dies_is_told_with_what_it_printed(tmp_path: Path) -> None:
    (tmp_path / "handler.py").write_text("print('no luck', flush=True)\nraise SystemExit(3)")
    packages = Path(str(awslambdaric.__file__)).parents[1]
    with (
        Function(tmp_path, Path(sys.executable), [packages], {}) as function,
        pytest.raises(RuntimeError, match="ended with 3") as raised,
    ):
        function.invoke({})
    assert "no luck" in str(raised.value)
