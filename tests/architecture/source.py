"""The source, as trees."""

import ast
from collections.abc import Iterator
from functools import cache
from pathlib import Path

SRC = Path(__file__).parents[2] / "src" / "conectar"


@cache
def parsed(file: Path) -> ast.Module:
    """One file."""
    return ast.parse(file.read_text(), str(file))


def files(under: Path = SRC) -> list[Path]:
    """Every file of a folder."""
    return sorted(under.rglob("*.py"))


def functions(tree: ast.AST) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef]:
    """Every function of a tree."""
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield node


def named(file: Path) -> str:
    """Its path inside the package."""
    return str(file.relative_to(SRC))
