"""The two inner rooms need Python and nothing else, and the domain looks at nothing outside."""

from __future__ import annotations

import ast
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

SRC = Path(__file__).parents[2] / "src"
DOMAIN, APPLICATION = SRC / "conectar" / "domain", SRC / "conectar" / "application"
DOMAIN_FILES = sorted(DOMAIN.rglob("*.py"))
APPLICATION_FILES = sorted(APPLICATION.rglob("*.py"))
OUTSIDE_WORLD = {
    "asyncio",
    "concurrent",
    "ctypes",
    "http",
    "io",
    "locale",
    "logging",
    "multiprocessing",
    "os",
    "pathlib",
    "random",
    "secrets",
    "select",
    "shutil",
    "signal",
    "socket",
    "sqlite3",
    "ssl",
    "subprocess",
    "sys",
    "tempfile",
    "threading",
    "time",
    "urllib",
}
ASKS_THE_CLOCK = {"now", "utcnow", "today", "time", "time_ns", "monotonic", "perf_counter"}
MAKES_IDS = {"uuid1", "uuid3", "uuid4", "uuid5", "uuid6", "uuid7", "uuid8", "getnode"}
TOUCHES_THE_WORLD = {
    "open",
    "print",
    "input",
    "exec",
    "eval",
    "compile",
    "__import__",
    "breakpoint",
}
ASYNC = (ast.AsyncFunctionDef, ast.Await, ast.AsyncFor, ast.AsyncWith)


def name_of(path: Path) -> str:
    return str(path.relative_to(SRC))


def nodes(path: Path) -> Iterator[ast.AST]:
    return ast.walk(ast.parse(path.read_text("utf-8")))


def imports(path: Path) -> Iterator[str]:
    for node in nodes(path):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}: relative import"
            yield node.module or ""


def within(module: str, *rooms: str) -> bool:
    return any(module == room or module.startswith(room + ".") for room in rooms)


def test_there_is_something_to_look_at() -> None:
    assert len(DOMAIN_FILES) > 20
    assert len(APPLICATION_FILES) > 40


@pytest.mark.parametrize("path", DOMAIN_FILES, ids=name_of)
def test_the_domain_imports_the_standard_library_and_itself(path: Path) -> None:
    for module in imports(path):
        top = module.partition(".")[0]
        allowed = within(module, "conectar.domain") or top in sys.stdlib_module_names
        assert allowed, module
        assert top not in OUTSIDE_WORLD, module


@pytest.mark.parametrize("path", APPLICATION_FILES, ids=name_of)
def test_the_application_imports_the_domain_too(path: Path) -> None:
    for module in imports(path):
        ours = within(module, "conectar.domain", "conectar.application")
        assert ours or module.partition(".")[0] in sys.stdlib_module_names, module


@pytest.mark.parametrize("path", DOMAIN_FILES, ids=name_of)
def test_the_domain_has_no_clock_no_ids_no_io_and_waits_for_nothing(path: Path) -> None:
    for node in nodes(path):
        where = f"{name_of(path)}:{getattr(node, 'lineno', 0)}"
        assert not isinstance(node, ASYNC), f"{where}: asynchronous"
        if isinstance(node, ast.Call):
            called = node.func.attr if isinstance(node.func, ast.Attribute) else None
            plain = node.func.id if isinstance(node.func, ast.Name) else None
            assert called not in ASKS_THE_CLOCK, f"{where}: asks the clock"
            assert not {called, plain} & MAKES_IDS, f"{where}: makes an id"
            assert plain not in TOUCHES_THE_WORLD, f"{where}: touches the world"


MONEY_FILES = [
    path
    for path in DOMAIN_FILES
    if path.parent.name in ("payments", "jobs", "offers", "levels") or path.name == "money.py"
]


@pytest.mark.parametrize("path", MONEY_FILES, ids=name_of)
def test_money_never_meets_a_float(path: Path) -> None:
    for node in nodes(path):
        where = f"{name_of(path)}:{getattr(node, 'lineno', 0)}"
        literal = isinstance(node, ast.Constant) and isinstance(node.value, float)
        named = isinstance(node, ast.Name) and node.id == "float"
        divided = isinstance(node, ast.BinOp) and isinstance(node.op, ast.Div)
        assert not (literal or named or divided), where


@pytest.mark.parametrize("path", DOMAIN_FILES, ids=name_of)
def test_every_value_of_the_domain_is_frozen(path: Path) -> None:
    for node in nodes(path):
        if isinstance(node, ast.ClassDef):
            for decorator in node.decorator_list:
                text = ast.unparse(decorator)
                if text.startswith("dataclass"):
                    assert "frozen=True" in text, f"{name_of(path)}: {node.name}"
                    assert "slots=True" in text, f"{name_of(path)}: {node.name}"


ALONE = """
import importlib, pkgutil, sys
sys.path.insert(0, sys.argv[1])
import conectar
for room in ("conectar.domain", "conectar.application"):
    package = importlib.import_module(room)
    for module in pkgutil.walk_packages(package.__path__, room + "."):
        importlib.import_module(module.name)
ours = {name for name in sys.modules if name.partition(".")[0] == "conectar"}
rooms = {name.split(".")[1] for name in ours if "." in name}
tops = {n.partition(".")[0] for n in sys.modules if not n.startswith("_sysconfigdata")}
print(len(ours), sorted(rooms), sorted(tops - sys.stdlib_module_names - {"conectar", "__main__"}))
"""


def test_both_rooms_are_imported_with_nothing_installed() -> None:
    done = subprocess.run(
        [sys.executable, "-I", "-S", "-c", ALONE, str(SRC)],
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    assert done.returncode == 0, done.stderr
    count, _, rest = done.stdout.strip().partition(" ")
    assert rest == "['application', 'domain'] []"
    assert int(count) > len(DOMAIN_FILES) + len(APPLICATION_FILES)
