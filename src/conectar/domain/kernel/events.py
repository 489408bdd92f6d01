"""What happened. Events are facts in the past tense, stored with the change that caused them."""

from abc import ABC, abstractmethod
from dataclasses import dataclass
from datetime import datetime
from enum import Enum
from uuid import UUID

from conectar.domain.kernel.actor import Actor


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """Something that happened, at a moment (UTC)."""

    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Moved(Event, ABC):
    """One step of a thing with a timeline: each step leaves one such event and one row.

    `version` numbers the steps of `subject_id` from 1, without gaps.
    """

    version: int
    actor: Actor
    reason: str | None = None

    @property
    @abstractmethod
    def subject_id(self) -> UUID:
        """Whose timeline it belongs to."""

    @property
    @abstractmethod
    def states(self) -> tuple[Enum | None, Enum, Enum | None]:
        """(status before, status after, where the money is after)."""
