"""How far professionals got."""

from dataclasses import dataclass

from conectar.application.access import existing, only
from conectar.application.message import Query
from conectar.application.ports.readers import Readers
from conectar.application.ports.rows import LeaderRow
from conectar.application.queries.money import total_earned
from conectar.application.settings import Policy
from conectar.application.views.people import LeaderView, ProgressView, StatsView
from conectar.domain.kernel.actor import Actor, Role, person
from conectar.domain.kernel.errors import NotFound
from conectar.domain.kernel.ids import UserId
from conectar.domain.levels.level import Tier
from conectar.domain.people.professional import Professional


@dataclass(frozen=True, slots=True, kw_only=True)
class GetLeaderboard(Query[tuple[LeaderView, ...]]):
    """The professionals whom the public may see, most points first."""

    limit: int


class GetLeaderboardHandler:
    """Reads it."""

    def __init__(self, policy: Policy) -> None:
        self._policy = policy

    async def __call__(self, query: GetLeaderboard, read: Readers) -> tuple[LeaderView, ...]:
        """Refuses nothing."""
        rows = await read.leaders(query.limit)
        return tuple(self._view(place, row) for place, row in enumerate(rows, 1))

    def _view(self, place: int, row: LeaderRow) -> LeaderView:
        return LeaderView(
            position=place,
            professional_id=row.user.id,
            name=f"{row.user.first_name} {row.user.last_name}",
            level=row.professional.tier(self._policy.tiers).level,
            points=row.professional.points,
            rating_average=row.professional.rating_average,
            jobs_done=row.jobs_done,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class GetProgress(Query[ProgressView]):
    """How far one professional got on the ladder."""

    user_id: UserId
    actor: Actor


class GetProgressHandler:
    """Reads it."""

    def __init__(self, policy: Policy) -> None:
        self._policy = policy

    async def __call__(self, query: GetProgress, read: Readers) -> ProgressView:
        """Raises NotFound for a client, and for anybody who may not be shown to the caller."""
        known = existing(await read.professional(query.user_id))
        mine = query.actor.user_id == query.user_id or query.actor.role is Role.ADMIN
        if not mine and not known.professional.visible(known.user):
            raise NotFound()
        pro, record = known.professional, await read.work_record(query.user_id)
        following = _next(pro, self._policy.tiers)
        return ProgressView(
            professional_id=pro.id,
            name=f"{known.user.first_name} {known.user.last_name}",
            level=pro.tier(self._policy.tiers).level,
            points=pro.points,
            next_level=following.level if following else None,
            points_to_next=following.from_points - pro.points if following else None,
            rating_average=pro.rating_average,
            total_reviews=pro.reviews,
            jobs_done=record.done,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class GetStats(Query[StatsView]):
    """The caller's own figures: work, income, reviews, level, and how he keeps his word."""

    actor: Actor


class GetStatsHandler:
    """Reads them."""

    def __init__(self, policy: Policy) -> None:
        self._policy = policy

    async def __call__(self, query: GetStats, read: Readers) -> StatsView:
        """Raises WrongRole."""
        only(query.actor, Role.PROFESSIONAL)
        me = person(query.actor)
        pro = existing(await read.professional(me)).professional
        record, tier = await read.work_record(me), pro.tier(self._policy.tiers)
        following = _next(pro, self._policy.tiers)
        hours = record.answer_seconds / 3600 if record.answer_seconds is not None else None
        return StatsView(
            jobs_done=record.done,
            income=await total_earned(me, read),
            rating_average=pro.rating_average,
            total_reviews=pro.reviews,
            level=tier.level,
            points=pro.points,
            next_level=following.level if following else None,
            points_to_next=following.from_points - pro.points if following else None,
            commission_now=tier.commission,
            completion_rate=round(record.done / record.ended, 4) if record.ended else None,
            answer_hours=None if hours is None else round(hours, 2),
        )


def _next(pro: Professional, tiers: tuple[Tier, ...]) -> Tier | None:
    return next((tier for tier in tiers if tier.from_points > pro.points), None)
