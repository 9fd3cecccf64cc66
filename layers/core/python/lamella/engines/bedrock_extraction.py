"""Extraction by a model on Bedrock: Converse with one tool, whose input is all that is taken."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING, Any, Generic, TypeVar

from pydantic import BaseModel, ValidationError

from lamella.engines import aws
from lamella.engines.bedrock_prompt import EXTRACT, SUMMARIZE
from lamella.engines.bedrock_proposals import (
    Episodes,
    Facts,
    Piece,
    context,
    problems,
    proven_episodes,
    proven_facts,
    schema,
    windows,
)
from lamella.errors import LamellaError
from lamella.guidance import NOTHING_ASKED, Guidance
from lamella.models import Fact, Turn

if TYPE_CHECKING:
    from mypy_boto3_bedrock_runtime import BedrockRuntimeClient
    from mypy_boto3_bedrock_runtime.type_defs import (
        InferenceConfigurationTypeDef,
        MessageTypeDef,
        ToolConfigurationTypeDef,
    )

TIMEOUT = 60.0
WORKERS = 4
MAX_TOKENS = 4_096
HOPELESS = frozenset({"ValidationException"})

Proposal = TypeVar("Proposal", bound=BaseModel)
Content = Sequence[Mapping[str, Any]]
Spend = Callable[[str, int], None]
"""(organization, tokens): these were spent."""


@dataclass(frozen=True, slots=True)
class Task(Generic[Proposal]):
    """What a model is asked to do: its orders, and the one tool it has to call."""

    orders: str
    tool: str
    proposal: type[Proposal]

    @property
    def tools(self) -> ToolConfigurationTypeDef:
        """The tool as Converse takes it."""
        spec: Any = {
            "name": self.tool,
            "description": self.proposal.__doc__,
            "inputSchema": {"json": schema(self.proposal)},
        }
        return {"tools": [{"toolSpec": spec}], "toolChoice": {"tool": {"name": self.tool}}}

    def guided(self, guidance: Guidance) -> Task[Proposal]:
        """The same, with what the owner of the memory asks for."""
        if not guidance.told:
            return self
        return replace(self, orders=f"{self.orders}\n\n{guidance.for_a_model()}")

    def read(self, content: Content) -> Proposal | str:
        """What the model proposes, or what is wrong with its answer."""
        calls = [block["toolUse"] for block in content if "toolUse" in block]
        if len(calls) != 1 or calls[0]["name"] != self.tool:
            return f"Call the tool {self.tool} exactly once, and say nothing else."
        try:
            return self.proposal.model_validate(calls[0]["input"])
        except ValidationError as error:
            return f"The input of {self.tool} is not valid:\n{problems(error)}"


EXTRACTION = Task(EXTRACT, "propose_facts", Facts)
SUMMARY = Task(SUMMARIZE, "propose_episodes", Episodes)


class BedrockExtractor:
    """An Extractor over `model`: a model's id, or an inference profile's id or ARN.

    Only what is set is sent: `temperature` is the model's own unless given. `spend` is told what
    each answer cost. Raises Throttled or Unavailable, which leave the work due, and LamellaError
    where the model refuses the request or can't be read after one correction.
    """

    name = "bedrock"

    def __init__(
        self,
        model: str,
        *,
        spend: Spend = lambda org, tokens: None,
        max_tokens: int = MAX_TOKENS,
        temperature: float | None = None,
        endpoint: str | None = None,
    ) -> None:
        self._model = model
        self._spend = spend
        self._inference: InferenceConfigurationTypeDef = {"maxTokens": max_tokens}
        if temperature is not None:
            self._inference["temperature"] = temperature
        self._endpoint = endpoint
        self._workers = ThreadPoolExecutor(WORKERS, thread_name_prefix="lamella-extract")

    def extract(
        self,
        turns: Sequence[Turn],
        earlier: Sequence[Turn],
        org: str,
        guidance: Guidance = NOTHING_ASKED,
    ) -> list[Fact]:
        """See `ports.Extractor`. Long conversations are read in portions, side by side."""
        portions = windows(turns)
        task = EXTRACTION.guided(guidance)
        before = [earlier, *([piece.turn for piece in portion] for portion in portions)]

        def read(portion: Sequence[Piece], before: Sequence[Turn]) -> list[Fact]:
            proposed = self._proposed(task, portion, context(before), org)
            return proven_facts(proposed.facts, portion)

        found = self._workers.map(read, portions, before)
        return [fact for facts in found for fact in facts]

    def summarize(
        self, turns: Sequence[Turn], org: str, guidance: Guidance = NOTHING_ASKED
    ) -> list[Fact]:
        """See `ports.Extractor`."""
        task = SUMMARY.guided(guidance)

        def read(portion: Sequence[Piece]) -> list[Fact]:
            proposed = self._proposed(task, portion, (), org)
            return proven_episodes(proposed.episodes, portion)

        found = self._workers.map(read, windows(turns))
        return [fact for facts in found for fact in facts]

    def _proposed(
        self, task: Task[Proposal], portion: Sequence[Piece], before: Sequence[Piece], org: str
    ) -> Proposal:
        messages: list[MessageTypeDef] = [_question(portion, before)]
        content = self._answer(task, messages, org)
        found = task.read(content)
        if isinstance(found, str):
            messages += _correction(content, found)
            found = task.read(self._answer(task, messages, org))
        if isinstance(found, str):
            raise LamellaError(
                f"model {self._model} answered twice in a form that can't be read: "
                "choose another with LAMELLA_EXTRACTION_MODEL"
            )
        return found

    def _answer(self, task: Task[Any], messages: Sequence[MessageTypeDef], org: str) -> Content:
        with aws.translated("the extraction model", HOPELESS):
            answer = self._client.converse(
                modelId=self._model,
                system=[{"text": task.orders}],
                messages=messages,
                toolConfig=task.tools,
                inferenceConfig=self._inference,
            )
        self._spend(org, answer.get("usage", {}).get("totalTokens", 0))
        content: Content = answer.get("output", {}).get("message", {}).get("content", ())
        return content

    @cached_property
    def _client(self) -> BedrockRuntimeClient:
        opened: BedrockRuntimeClient = aws.client(
            "bedrock-runtime", endpoint=self._endpoint, timeout=TIMEOUT, connections=WORKERS
        )
        return opened


def _question(portion: Sequence[Piece], before: Sequence[Piece]) -> MessageTypeDef:
    lines = [piece.line() for piece in portion]
    if before:
        lines = ["context:", *(piece.line() for piece in before), "turns:", *lines]
    return {"role": "user", "content": [{"text": "\n".join(lines)}]}


def _correction(content: Content, problem: str) -> list[MessageTypeDef]:
    """The model's answer, and what is wrong with it, as a result of every call it made."""
    said: list[Any] = [block for block in content if "toolUse" in block or block.get("text")]
    calls = [block["toolUse"]["toolUseId"] for block in said if "toolUse" in block]
    results: list[Any] = [
        {"toolResult": {"toolUseId": call, "content": [{"text": problem}]}} for call in calls
    ]
    return [
        {"role": "assistant", "content": said or [{"text": "(nothing)"}]},
        {"role": "user", "content": results or [{"text": problem}]},
    ]
