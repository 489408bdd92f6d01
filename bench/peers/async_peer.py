"""The async peer: FastAPI, SQLAlchemy's async ORM on asyncpg, redis.asyncio, Pydantic; written as
a good team would. Relations are loaded with `selectinload`, the offer is locked; key, job, timeline
and outbox are one transaction; the total is bounded as ours is.

What it leaves out compared with ours: no session row behind a token, no state machine and no
triggers below it, no deliveries a reaction, no reach of the professional in the index, no moved
points, no limiter, no correlation ids, no log line a request.
"""

import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from typing import Annotated, Any
from uuid import UUID

from fastapi import Depends, FastAPI, Header, HTTPException, Query, Response
from redis.asyncio import Redis
from sqlalchemy import func, or_, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker, create_async_engine
from sqlalchemy.orm import selectinload

from bench.peers import models as m
from bench.peers import wire as w
from bench.peers.searching import KNOWN, find_nearest

SECRET = os.environ["PEER_SECRET"]
engine = create_async_engine(os.environ["PEER_DATABASE_URL"], pool_size=10, max_overflow=0)
sessions = async_sessionmaker(engine, expire_on_commit=False)
redis = Redis.from_url(os.environ["PEER_REDIS_URL"])


@asynccontextmanager
async def lifespan(_: FastAPI) -> AsyncIterator[None]:
    """Connections end with the program."""
    yield
    await redis.aclose()
    await engine.dispose()


app = FastAPI(lifespan=lifespan)


async def in_session() -> AsyncIterator[AsyncSession]:
    """One a request."""
    async with sessions() as session:
        yield session


Sessions = Annotated[AsyncSession, Depends(in_session)]


async def signed_in(
    session: Sessions, authorization: Annotated[str | None, Header()] = None
) -> m.User:
    """The active account that a token names."""
    id = w.bearer(authorization, SECRET)
    user = await session.get(m.User, id) if id else None
    if user is None or not user.active:
        raise HTTPException(401)
    return user


Caller = Annotated[m.User, Depends(signed_in)]
SIDES = (
    selectinload(m.Job.client),
    selectinload(m.Job.professional).selectinload(m.Professional.user),
)


@app.get("/health/live")
async def live() -> dict[str, str]:
    """It is."""
    return {"status": "ok"}


@app.post("/api/v1/search", response_model=w.SearchOut)
async def search(body: w.SearchIn, session: Sessions) -> Any:
    """Those who are found."""
    return await find_nearest(session, body)


@app.get("/api/v1/public/professional/{id}", response_model=w.PublicProfessional)
async def public_professional(id: UUID) -> Any:
    """Out of the cache, or into it."""
    cached = await redis.get(f"async:profile:{id}")
    if cached is not None:
        return w.PublicProfessional.model_validate_json(cached)
    async with sessions() as session:
        one = await session.get(m.Professional, id, options=KNOWN)
    if one is None or one.verification != m.APPROVED:
        raise HTTPException(404)
    shown = w.profile(one)
    await redis.set(f"async:profile:{id}", shown.model_dump_json(by_alias=True), ex=w.TTL_S)
    return shown


@app.get("/api/v1/trabajos", response_model=list[w.JobOut])
async def jobs(
    user: Caller,
    session: Sessions,
    response: Response,
    skip: int = 0,
    limit: Annotated[int, Query(ge=1, le=100)] = 20,
) -> Any:
    """The caller's, newest first, with the bounded total."""
    mine = or_(m.Job.client_id == user.id, m.Job.professional_id == user.id)
    some = select(m.Job.id).where(mine).limit(10_001).subquery()
    total = await session.scalar(select(func.count()).select_from(some))
    page = select(m.Job).where(mine).options(*SIDES).order_by(m.Job.accepted_at.desc())
    listed = await session.scalars(page.offset(skip).limit(limit))
    response.headers["X-Total-Count"] = str(total)
    return [w.job_out(job, user.id) for job in listed]


@app.post("/api/v1/ofertas/{id}/accept", status_code=201, response_model=w.JobOut)
async def accept(
    id: UUID,
    user: Caller,
    session: Sessions,
    idempotency_key: Annotated[str | None, Header()] = None,
) -> Any:
    """Key, lock, job, timelines and outbox in one transaction."""
    if idempotency_key:
        told = await _claim(session, user.id, idempotency_key)
        if told is not None:
            return w.JobOut.model_validate_json(told)
    offer = await session.get(m.Offer, id, with_for_update=True)
    if offer is None or user.id != offer.professional_id:
        raise HTTPException(404)
    if offer.status != m.PENDING or offer.expires_at <= m.now():
        raise HTTPException(400)
    client = await session.get(m.User, offer.client_id)
    worker = await session.get(m.Professional, offer.professional_id)
    if client is None or worker is None or not client.active or worker.verification != m.APPROVED:
        raise HTTPException(400)
    offer.status = m.ACCEPTED
    job = _job(offer, client, worker, user)
    session.add(job)
    await session.flush()
    session.add_all([*_steps(offer, job, user), *_events(offer, job)])
    shown = w.job_out(job, user.id)
    if idempotency_key:
        kept = await session.get(m.Key, (user.id, idempotency_key))
        assert kept is not None
        kept.answer = shown.model_dump_json(by_alias=True).encode()
    await session.commit()
    return shown


async def _claim(session: AsyncSession, owner: UUID, key: str) -> bytes | None:
    """Takes the key; answers what it holds if somebody had it."""
    row = {"owner": owner, "key": key, "created_at": m.now()}
    taken = await session.execute(
        insert(m.Key).values(row).on_conflict_do_nothing(index_elements=["owner", "key"])
    )
    if taken.rowcount:
        return None
    kept = await session.get(m.Key, (owner, key), with_for_update=True)
    if kept is None or kept.answer is None:
        raise HTTPException(409)
    return kept.answer


def _job(offer: m.Offer, client: m.User, worker: m.Professional, user: m.User) -> m.Job:
    worker.user = user
    return m.Job(
        offer_id=offer.id,
        client_id=offer.client_id,
        professional_id=offer.professional_id,
        client=client,
        professional=worker,
        description=offer.description,
        amount=offer.amount,
        commission_rate=1500,
        status=m.AWAITING,
        escrow=m.UNPAID,
        expires_at=m.now() + timedelta(hours=24),
    )


def _steps(offer: m.Offer, job: m.Job, by: m.User) -> list[m.Step]:
    moved = ((offer.id, offer.status), (job.id, job.status))
    return [m.Step(subject_id=id, status=status, actor_id=by.id) for id, status in moved]


def _events(offer: m.Offer, job: m.Job) -> list[m.Event]:
    both = {"client_id": str(job.client_id), "professional_id": str(job.professional_id)}
    return [
        m.Event(name="offer_accepted", payload={"offer_id": str(offer.id), **both}),
        m.Event(name="job_created", payload={"job_id": str(job.id), **both}),
    ]
