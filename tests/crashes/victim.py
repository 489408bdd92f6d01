"""A program that is killed: it forks a child for each order it reads, and the child does it.

`python -m tests.crashes.victim FOLDER`, one order a line (JSON), one report a line. The parent
imports everything and opens nothing, so that a fresh process costs a fork. A child kills itself at
`before:n` or `after:n`, its n-th commit, or is killed from outside after `wait` seconds.
"""

import asyncio
import json
import os
import signal
import sys
import time
import traceback
from datetime import timedelta
from pathlib import Path
from typing import Any, TextIO
from uuid import UUID

import structlog

from conectar.adapters.outbound.sql.store import SqlUnit
from conectar.adapters.outbound.system.clock import SystemClock
from conectar.application.core import Core
from conectar.application.jobs.approve_job import ApproveJob
from conectar.application.jobs.cancel_job import CancelJob
from conectar.application.jobs.complete_job import CompleteJob
from conectar.application.message import Message
from conectar.application.offers.accept_offer import AcceptOffer
from conectar.application.once import Once
from conectar.application.payments.open_checkout import OpenCheckout
from conectar.application.ports.codec import Codec
from conectar.bootstrap.place import find_place
from conectar.bootstrap.profiles import EVERYWHERE, make_container
from conectar.bootstrap.providers.in_process import InProcessProvider
from conectar.bootstrap.providers.outside import FakeOutsideProvider
from conectar.bootstrap.providers.storage import SqlStorageProvider
from conectar.bootstrap.settings import Settings
from conectar.domain.kernel.actor import Actor, Role
from conectar.domain.kernel.errors import DomainError
from conectar.domain.kernel.ids import JobId, OfferId, UserId
from tests.application.rooms import SECRET

PARTS = (*EVERYWHERE, InProcessProvider, SqlStorageProvider, FakeOutsideProvider)


def message(order: dict[str, Any]) -> Message[Any]:
    """What is asked."""
    id, actor = UUID(order["id"]), Actor(Role(order["role"]), UserId(UUID(order["actor"])))
    match order["what"]:
        case "accept":
            return AcceptOffer(offer_id=OfferId(id), version=None, actor=actor)
        case "pay":
            return OpenCheckout(job_id=JobId(id), actor=actor)
        case "complete":
            return CompleteJob(job_id=JobId(id), notes="listo", actor=actor)
        case "approve":
            return ApproveJob(job_id=JobId(id), actor=actor)
        case "cancel":
            return CancelJob(job_id=JobId(id), reason=None, actor=actor)
    raise ValueError(order["what"])


def die_at(point: str) -> None:
    """From now on the n-th commit is the last thing that happens, or the first that does not."""
    when, _, number = point.partition(":")
    commit, left = SqlUnit.commit, [int(number)]

    async def deadly(unit: SqlUnit) -> None:
        left[0] -= 1
        if left[0] == 0 and when == "before":
            os.kill(os.getpid(), signal.SIGKILL)
        await commit(unit)
        if left[0] == 0 and when == "after":
            os.kill(os.getpid(), signal.SIGKILL)

    SqlUnit.commit = deadly  # type: ignore[method-assign]


async def act(folder: Path, order: dict[str, Any]) -> dict[str, Any]:
    """Does it in a house of its own; what is answered."""
    chosen = Settings(data_dir=folder, secret_key=(SECRET,))
    container = make_container(chosen, find_place(chosen, "http://127.0.0.1:9"), parts=PARTS)
    try:
        core = await container.get(Core)
        (await container.get(SystemClock)).advance(timedelta(seconds=order.get("later", 0)))
        if point := order.get("point"):
            die_at(point)
        try:
            outcome = await core.execute_once(message(order), Once(order["key"]))
        except DomainError as refusal:
            return {"refusal": refusal.code}
        codec = await container.get(Codec)
        answer = codec.encode(outcome.value).decode()
        refusal = outcome.refusal and outcome.refusal.code
        return {"answer": answer, "refusal": refusal, "replayed": outcome.replayed}
    finally:
        await container.close()


def child(folder: Path, order: dict[str, Any], out: TextIO) -> None:
    """One life."""
    out.write(json.dumps(asyncio.run(act(folder, order))))
    out.flush()
    os._exit(0)


def life(folder: Path, order: dict[str, Any]) -> dict[str, Any]:
    """Forks one, waits for its end, and reports it."""
    reading, writing = os.pipe()
    pid = os.fork()
    if pid == 0:
        os.close(reading)
        try:
            child(folder, order, os.fdopen(writing, "w"))
        except BaseException:
            traceback.print_exc()
            os._exit(1)
    os.close(writing)
    if "wait" in order:
        time.sleep(order["wait"])
        os.kill(pid, signal.SIGKILL)
    with os.fdopen(reading) as answers:
        said = answers.read()
    _, status = os.waitpid(pid, 0)
    killed = os.WIFSIGNALED(status) and os.WTERMSIG(status) == signal.SIGKILL
    return {"killed": killed, "code": status, **(json.loads(said) if said else {})}


def main() -> None:
    """Until its input ends."""
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(50))
    folder = Path(sys.argv[1])
    for line in sys.stdin:
        sys.stdout.write(json.dumps(life(folder, json.loads(line))) + "\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main()
