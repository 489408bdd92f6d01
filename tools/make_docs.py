"""Writes the pages that are made from the code: routes, errors, lifecycle, glossary, guards.

A test compares them with what this would write, so they are never old.
"""

import asyncio
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from conectar.adapters.inbound.http.errors import STATUS, WIRE_REFUSALS
from conectar.adapters.vocabulary.codes import CODES, code
from conectar.adapters.vocabulary.events import EVENTS
from conectar.adapters.vocabulary.fields import FIELDS
from conectar.adapters.vocabulary.messages import REFUSALS, WIRE
from conectar.adapters.vocabulary.tables import TABLES
from conectar.application.core import Core
from conectar.application.registry import HANDLERS
from conectar.bootstrap.http import openapi
from conectar.bootstrap.settings import Settings
from conectar.domain.jobs.lifecycle import LIFECYCLE, PERSONS_LISTS, RULES, State, is_final
from conectar.domain.kernel.errors import DomainError
from conectar.domain.kernel.machine import Freeze, Recall
from tools.guard_list import GUARDS

DOCS = Path(__file__).parent.parent / "docs"
MADE = "\n<!-- Made by `just docs`; change the code, not this page. -->\n"
assert Core and HANDLERS  # every refusal is known once these are imported


def routes() -> str:
    """Every route, as the OpenAPI document has it."""
    with TemporaryDirectory() as folder:
        told = asyncio.run(openapi(replace(Settings(), data_dir=Path(folder))))
    rows = [
        _row(f"`{method.upper()} {path}`", _who(told_), told_["summary"], _codes(told_))
        for path, methods in told["paths"].items()
        for method, told_ in methods.items()
    ]
    head = ["# Routes", MADE, "| route | who | what | answers |", "| --- | --- | --- | --- |"]
    return "\n".join([*head, *rows]) + "\n"


def _who(operation: dict[str, Any]) -> str:
    return "signed in" if "security" in operation else "anybody"


def _codes(operation: dict[str, Any]) -> str:
    return " ".join(operation["responses"])


def errors() -> str:
    """Every refusal with its status, code and sentences."""
    head = [
        "# Refusals",
        MADE,
        "`error` is the stable word to hold on to; `detail` is for people and may change.",
        "",
        "| status | error | rule | in Spanish | in English |",
        "| --- | --- | --- | --- | --- |",
    ]
    found = []
    for refusal in _descendants(DomainError):
        wire = WIRE_REFUSALS.get(refusal)
        sentence = WIRE[wire] if wire else REFUSALS[refusal.__name__]
        rule = " ".join((refusal.__doc__ or "").split())
        found.append((STATUS[refusal.kind], sentence.code, rule, sentence.es, sentence.en))
    rows = [_row(str(s), f"`{c}`", rule, es, en) for s, c, rule, es, en in sorted(found)]
    return "\n".join([*head, *rows]) + "\n"


def _descendants(error: type[DomainError]) -> list[type[DomainError]]:
    return [d for child in error.__subclasses__() for d in (child, *_descendants(child))]


def lifecycle() -> str:
    """The joint table, and its diagram of a job's main states."""
    states = sorted(LIFECYCLE.states, key=str)
    return "\n".join(
        [
            "# The life of a job",
            MADE,
            "A state is joint: (job, its money, its dispute). The table is written once, in",
            "`domain/jobs/lifecycle.py`; this page, the tests, what a caller may do and the",
            "timeline are read off it.",
            "",
            "```mermaid",
            "stateDiagram-v2",
            "  [*] --> " + _name(LIFECYCLE.start),
            *sorted(_arrows()),
            "```",
            "",
            "## The rules",
            "",
            "| trigger | who | before | after | frozen money | guards |",
            "| --- | --- | --- | --- | --- | --- |",
            *map(_rule, RULES),
            "",
            "## The states",
            "",
            "| job | money | dispute | what may happen | who ends it |",
            "| --- | --- | --- | --- | --- |",
            *map(_state, states),
            "",
        ]
    )


def _arrows() -> set[str]:
    return {
        f"  {_name(s.before)} --> {_name(s.after)}: {s.rule.trigger.value}"
        for s in LIFECYCLE.steps
        if _name(s.before) != _name(s.after)
    }


def _name(state: State) -> str:
    return f"{code(state.status)}_{code(state.escrow)}"


def _rule(rule: Any) -> str:
    freeze = "" if rule.freeze is Freeze.REFUSED else rule.freeze.value
    return _row(
        rule.trigger.value,
        ", ".join(sorted(role.value for role in rule.by)),
        _cells(rule.before, "any"),
        _cells(rule.after, "same"),
        freeze,
        ", ".join(sorted(guard.value for guard in rule.guards)),
    )


def _cells(cells: tuple[Any, ...], nothing: str) -> str:
    return " · ".join(_cell(cell, nothing) for cell in cells)


def _cell(cell: Any, nothing: str) -> str:
    if cell is None:
        return nothing
    if isinstance(cell, Recall):
        return "as it was"
    values = cell if isinstance(cell, frozenset) else {cell}
    return "/".join(sorted(value.value for value in values))


def _state(state: State) -> str:
    triggers = ", ".join(sorted(t.value for t in LIFECYCLE.triggers(state)))
    if is_final(state):
        ends = "final"
    elif state.escrow in PERSONS_LISTS:
        ends = f"the list of {PERSONS_LISTS[state.escrow]}"  # type: ignore[index]
    else:
        ends = "its deadline"
    return _row(code(state.status), code(state.escrow), code(state.dispute), triggers, ends)


def _row(*cells: str) -> str:
    return "| " + " | ".join(cells) + " |"


def guards() -> str:
    """Every guard and the tests that fail without it."""
    head = [
        "# Guards",
        MADE,
        "What must not be lost. `just guards` breaks each of these in a copy of the project and",
        "sees the tests beside it fail; it is run before a piece of work is called finished.",
        "",
        "| guard | where | tests that fail without it |",
        "| --- | --- | --- |",
    ]
    rows = [
        _row(g.name, f"`{g.file}`", " ".join(f"`{t}`" for t in g.tests.split())) for g in GUARDS
    ]
    return "\n".join([*head, *rows]) + "\n"


def glossary() -> str:
    """The words of the wire and of the tables, and what they mean inside."""
    return "\n".join(
        [
            "# Glossary",
            MADE,
            "English inside, Spanish on the wire, in the tables and in what people read. The two",
            "meet in `adapters/vocabulary` alone.",
            "",
            "## Codes",
            "",
            "| what | in the code | on the wire |",
            "| --- | --- | --- |",
            *(_row(*row) for row in _coded()),
            "",
            "## Events",
            "",
            "| event | in the code | what happened |",
            "| --- | --- | --- |",
            *sorted(_row(f"`{name}`", e.__name__, _doc(e)) for e, name in EVENTS.items()),
            "",
            "## Tables",
            "",
            "| in the code | table |",
            "| --- | --- |",
            *(_row(english, f"`{spanish}`") for english, spanish in sorted(TABLES.items())),
            "",
            "## Fields",
            "",
            "| in the code | on the wire and in the tables |",
            "| --- | --- |",
            *(_row(english, f"`{word}`") for english, word in _fields()),
            "",
        ]
    )


def _coded() -> Iterator[tuple[str, str, str]]:
    for enum, words in sorted(CODES.items(), key=lambda pair: pair[0].__name__):
        for value, word in words.items():
            yield f"{enum.__name__}: {_doc(enum)}", value.name.lower(), f"`{word}`"


def _fields() -> list[tuple[str, str]]:
    return sorted((english, word) for english, word in FIELDS.items() if english != word)


def _doc(of: type) -> str:
    return " ".join((of.__doc__ or "").split())


PAGES = {
    "guards.md": guards,
    "routes.md": routes,
    "errors.md": errors,
    "lifecycle.md": lifecycle,
    "glossary.md": glossary,
}


def main() -> None:
    """Writes them."""
    for name, made in PAGES.items():
        (DOCS / name).write_text(made())


if __name__ == "__main__":
    main()
