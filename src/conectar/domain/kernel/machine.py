"""From a table of rules to a machine that can be listed, drawn and tested to the last row.

A rule says: *this trigger, by these roles, from these states, leads there*. `before` and `after`
are tuples with one cell an axis of the joint state; `None` means "whatever it is" before and "leave
it" after. A cell may also be a set of values, and an `after` cell may be a `Recall`: the value that
was noted when the state was entered, so that a withdrawn dispute puts the job back where it was.

`unfold` walks every state that can be reached from the start and refuses a table in which one role
could fire two rules with one trigger from one state.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from enum import Enum
from itertools import product
from typing import Generic, NamedTuple, TypeVar

from conectar.domain.kernel.actor import Role


@dataclass(frozen=True, slots=True)
class Recall:
    """An `after` cell whose value the aggregate remembers: one of `among`."""

    among: frozenset[Enum]


Cell = Enum | frozenset[Enum] | None
Target = Enum | Recall | None


class Freeze(Enum):
    """What a rule says about money frozen by the gateway."""

    REFUSED = "refused"
    ALLOWED = "allowed"
    REQUIRED = "required"
    BEGINS = "begins"
    """Allowed either way, and frozen afterwards."""
    ENDS = "ends"
    LIFTS = "lifts"
    """Allowed either way, and not frozen afterwards."""


T = TypeVar("T", bound=Enum)
S = TypeVar("S", bound=tuple[Enum, ...])


class Rule(NamedTuple, Generic[T]):
    """One row of the table."""

    trigger: T
    by: frozenset[Role]
    before: tuple[Cell, ...]
    after: tuple[Target, ...]
    freeze: Freeze = Freeze.REFUSED
    guards: frozenset[Enum] = frozenset()


class Step(NamedTuple, Generic[S, T]):
    """One arrow of the unfolded table: a rule that may fire from `before` and leads to `after`."""

    rule: Rule[T]
    before: S
    frozen: bool
    after: S
    frozen_after: bool


class AmbiguousTable(Exception):
    """Two rules could fire for one role, trigger and state."""


class Machine(Generic[S, T]):
    """The unfolded table. Immutable; built once at import."""

    def __init__(self, start: S, rules: Iterable[Rule[T]], state: Callable[..., S]) -> None:
        self.start = start
        self.rules = tuple(rules)
        self._state = state
        self.steps = tuple(self._unfold())
        self._from: dict[S, list[Step[S, T]]] = {}
        for step in self.steps:
            self._from.setdefault(step.before, []).append(step)
        self._refuse_ambiguity()

    @property
    def states(self) -> frozenset[S]:
        """Every joint state that can be reached."""
        return frozenset({self.start} | {step.after for step in self.steps})

    def leaving(self, state: S) -> Sequence[Step[S, T]]:
        """The arrows from a state, frozen or not; empty when the table has none."""
        return self._from.get(state, ())

    def options(self, state: S, trigger: T) -> list[Step[S, T]]:
        """Those of one trigger."""
        return [step for step in self.leaving(state) if step.rule.trigger is trigger]

    def triggers(self, state: S) -> set[T]:
        """What may happen in a state, whoever does it."""
        return {step.rule.trigger for step in self.leaving(state)}

    def _unfold(self) -> Iterator[Step[S, T]]:
        seen: set[tuple[S, bool]] = set()
        todo: list[tuple[S, bool]] = [(self.start, False)]
        while todo:
            node = todo.pop()
            if node in seen:
                continue
            seen.add(node)
            for rule in self.rules:
                for step in self._arrows(rule, *node):
                    yield step
                    todo.append((step.after, step.frozen_after))

    def _arrows(self, rule: Rule[T], state: S, frozen: bool) -> Iterator[Step[S, T]]:
        if not _allows(rule.freeze, frozen) or not all(map(_matches, rule.before, state)):
            return
        frozen_after = _frozen_after(rule.freeze, frozen)
        targets = (_targets(cell, value) for cell, value in zip(rule.after, state, strict=True))
        for after in product(*targets):
            yield Step(rule, state, frozen, self._state(*after), frozen_after)

    def _refuse_ambiguity(self) -> None:
        for state, trigger in {(step.before, step.rule.trigger) for step in self.steps}:
            for frozen, role in product((False, True), Role):
                steps = self.options(state, trigger)
                rules = {s.rule for s in steps if s.frozen == frozen and role in s.rule.by}
                if len(rules) > 1:
                    raise AmbiguousTable(f"{trigger} by {role} from {state}")


def _matches(cell: Cell, value: Enum) -> bool:
    if cell is None:
        return True
    return value in cell if isinstance(cell, frozenset) else value is cell


def _targets(cell: Target, value: Enum) -> tuple[Enum, ...]:
    if cell is None:
        return (value,)
    return tuple(cell.among) if isinstance(cell, Recall) else (cell,)


def _allows(freeze: Freeze, frozen: bool) -> bool:
    if freeze in (Freeze.ALLOWED, Freeze.BEGINS, Freeze.LIFTS):
        return True
    return frozen == (freeze in (Freeze.REQUIRED, Freeze.ENDS))


def _frozen_after(freeze: Freeze, frozen: bool) -> bool:
    return {Freeze.BEGINS: True, Freeze.ENDS: False, Freeze.LIFTS: False}.get(freeze, frozen)
