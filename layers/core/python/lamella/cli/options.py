"""What can be said on the command line, each option in one place."""

from __future__ import annotations

from typing import Annotated

from typer import Argument, Option

from lamella.local.backing import Engine

_WHOSE = "Whose memory"
_WHERE = "Where"

User = Annotated[str | None, Option("--user", "-u", rich_help_panel=_WHOSE, help="User id.")]
Session = Annotated[
    str | None,
    Option("--session", "-s", rich_help_panel=_WHOSE, help="Session id (Mem0's run_id)."),
]
Agent = Annotated[str | None, Option("--agent", rich_help_panel=_WHOSE, help="Agent id.")]
AppId = Annotated[str | None, Option("--app", rich_help_panel=_WHOSE, help="App id.")]

MemoryId = Annotated[str, Argument(metavar="ID", help="The memory's id.")]
Metadata = Annotated[str | None, Option("--metadata", help="A JSON object to keep.")]
Expires = Annotated[
    str | None, Option("--expires", help="A date (inclusive), a moment, or a duration like 90d.")
]

Data = Annotated[
    str | None,
    Option(
        "--data",
        rich_help_panel=_WHERE,
        help="Folder of the embedded memory (else LAMELLA_DATA, else ~/.lamella).",
    ),
]
Host = Annotated[
    str | None,
    Option(
        "--host",
        envvar="LAMELLA_HOST",
        show_envvar=False,
        rich_help_panel=_WHERE,
        help="URL of a server to ask instead (or LAMELLA_HOST).",
    ),
]
ApiKey = Annotated[
    str | None,
    Option(
        "--api-key",
        envvar="LAMELLA_API_KEY",
        show_envvar=False,
        rich_help_panel=_WHERE,
        help="Key for that server (or LAMELLA_API_KEY).",
    ),
]
Function = Annotated[
    str | None,
    Option(
        "--function",
        envvar="LAMELLA_FUNCTION",
        show_envvar=False,
        rich_help_panel=_WHERE,
        help="What the functions' names on AWS begin with, to invoke them (or LAMELLA_FUNCTION).",
    ),
]
Organization = Annotated[
    str | None,
    Option(
        "--organization",
        envvar="LAMELLA_ORGANIZATION",
        show_envvar=False,
        rich_help_panel=_WHERE,
        help="As whom, where those functions serve several (or LAMELLA_ORGANIZATION).",
    ),
]
Stores = Annotated[
    Engine,
    Option(
        "--engine",
        help="sqlite keeps one file; aws-local starts DynamoDB Local and OpenSearch, "
        "which forget all at the end.",
    ),
]
AsJson = Annotated[bool, Option("--json", help="Answer in JSON, errors too.")]
