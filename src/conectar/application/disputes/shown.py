"""A dispute as somebody sees it."""

from datetime import datetime

from conectar.application.access import existing
from conectar.application.ports.outside import Links
from conectar.application.ports.readers import Readers
from conectar.application.ports.rows import DisputeRow
from conectar.application.ports.security import Tokens
from conectar.application.ports.system import Clock
from conectar.application.settings import Policy
from conectar.application.views.work import DisputeAction, DisputeView, EvidenceView
from conectar.domain.jobs.asking import allowed
from conectar.domain.jobs.dispute import Evidence
from conectar.domain.jobs.lifecycle import Guard, Trigger
from conectar.domain.kernel.actor import Actor, Role
from conectar.domain.kernel.ids import DisputeId

MOVES = {
    Trigger.WITHDRAW_DISPUTE: DisputeAction.WITHDRAW,
    Trigger.TAKE_DISPUTE: DisputeAction.TAKE,
    Trigger.RESOLVE_REFUND: DisputeAction.RESOLVE,
}


class DisputeShower:
    """Makes views of disputes, with signed links to their files."""

    def __init__(self, clock: Clock, tokens: Tokens, links: Links, policy: Policy) -> None:
        self._clock = clock
        self._tokens = tokens
        self._links = links
        self._policy = policy

    async def show(self, id: DisputeId, actor: Actor, read: Readers) -> DisputeView:
        """Raises NotFound for a stranger."""
        return self.view(existing(await read.dispute(id)), actor)

    def view(self, row: DisputeRow, actor: Actor) -> DisputeView:
        """Raises NotFound for a stranger."""
        dispute, job, now = row.dispute, row.job, self._clock.now()
        roles = job.roles_of(actor)
        standing = job.quarrelling and job.dispute_id == dispute.id
        return DisputeView(
            id=dispute.id,
            job_id=dispute.job_id,
            opened_by=dispute.opened_by,
            cause=dispute.cause,
            description=dispute.description,
            status=dispute.status,
            ruling=dispute.ruling,
            client_percent=dispute.client_percent,
            explanation=dispute.explanation,
            refunded_amount=dispute.refunded,
            released_amount=dispute.released,
            expires_at=job.deadline_at if standing else None,
            created_at=dispute.created_at,
            resolved_at=dispute.resolved_at,
            evidence_files=tuple(self.file(file, now) for file in row.evidence),
            actions=self._actions(row, roles, now) if standing else (),
        )

    def file(self, file: Evidence, now: datetime) -> EvidenceView:
        """A file behind its link."""
        token = self._tokens.file(file.key, now, now + self._policy.file_link_lives)
        return EvidenceView(
            id=file.id,
            url=self._links.file(token),
            name=file.name,
            uploaded_by=file.uploaded_by,
            created_at=file.created_at,
        )

    def _actions(
        self, row: DisputeRow, roles: frozenset[Role], now: datetime
    ) -> tuple[DisputeAction, ...]:
        banned = row.banned and row.job.opened_by is Role.ADMIN
        broken = frozenset({Guard.PARTY_UNBANNED} if banned else ())
        moves = allowed(row.job, roles, now, broken)
        may = (action for trigger, action in MOVES.items() if trigger in moves)
        return (DisputeAction.SAY, DisputeAction.SHOW, *may)
