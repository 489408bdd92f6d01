"""Taste that a machine can keep: sizes, symmetry, one handler a message, words in their room."""

import ast
import importlib
import pkgutil
import re
from pathlib import Path

import pytest

import conectar.application
from conectar.adapters.vocabulary import codes, fields, paths, tables
from conectar.application.message import Command, Message, Query, Saga, answer_type
from conectar.application.reactions.registry import REACTIONS
from conectar.application.registry import HANDLERS
from tests.architecture.source import SRC, files, functions, named, parsed

FUNCTION_LINES_MAX = 60
FILE_LINES_MAX = 400


@pytest.mark.parametrize("file", files(), ids=named)
def test_files_and_functions_stay_small(file: Path) -> None:
    assert len(file.read_text().splitlines()) <= FILE_LINES_MAX
    long = [
        f.name
        for f in functions(parsed(file))
        if (f.end_lineno or 0) - f.lineno >= FUNCTION_LINES_MAX
    ]
    assert long == []


def messages() -> list[type[Message[object]]]:
    """Every message class of the application."""
    found: set[type[Message[object]]] = set()
    for info in pkgutil.walk_packages(conectar.application.__path__, "conectar.application."):
        for value in vars(importlib.import_module(info.name)).values():
            kinds = (Command, Query, Saga)
            if isinstance(value, type) and issubclass(value, kinds) and value not in kinds:
                found.add(value)
    return sorted(found, key=lambda m: m.__name__)


def test_every_message_has_one_handler_and_every_handler_a_message() -> None:
    assert set(messages()) == set(HANDLERS)
    assert len(set(HANDLERS.values())) == len(HANDLERS)


@pytest.mark.parametrize("message", messages(), ids=lambda m: m.__name__)
def test_a_message_lives_with_its_handler_and_says_its_rule(message: type[Message[object]]) -> None:
    handler = HANDLERS[message]
    assert handler.__module__ == message.__module__
    assert handler.__name__ == f"{message.__name__}Handler"
    assert message.__doc__ and handler.__doc__ and handler.__call__.__doc__
    answer_type(message)


def test_reactions_have_names_of_their_own() -> None:
    assert len({reaction.name for reaction in REACTIONS}) == len(REACTIONS)


def test_memory_and_sql_have_the_same_rooms() -> None:
    storage = {"ledger.py", "outbox.py", "readers.py", "repositories.py", "store.py"}
    for technology in ("memory", "sql"):
        folder = SRC / "adapters" / "outbound" / technology
        assert storage <= {file.name for file in files(folder)}


SPEAKS_SPANISH = (
    "adapters/vocabulary/",
    "sandbox/",  # a program of its own, on the same wire
    "adapters/inbound/cli/story.py",  # a client of the wire, who tells people a story
    "adapters/outbound/mailbox/mailer.py",  # the sandbox's wire
)
"""Rooms where Spanish may live, and why."""
BOTH = frozenset(
    """accept admin alias api archive auth bank base cents client commission context
    documents error escrow fee gateway id init intents items kyc ledger limit mercadopago message
    path payable payment payments payout pending point preference professional public rating reject
    refund registered released search selfie session sessions skip sub suspense tax timeline title
    token total transactions url user users version webhook withheld loss chargeback refused
    refunded approved rejected cancelled charged back process mediation in authorized unknown
    available receivable unreleased email dni cuit at by me str job offer trade front status active
    is correlation created updated key idempotency manual no username password expires type access
    refresh used last new current avatar latitude longitude account deliveries outbox me
    instant completed from actor conectar hash revision sandbox sin success dispute disputes code
    decision review proposal payouts files notice preferences service data pro push chargebacks
    resolved notification suspension stream""".split()
)
"""Words that are English, too, or names of others."""


def spanish_words() -> set[str]:
    """The vocabulary's Spanish side, in single words."""
    told = [*fields.FIELDS.values(), *tables.TABLES.values(), *tables.SEARCHED.values()]
    told += [word for words in codes.CODES.values() for word in words.values()]
    told += [value for name, value in vars(paths).items() if name.isupper()]
    parts = (part for one in told for part in re.findall(r"[a-zà-ÿ]+", one.lower()))
    return {part for part in parts if len(part) > 2} - BOTH


def words_of(tree: ast.Module) -> set[str]:
    """Every word of a file's names and texts, but not of its docstrings."""
    told: list[str] = []
    for node in ast.walk(tree):
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant):
            node.value.value = ""  # a docstring
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            told.append(node.value)
        names = ("id", "attr", "arg", "name")
        told += [getattr(node, name) for name in names if named_(node, name)]
    return {part for one in told for part in re.findall(r"[a-zà-ÿ]+", one.lower())}


def named_(node: ast.AST, name: str) -> bool:
    return isinstance(getattr(node, name, None), str)


@pytest.mark.parametrize("file", files(), ids=named)
def test_spanish_lives_in_the_vocabulary(file: Path) -> None:
    if named(file).startswith(SPEAKS_SPANISH):
        return
    tree = ast.parse(file.read_text())
    assert words_of(tree) & spanish_words() == set()
