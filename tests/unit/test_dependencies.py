"""Who may import whom: rules no stores, engines no use cases; only the service opens engines."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
LIBRARY = ROOT / "layers" / "core" / "python" / "lamella"


def names(listed: str) -> frozenset[str]:
    """Names written side by side."""
    return frozenset(listed.split())


VALUES = "parted regex values errors clock ids scopes models settings routes tallies"
RULES = (
    "filters findings credentials passwords pii privacy scrub wordlists stems text policy vectors "
    "ranking surroundings lines keywords weights when whose guidance ports keys conditions limits "
    "packing embedding apart equipment"
)
STATE = (
    "guards inflight changes slots receipts results working sessions blocks plans lease consent "
    "permissions org_secret org_settings personal conversation overlay selection context "
    "passages budget once"
)
USE_CASES = (
    "requests capture verbatim closing workload setbacks endings topics succession reconcile "
    "placing projection promote sweep flush reach sight retrieve views memories correct erase "
    "listing rivals clearing orgs events wiring access arrivals imports batches tally entities "
    "feedback portability exports projects consents parked govern reindex background placed"
)
OPENERS = "service deployment"
LAYERS = tuple(map(names, (VALUES, RULES, STATE, USE_CASES, OPENERS, "api")))
"""Each layer may import itself and the layers before it."""

SURFACES = names(
    "client cli local demo smoke functions direct gateway authorizer incoming mcp mem0 "
    "integrations extras"
)
"""What stands around the service: free to import, imported by none of the layers."""

VENDORS = names("apsw sqlite_vec onnxruntime tokenizers numpy boto3 botocore opensearchpy pynamodb")


def modules(folder: Path) -> Iterator[tuple[str, Path]]:
    """Every module under `folder` with its dotted name inside it."""
    for path in sorted(folder.rglob("*.py")):
        parts = list(path.relative_to(folder).with_suffix("").parts)
        yield ".".join(parts[:-1] if parts[-1] == "__init__" else parts), path


def imports(path: Path, *, at_import: bool = False) -> Iterator[str]:
    """The dotted names a module imports; with `at_import` only those that importing it does."""
    tree = ast.parse(path.read_text())
    for node in _running(tree) if at_import else ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            assert node.level == 0, f"{path.name} imports relatively"
            yield node.module
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def _running(tree: ast.AST) -> Iterator[ast.AST]:
    """What runs when a module is imported: no function bodies, nothing for type checkers."""
    for node in ast.iter_child_nodes(tree):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            continue
        if isinstance(node, ast.If) and "TYPE_CHECKING" in ast.unparse(node.test):
            continue
        yield node
        yield from _running(node)


def own(path: Path, *, at_import: bool = False) -> set[str]:
    """The first part, below `lamella`, of what a module imports of ours."""
    return {
        name.split(".")[1]
        for name in imports(path, at_import=at_import)
        if name.startswith("lamella.")
        if (LIBRARY / name.split(".")[1]).is_dir()
        or (LIBRARY / f"{name.split('.')[1]}.py").is_file()
    }


LIBRARY_MODULES = dict(modules(LIBRARY))
PLACES = {name: place for place, layer in enumerate(LAYERS) for name in layer}


def test_every_module_has_its_place() -> None:
    """A new module has to be put into a layer above (or among the engines or surfaces)."""
    tops = {name.split(".")[0] for name in LIBRARY_MODULES if name}
    assert tops - set(PLACES) - SURFACES == {"engines"}


@pytest.mark.parametrize("name", [n for n in LIBRARY_MODULES if n.split(".")[0] in PLACES])
def test_a_module_imports_its_own_layer_and_those_before_it(name: str) -> None:
    top = name.split(".")[0]
    above = {
        other
        for other in own(LIBRARY_MODULES[name])
        if other in SURFACES or PLACES.get(other, -1) > PLACES[top]
    }
    assert above - ({"engines", "local"} if top in names(OPENERS) else set()) == set()


@pytest.mark.parametrize("name", [n for n in LIBRARY_MODULES if n.startswith("engines")])
def test_an_engine_imports_no_use_case(name: str) -> None:
    known = own(LIBRARY_MODULES[name]) - {"engines"}
    assert known & (names(USE_CASES) | names(OPENERS) | {"api"} | SURFACES) == set()


@pytest.mark.parametrize("name", [n for n in LIBRARY_MODULES if n.split(".")[0] in PLACES])
def test_only_the_service_opens_engines(name: str) -> None:
    opened = "engines" in own(LIBRARY_MODULES[name])
    assert opened is (name in names(OPENERS))
    assert "engines" not in own(LIBRARY_MODULES[name], at_import=True)


@pytest.mark.parametrize("name", [n for n in LIBRARY_MODULES if n.split(".")[0] in PLACES])
def test_no_vendor_is_imported_outside_the_engines(name: str) -> None:
    roots = {imported.split(".")[0] for imported in imports(LIBRARY_MODULES[name])}
    assert roots & VENDORS == set()


@pytest.mark.parametrize("name", [n for n in LIBRARY_MODULES if not n.startswith("functions")])
def test_powertools_lives_in_the_functions_alone(name: str) -> None:
    roots = {imported.split(".")[0] for imported in imports(LIBRARY_MODULES[name])}
    assert "aws_lambda_powertools" not in roots


@pytest.mark.parametrize("name", sorted(names(VALUES) | names(RULES)))
def test_values_and_rules_do_no_io(name: str) -> None:
    loud = {"socket", "http", "urllib.request", "httpx", "sqlite3", "subprocess", "logging",
            "threading" if name not in ("clock", "ids", "values") else "-"}  # fmt: skip
    for module, path in LIBRARY_MODULES.items():
        if module == name or module.startswith(f"{name}."):
            assert set(imports(path)) & loud == set(), module


def test_no_module_imports_itself_in_a_circle() -> None:
    """Also within a layer: what is imported at import time stands first."""
    graph = {
        name: {
            found
            for found in imports(path, at_import=True)
            if found.startswith("lamella.") and found.removeprefix("lamella.") in LIBRARY_MODULES
        }
        for name, path in LIBRARY_MODULES.items()
    }
    done: set[str] = set()

    def visit(name: str, trail: tuple[str, ...]) -> None:
        assert name not in trail, " -> ".join((*trail, name))
        if name in done:
            return
        for other in graph[name]:
            inner = other.removeprefix("lamella.")
            if not name.startswith(f"{inner}.") and not inner.startswith(f"{name}."):
                visit(inner, (*trail, name))
        done.add(name)

    for name in graph:
        visit(name, ())


@pytest.mark.parametrize(
    "path", sorted((ROOT / "functions").rglob("*.py")), ids=lambda path: path.parent.name
)
def test_functions_stand_on_the_service_and_hold_no_rules_of_their_own(path: Path) -> None:
    assert own(path) & (names(RULES) | names(STATE) | names(USE_CASES)) <= {"ports"}
