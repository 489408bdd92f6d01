"""The way such a backend is often begun: FastAPI with plain functions in its thread pool, the sync
ORM on psycopg, JSON text in Redis for a while, an index a column. Search asks for everybody inside,
sorts by distance and counts them all; a list loads its relations one by one.

What it leaves out compared with ours: no idempotency key, no lock (two who accept at once both find
the offer pending; the unique index refuses the second), no outbox and no deliveries, no state
machine and no triggers, no session row behind a token, no bounded total, no limiter, no log line.
"""

import json
import os
from collections.abc import Iterator
from datetime import timedelta
from typing import Annotated, Any
from uuid import UUID

from fastapi import Depends, FastAPI, Header, HTTPException, Response
from redis import Redis
from sqlalchemy import create_engine, func, make_url, or_, select
from sqlalchemy.orm import Session, sessionmaker

from bench.peers import models as m
from bench.peers import wire as w
from bench.peers.searching import find_everybody

SECRET = os.environ["PEER_SECRET"]
URL = make_url(os.environ["PEER_DATABASE_URL"]).set(drivername="postgresql+psycopg")
engine = create_engine(URL, pool_size=10, max_overflow=0)
sessions = sessionmaker(engine)
redis = Redis.from_url(os.environ["PEER_REDIS_URL"])
app = FastAPI()


def in_session() -> Iterator[Session]:
    """One a request."""
    with sessions() as session:
        yield session


Sessions = Annotated[Session, Depends(in_session)]


def signed_in(session: Sessions, authorization: Annotated[str | None, Header()] = None) -> m.User:
    """The active account that a token names."""
    id = w.bearer(authorization, SECRET)
    user = session.get(m.User, id) if id else None
    if user is None or not user.active:
        raise HTTPException(401)
    return user


Caller = Annotated[m.User, Depends(signed_in)]


@app.get("/health/live")
def live() -> dict[str, str]:
    """It is."""
    return {"status": "ok"}


@app.post("/api/v1/search", response_model=w.SearchOut)
def search(body: w.SearchIn, session: Sessions) -> Any:
    """Those who are found."""
    return find_everybody(session, body)


@app.get("/api/v1/public/professional/{id}", response_model=w.PublicProfessional)
def public_professional(id: UUID, session: Sessions) -> Any:
    """Out of the cache, or into it."""
    cached = redis.get(f"seed:profile:{id}")
    if cached:
        return json.loads(cached)  # type: ignore[arg-type]
    one = session.get(m.Professional, id)
    if one is None or one.verification != m.APPROVED:
        raise HTTPException(404)
    shown = w.profile(one)
    redis.set(f"seed:profile:{id}", shown.model_dump_json(by_alias=True), ex=w.TTL_S)
    return shown


@app.get("/api/v1/trabajos", response_model=list[w.JobOut])
def jobs(
    user: Caller, session: Sessions, response: Response, skip: int = 0, limit: int = 20
) -> Any:
    """The caller's, newest first; each loads its two sides when it is shown."""
    mine = or_(m.Job.client_id == user.id, m.Job.professional_id == user.id)
    response.headers["X-Total-Count"] = str(
        session.scalar(select(func.count(m.Job.id)).where(mine))
    )
    page = select(m.Job).where(mine).order_by(m.Job.accepted_at.desc()).offset(skip).limit(limit)
    return [w.job_out(job, user.id) for job in session.scalars(page)]


@app.post("/api/v1/ofertas/{id}/accept", status_code=201, response_model=w.JobOut)
def accept(id: UUID, user: Caller, session: Sessions) -> Any:
    """Read, check, write, commit."""
    offer = session.get(m.Offer, id)
    if offer is None or user.id != offer.professional_id:
        raise HTTPException(404)
    if offer.status != m.PENDING or offer.expires_at <= m.now():
        raise HTTPException(400)
    offer.status = m.ACCEPTED
    job = m.Job(
        offer_id=offer.id,
        client_id=offer.client_id,
        professional_id=offer.professional_id,
        description=offer.description,
        amount=offer.amount,
        commission_rate=1500,
        status=m.AWAITING,
        escrow=m.UNPAID,
        expires_at=m.now() + timedelta(hours=24),
    )
    session.add(job)
    session.flush()
    session.add(m.Step(subject_id=job.id, status=job.status, actor_id=user.id))
    session.add(m.Notice(user_id=offer.client_id, text="Tu oferta fue aceptada"))
    session.commit()
    return w.job_out(job, user.id)
