"""Everything the house knows of a person (Ley 25.326 art. 14: the right of access)."""

from dataclasses import dataclass, replace

from conectar.application.access import existing
from conectar.application.disputes.shown import DisputeShower
from conectar.application.message import Page, Query
from conectar.application.ports.readers import MovementFilter, NoticeFilter, PartyFilter, Readers
from conectar.application.ports.rows import Known
from conectar.application.ports.system import Clock
from conectar.application.queries.admin import regret_view
from conectar.application.queries.disputes import message_view
from conectar.application.queries.jobs import job_view
from conectar.application.queries.money import SEEN_BY, movement_view
from conectar.application.queries.notices import notice_view, preferences_view
from conectar.application.queries.offers import offer_view
from conectar.application.queries.payouts import payout_view
from conectar.application.queries.people import session_view, user_view
from conectar.application.queries.professionals import professional_view
from conectar.application.queries.reviews import review_view
from conectar.application.queries.services import service_view
from conectar.application.settings import Policy
from conectar.application.views.house import ExportView, IdentityView, ShownFileView
from conectar.application.views.people import ProfessionalView
from conectar.domain.jobs.dispute import Evidence
from conectar.domain.kernel.actor import Actor, person
from conectar.domain.kernel.ids import SessionId
from conectar.domain.notices.notice import Preferences
from conectar.domain.people.kyc import KycSubmission
from conectar.domain.people.regret import Regret
from conectar.domain.people.user import User

ALL = Page(0, 100_000)


@dataclass(frozen=True, slots=True, kw_only=True)
class ExportMe(Query[ExportView]):
    """Everything the house knows of the caller, in one answer."""

    session_id: SessionId
    actor: Actor


class ExportMeHandler:
    """Gathers it."""

    def __init__(self, clock: Clock, policy: Policy, shower: DisputeShower) -> None:
        self._clock = clock
        self._policy = policy
        self._shower = shower

    async def __call__(self, query: ExportMe, read: Readers) -> ExportView:
        """Refuses nothing."""
        by, now = query.actor, self._clock.now()
        me, mine = person(by), PartyFilter(party=person(by))
        money = MovementFilter(party=me, kinds=SEEN_BY[by.role])
        user, known = existing(await read.user(me)), await read.professional(me)
        identities = tuple(map(_identity_view, await read.identities(me)))
        offers, jobs = await read.offers(mine, None, ALL), await read.jobs(mine, None, ALL)
        disputes = (await read.disputes(mine, None, ALL)).items
        return ExportView(
            user=user_view(user),
            professional=self._unmasked(known) if known else None,
            identity=identities[0] if identities else None,
            earlier_identities=identities[1:],
            sessions=tuple(session_view(s, query.session_id) for s in await read.sessions(me, now)),
            preferences=preferences_view(await read.preferences(me) or Preferences(user_id=me)),
            offers=tuple(offer_view(row, by, now) for row in offers.items),
            jobs=tuple(job_view(row, by, now) for row in jobs.items),
            services=tuple(map(service_view, (await read.services(me, None, ALL)).items)),
            disputes=tuple(self._shower.view(row, by) for row in disputes),
            dispute_messages=tuple(map(message_view, await read.messages_by(me))),
            evidence_files=tuple(map(_file_view, await read.evidence_by(me))),
            reviews_about=tuple(map(review_view, (await read.reviews(me, ALL)).items)),
            written_reviews=tuple(map(review_view, await read.reviews_by(me))),
            movements=tuple(map(movement_view, (await read.movements(money, ALL)).items)),
            payouts=tuple(map(payout_view, (await read.payouts(me, None, ALL)).items)),
            regrets=tuple(map(regret_view, await _regrets(user, read))),
            notices=tuple(map(notice_view, (await read.notices(NoticeFilter(user=me), ALL)).items)),
        )

    def _unmasked(self, known: Known) -> ProfessionalView:
        shown = professional_view(known, self._policy)
        return replace(shown, payout_account=known.professional.payout_account)


async def _regrets(user: User, read: Readers) -> list[Regret]:
    """Those under his address: without a job of his only if he proved that the address is his, for
    anybody may type any address at the button."""
    found = await read.regrets_of(user.email)
    return [regret for regret in found if regret.job_id is not None or user.email_verified]


def _identity_view(shown: KycSubmission) -> IdentityView:
    return IdentityView(
        dni=shown.dni,
        cuit=shown.cuit,
        submitted_at=shown.submitted_at,
        documents=tuple(document.kind for document in shown.documents),
    )


def _file_view(file: Evidence) -> ShownFileView:
    return ShownFileView(
        id=file.id,
        dispute_id=file.dispute_id,
        name=file.name,
        media_type=file.media_type,
        created_at=file.created_at,
    )
