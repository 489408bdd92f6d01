"""Somebody shows files in a dispute."""

from dataclasses import dataclass
from typing import NamedTuple

from conectar.application.disputes.finding import find
from conectar.application.disputes.shown import DisputeShower
from conectar.application.door import Door, as_it_is
from conectar.application.files import drop_unless_kept
from conectar.application.message import Command, Saga
from conectar.application.ports.outside import Storage
from conectar.application.ports.system import Clock, Ids
from conectar.application.ports.unit_of_work import UnitOfWork
from conectar.application.views.work import DisputeView
from conectar.domain.jobs.dispute import EVIDENCE_MAX, Evidence
from conectar.domain.kernel.actor import Actor, person
from conectar.domain.kernel.errors import OutOfRange
from conectar.domain.kernel.ids import DisputeId, EvidenceId
from conectar.domain.people.files import evidence_type

AT_ONCE = range(1, 11)


class Upload(NamedTuple):
    """A file as it was sent."""

    name: str
    content: bytes


class Kept(NamedTuple):
    """A file that is in the storage."""

    name: str
    key: str
    media_type: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ShowEvidence(Saga[DisputeView]):
    """Adds one to ten images or PDF files to an open dispute, all or none. They are stored first,
    under names nobody can guess, and are taken away again if the dispute takes none."""

    dispute_id: DisputeId
    files: tuple[Upload, ...]
    actor: Actor


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordEvidence(Command[DisputeView]):
    """The step that makes them count."""

    dispute_id: DisputeId
    files: tuple[Kept, ...]
    actor: Actor


class ShowEvidenceHandler:
    """Checks and stores the files."""

    def __init__(self, storage: Storage, ids: Ids) -> None:
        self._storage = storage
        self._ids = ids

    async def __call__(self, saga: ShowEvidence, door: Door) -> DisputeView:
        """Raises NotEvidence, FileTooLarge, OutOfRange, NotFound, InvalidTransition,
        Unavailable."""
        if len(saga.files) not in AT_ONCE:
            raise OutOfRange(field="files", minimum=1, maximum=10)
        kept = tuple(
            Kept(file.name[:200], f"disputes/{saga.dispute_id}/{self._ids.secret()}", kind)
            for file, kind in [(file, evidence_type(file.content)) for file in saga.files]
        )
        for file, sent in zip(kept, saga.files, strict=True):
            await self._storage.put(file.key, sent.content)
        step = RecordEvidence(dispute_id=saga.dispute_id, files=kept, actor=saga.actor)
        async with drop_unless_kept(self._storage, [file.key for file in kept]):
            return await door.conclude(step, as_it_is)


class RecordEvidenceHandler:
    """Records."""

    def __init__(self, clock: Clock, ids: Ids, shower: DisputeShower) -> None:
        self._clock = clock
        self._ids = ids
        self._shower = shower

    async def __call__(self, command: RecordEvidence, uow: UnitOfWork) -> DisputeView:
        """Raises NotFound, InvalidTransition, OutOfRange."""
        dispute, _ = await find(command.dispute_id, command.actor, uow)
        dispute.expect_open()
        if await uow.evidence.count_of(dispute.id) + len(command.files) > EVIDENCE_MAX:
            raise OutOfRange(field="files", minimum=1, maximum=EVIDENCE_MAX)
        for file in command.files:
            await uow.evidence.add(
                Evidence(
                    id=EvidenceId(self._ids.new()),
                    dispute_id=dispute.id,
                    uploaded_by=person(command.actor),
                    name=file.name,
                    key=file.key,
                    media_type=file.media_type,
                    created_at=self._clock.now(),
                )
            )
        return await self._shower.show(dispute.id, command.actor, uow.read)
