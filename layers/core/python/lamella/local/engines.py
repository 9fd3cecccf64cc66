"""DynamoDB Local and OpenSearch on this machine, without Docker: fetched once, ended with us.

    with dynamodb_local() as table_url, opensearch_local() as index_url:
        ...

Their data lies in a folder that goes with them, so any number may run side by side. OpenSearch is
the official server without a Java of its own, with its k-NN plugin: use the Lucene engine, for a
faiss query needs libraries that are not there and ends the server.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import httpx

from lamella.local import opensearch_home
from lamella.local.artifacts import Package, cache_folder, installed, pinned
from lamella.local.java import Java, find_java
from lamella.local.processes import Server, free_ports, new_folder, running, within_reach

OTHER_USER = "nobody"
"""Who runs OpenSearch when we are root: it refuses to be."""


def _copy(files: Sequence[Path], folder: Path) -> None:
    for file in files:
        shutil.copyfile(file, folder / file.name)


DYNAMODB = Package("dynamodb-local-2.6.1", pinned("dynamodb-local.txt"), _copy)


@contextmanager
def dynamodb_local(heap: str = "256m") -> Iterator[str]:
    """The endpoint URL of a DynamoDB Local that keeps all in memory; any credentials will do.

    Raises SetupError when it can't be had or started.
    """
    java, jars, [port] = find_java(), installed(DYNAMODB, engines_folder()), free_ports(1)
    folder, url = new_folder("dynamodb"), f"http://127.0.0.1:{port}"
    command = [
        str(java.program),
        f"-Xmx{heap}",
        f"-Djava.io.tmpdir={folder}",
        "--enable-native-access=ALL-UNNAMED",
        *("-cp", f"{jars}/*"),
        "com.amazonaws.services.dynamodbv2.local.main.ServerRunner",
        *("-inMemory", "-sharedDb", "-port", str(port)),
    ]
    server = Server("DynamoDB Local", command, folder, lambda: _status(url) == 400)  # unsigned
    with running(server):
        yield url


@contextmanager
def opensearch_local(heap: str = "512m") -> Iterator[str]:
    """The URL of an OpenSearch of one node, without TLS or passwords, on this machine only.

    Raises SetupError when it can't be had or started.
    """
    java = find_java()
    home = installed(opensearch_home.package(java), engines_folder())
    http, transport = free_ports(2)
    folder, url = new_folder("opensearch"), f"http://127.0.0.1:{http}"
    user = OTHER_USER if os.geteuid() == 0 else ""
    if user:
        home = within_reach(home, folder / "home")
        java = Java(within_reach(java.home, folder / "java"), java.version, java.modules)
    server = Server(
        name="OpenSearch",
        command=[str(home / "bin" / "opensearch")],
        folder=folder,
        ready=lambda: _status(f"{url}/_cluster/health?wait_for_status=yellow&timeout=1s") == 200,
        environment={
            "OPENSEARCH_PATH_CONF": str(
                opensearch_home.configure(home, java, folder, http, transport)
            ),
            "OPENSEARCH_TMPDIR": str(folder),
            "OPENSEARCH_JAVA_HOME": str(java.home),
            "OPENSEARCH_JAVA_OPTS": f"-Xms{heap} -Xmx{heap}",
        },
        user=user,
    )
    with running(server):
        yield url


def engines_folder() -> Path:
    """Where the fetched engines are kept."""
    return cache_folder() / "engines"


def _status(url: str) -> int | None:
    try:
        return httpx.get(url, timeout=5).status_code
    except httpx.TransportError:
        return None
