"""A professional shows who he is."""

from dataclasses import dataclass
from datetime import timedelta

from conectar.application.access import existing, only
from conectar.application.door import Door, as_it_is
from conectar.application.files import drop_unless_kept
from conectar.application.message import Command, Saga
from conectar.application.ports.outside import Storage
from conectar.application.ports.system import Clock, Ids
from conectar.application.ports.unit_of_work import UnitOfWork
from conectar.application.queries.professionals import kyc_status
from conectar.application.views.people import KycStatusView
from conectar.domain.kernel.actor import Actor, Role, person
from conectar.domain.people.files import image_type
from conectar.domain.people.kyc import (
    Document,
    DocumentKind,
    DocumentsMissing,
    KycSubmission,
    KycSubmitted,
    KycTrigger,
    cuit,
    dni,
    matching,
)

TICK = timedelta(microseconds=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class SubmitKyc(Saga[KycStatusView]):
    """Sends both sides of the DNI, a portrait, and the numbers, for an administrator to look at.

    Files are stored first, under names nobody can guess, and are taken away again if the
    submission is refused.
    """

    dni: str
    cuit: str
    files: dict[DocumentKind, bytes]
    actor: Actor


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordKyc(Command[KycStatusView]):
    """The step that makes it count."""

    dni: str
    cuit: str
    documents: tuple[Document, ...]
    actor: Actor


class SubmitKycHandler:
    """Checks and stores the files."""

    def __init__(self, storage: Storage, ids: Ids) -> None:
        self._storage = storage
        self._ids = ids

    async def __call__(self, saga: SubmitKyc, door: Door) -> KycStatusView:
        """Raises WrongRole, DocumentsMissing, MalformedDni, MalformedCuit, CuitOfAnother,
        NotAnImage, FileTooLarge, InvalidKycStep, Unavailable."""
        only(saga.actor, Role.PROFESSIONAL)
        if set(saga.files) != set(DocumentKind):
            raise DocumentsMissing()
        dni_digits, cuit_digits = dni(saga.dni), cuit(saga.cuit)
        matching(dni_digits, cuit_digits)
        types = {kind: image_type(content) for kind, content in saga.files.items()}
        documents = tuple(
            Document(kind, f"kyc/{person(saga.actor)}/{self._ids.secret()}", media_type)
            for kind, media_type in types.items()
        )
        for document in documents:
            await self._storage.put(document.key, saga.files[document.kind])
        step = RecordKyc(dni=dni_digits, cuit=cuit_digits, documents=documents, actor=saga.actor)
        async with drop_unless_kept(self._storage, [document.key for document in documents]):
            return await door.conclude(step, as_it_is)


class RecordKycHandler:
    """Moves the proof on."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock

    async def __call__(self, command: RecordKyc, uow: UnitOfWork) -> KycStatusView:
        """Raises InvalidKycStep."""
        now = self._clock.now()
        id = person(command.actor)
        professional = existing(await uow.professionals.find(id))
        professional = professional.kyc_step(KycTrigger.SUBMIT, command.actor.role, None)
        await uow.professionals.save(professional)
        if (newest := await uow.kyc_submissions.newest_of(id)) and now <= newest.submitted_at:
            now = (
                newest.submitted_at + TICK
            )  # the clock may stand still; what he showed last counts
        await uow.kyc_submissions.add(
            KycSubmission(
                professional_id=id,
                dni=command.dni,
                cuit=command.cuit,
                submitted_at=now,
                documents=command.documents,
            )
        )
        await uow.outbox.record(KycSubmitted(at=now, professional_id=id))
        return kyc_status(professional)
