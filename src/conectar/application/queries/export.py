"""Everything the house knows of a person (Ley 25.326 art. 14: the right of access)."""

from dataclasses import dataclass

from conectar.application.access import existing
from conectar.application.disputes.shown import DisputeShower
from conectar.application.message import Page, Query
from conectar.application.ports.readers import MovementFilter, NoticeFilter, PartyFilter, Readers
from conectar.application.ports.system import Clock
from conectar.application.queries.disputes import message_view
from conectar.application.queries.jobs import job_view
from conectar.application.queries.money import SEEN_BY, movement_view
from conectar.application.queries.notices import notice_view, preferences_view
from conectar.application.queries.offers import offer_view
from conectar.application.queries.people import session_view, user_view
from conectar.application.queries.professionals import professional_view
from conectar.application.queries.reviews import review_view
from conectar.application.queries.services import service_view
from conectar.application.settings import Policy
from conectar.application.views.house import ExportView, IdentityView
from conectar.application.views.work import DisputeMessageView, DisputeView
from conectar.domain.kernel.actor import Actor, person
from conectar.domain.kernel.ids import SessionId, UserId
from conectar.domain.notices.notice import Preferences

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
        known, shown = await read.professional(me), await read.identity(me)
        money = MovementFilter(party=me, kinds=SEEN_BY[by.role])
        offers, jobs = await read.offers(mine, None, ALL), await read.jobs(mine, None, ALL)
        disputes, said = await self._disputes(mine, me, by, read)
        return ExportView(
            user=user_view(existing(await read.user(me))),
            professional=professional_view(known, self._policy) if known else None,
            identity=IdentityView(dni=shown.dni, cuit=shown.cuit, submitted_at=shown.submitted_at)
            if shown
            else None,
            sessions=tuple(session_view(s, query.session_id) for s in await read.sessions(me, now)),
            preferences=preferences_view(await read.preferences(me) or Preferences(user_id=me)),
            offers=tuple(offer_view(row, by, now) for row in offers.items),
            jobs=tuple(job_view(row, by, now, self._policy.terms) for row in jobs.items),
            services=tuple(map(service_view, (await read.services(me, None, ALL)).items)),
            disputes=disputes,
            dispute_messages=said,
            reviews_about=tuple(map(review_view, (await read.reviews(me, ALL)).items)),
            movements=tuple(map(movement_view, (await read.movements(money, ALL)).items)),
            notices=tuple(map(notice_view, (await read.notices(NoticeFilter(user=me), ALL)).items)),
        )

    async def _disputes(
        self, mine: PartyFilter, me: UserId, by: Actor, read: Readers
    ) -> tuple[tuple[DisputeView, ...], tuple[DisputeMessageView, ...]]:
        found = (await read.disputes(mine, None, ALL)).items
        said = [
            message_view(message)
            for row in found
            for message in (await read.dispute_messages(row.dispute.id, ALL)).items
            if message.author_id == me
        ]
        return tuple(self._shower.view(row, by) for row in found), tuple(said)
