"""Whether what we depend on answers."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass

Probe = Callable[[], Awaitable[bool]]


@dataclass(frozen=True, slots=True)
class Between:
    """How to ask for what stands between programs; nothing where there is only one."""

    checks: Mapping[str, Probe]


@dataclass(frozen=True, slots=True)
class Probes:
    """By name: how to ask, or None for what this installation does not use. `needed` are those
    without which nothing works."""

    checks: Mapping[str, Probe | None]
    needed: frozenset[str]
