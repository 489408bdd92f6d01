"""What must be true when all is calm again."""

import asyncio
from collections import Counter, defaultdict
from collections.abc import Iterator
from decimal import ROUND_HALF_EVEN, Decimal
from typing import Any

import httpx
from sqlalchemy import Select, func, select
from sqlalchemy.ext.asyncio import create_async_engine

from conectar.adapters.outbound.sql import tables as t
from conectar.domain.payments.payment import Verdict
from tests.campaign.customers import APPROVED, CANCELLED, CASHED, DIVIDED, PERCENT, SILENT, Story
from tests.campaign.place import Place
from tests.campaign.storm import oracle
from tests.http.api import PNG, Api
from tests.http.person import Person

PAGE = 100
ZERO = Decimal(0)
ENDS = {
    APPROVED: ("APROBADO", "LIBERADO"),
    SILENT: ("APROBADO", "LIBERADO"),
    CASHED: ("APROBADO", "LIBERADO"),
    CANCELLED: ("CANCELADO", "REEMBOLSADO"),
    DIVIDED: ("APROBADO", "DIVIDIDO"),
}
BEGUN = (
    *(("professional", "oferta.created"), ("client", "oferta.accepted")),
    *(("client", "trabajo.created"), ("professional", "trabajo.created")),
    *(("client", "payment.confirmed"), ("professional", "trabajo.paid")),
)
RELEASED = (
    *(("client", "trabajo.completed"), ("client", "trabajo.approved")),
    *(("professional", "trabajo.approved"), ("professional", "escrow.released")),
)
TOLD = {
    APPROVED: Counter((*BEGUN, *RELEASED)),
    SILENT: Counter((*BEGUN, *RELEASED)),
    CASHED: Counter((*BEGUN, *RELEASED)),
    CANCELLED: Counter(
        (
            *BEGUN,
            *(("client", "trabajo.cancelled"), ("professional", "trabajo.cancelled")),
            ("client", "refund.processed"),
        )
    ),
    DIVIDED: Counter(
        (
            *BEGUN,
            *(("client", "trabajo.completed"), ("professional", "dispute.opened")),
            *(("client", "dispute.taken"), ("professional", "dispute.taken")),
            *(("client", "dispute.resolved"), ("professional", "dispute.resolved")),
            *(("client", "refund.processed"), ("professional", "escrow.released")),
        )
    ),
}
"""Who hears of what in a job of each kind."""
POINTS_EARNED = "gamification.points_earned"
ALIKE = frozenset({POINTS_EARNED, "gamification.level_up"})
"""Told in the same words for each job, which `points` counts, and for each level."""
SOMETIMES = frozenset({"trabajo.reminder"})
"""Notices that depend on how late it was."""


def everything(api: Api, place: Place, stories: list[Story]) -> list[str]:
    """What is wrong, in words; an empty list if nothing is."""
    checks = (
        jobs(api, stories),
        books(api),
        refunds(api, stories),
        payouts(api, stories),
        notices(api, stories),
        mails(place),
        points(api, stories),
        evidence(api, stories),
        store(place),
    )
    return [problem for check in checks for problem in check]


def told(who: Person, path: str, **params: Any) -> list[Any]:
    """A whole list."""
    found: list[Any] = []
    while rows := who.seen(path, limit=str(PAGE), skip=str(len(found)), **params):
        found += rows
    return found


def jobs(api: Api, stories: list[Story]) -> Iterator[str]:
    """Each that was answered exists once, and is where its people left it, or the clock."""
    listed = told(api.admin, "/trabajos")
    known = {row["id"]: row for row in listed}
    if len(listed) != len(known) or len({row["oferta_id"] for row in listed}) != len(listed):
        yield "a job is listed twice, or an offer has two"
    answered = {story.job for story in stories if story.job}
    if extra := known.keys() - answered:
        yield f"jobs nobody was told of: {sorted(extra)}"
    for story in stories:
        row = known.get(story.job)
        if row is None:
            yield f"lost after {story.answered}: {story.job or story.offer or 'an offer'}"
            continue
        ends = ENDS[SILENT if story.overtaken else story.kind]
        if (row["estado"], row["escrow_estado"]) != ends:
            yield f"{story.kind} {story.job} is {row['estado']}, {row['escrow_estado']}"
        if Decimal(str(row["monto"])) * 100 != story.cents:
            yield f"{story.job} costs {row['monto']}, not {story.cents} cents"
        yield from timeline(api, story, row)


def timeline(api: Api, story: Story, row: Any) -> Iterator[str]:
    """Each step begins where the one before it ended."""
    steps = api.admin.seen(f"/trabajos/{story.job}/timeline")
    before = None
    for step in steps:
        if step["estado_anterior"] != before:
            yield f"{story.job}: a gap in {[each['estado'] for each in steps]}"
        before = step["estado"]
    if before != row["estado"]:
        yield f"{story.job}: its timeline ends at {before}"


def books(api: Api) -> Iterator[str]:
    """They balance, and the gateway counts the same, to the cent."""
    trial = api.admin.seen("/admin/ledger/trial-balance")
    if not trial["cuadra"]:
        yield "the ledger does not balance"
    ledger = {line["cuenta"]: Decimal(str(line["saldo"])) for line in trial["cuentas"]}
    seen = oracle(api)
    if not seen["cuadra"]:
        yield f"the sandbox does not balance: {seen['problemas']}"
    payments = seen["pagos"]
    here = ledger["gateway_unreleased"] + ledger["gateway_available"]
    for what, ours, theirs in (
        ("money at the gateway", here, Decimal(seen["cuenta"]["saldo_total"])),
        ("fees", ledger["gateway_fee"], total(payments, "comision_mp")),
        ("taxes", ledger["tax_withheld"], total(payments, "impuestos")),
        ("escrow", ledger["escrow"], Decimal(0)),
        ("refunds on their way", ledger["refund_pending"], Decimal(0)),
        ("suspense", ledger.get("suspense", Decimal(0)), Decimal(0)),
    ):
        if ours != theirs:
            yield f"{what}: {ours} here, {theirs} there"


def total(payments: list[Any], what: str) -> Decimal:
    """Of all of them."""
    return sum((Decimal(one[what]) for one in payments), Decimal(0))


def refunds(api: Api, stories: list[Story]) -> Iterator[str]:
    """The client of each job paid once, and got back what he was due, once."""
    seen = oracle(api)
    payments = {one["payment_id"]: one for one in seen["pagos"]}
    if len(payments) != len(stories):
        yield f"{len(payments)} payments for {len(stories)} jobs"
    for story in stories:
        if (one := payments.get(story.payment)) is None:
            continue
        back = {CANCELLED: story.cents, DIVIDED: _share(story)}.get(story.kind, 0)
        due = 0 if story.overtaken else back
        found = int(Decimal(one["reembolsado"]) * 100)
        if found != due or int(Decimal(one["pagado"]) * 100) != story.cents:
            yield f"{story.kind} {story.payment}: paid {one['pagado']}, {found} back, due {due}"
    keys = defaultdict(set)
    for call in seen["llamadas"]:
        if call["metodo"] == "POST" and call["ruta"].endswith("/refunds"):
            keys[call["ruta"]].add(call["clave"])
    yield from (f"{path}: {len(k)} keys of refunds" for path, k in keys.items() if len(k) > 1)


def payouts(api: Api, stories: list[Story]) -> Iterator[str]:
    """Each is in one file, and left once or came back."""
    rows = told(api.admin, "/admin/payouts")
    known = {row["id"]: row for row in rows}
    cashed = {story.payout: story for story in stories if story.payout}
    if len(rows) != len(known) or known.keys() != cashed.keys():
        yield f"{len(rows)} payouts, and {len(cashed)} were asked for"
    lines: Counter[str] = Counter()
    for batch in {row["lote_id"] for row in rows}:
        file = api.admin.get(f"/admin/payouts/batches/{batch}").text
        lines.update(line.partition(",")[0] for line in file.splitlines()[1:])
    if lines != Counter(known.keys()):
        yield f"in files: {lines - Counter(known.keys())}; not: {Counter(known.keys()) - lines}"
    for id, story in cashed.items():
        if known[id]["estado"] != ("ENVIADO" if story.sent else "FALLIDO"):
            yield f"payout {id} is {known[id]['estado']}, sent: {story.sent}"
    left = sum((Decimal(str(row["monto"])) for row in rows if row["estado"] == "ENVIADO"), ZERO)
    trial = api.admin.seen("/admin/ledger/trial-balance")
    ledger = {line["cuenta"]: Decimal(str(line["saldo"])) for line in trial["cuentas"]}
    if (ledger.get("bank", ZERO), ledger.get("payout_pending", ZERO)) != (-left, ZERO):
        yield f"{left} left by bank, and the ledger says {ledger}"


def _share(story: Story) -> int:
    part = Decimal(story.cents * PERCENT) / 100
    return int(part.quantize(Decimal(1), ROUND_HALF_EVEN))


def notices(api: Api, stories: list[Story]) -> Iterator[str]:
    """Each person heard of each thing once."""
    heard: dict[str, Counter[tuple[str, str]]] = defaultdict(Counter)
    people = {p.id: p for s in stories for p in (s.client, s.professional)}
    offers = {story.offer: story.job for story in stories}
    clients = {story.client.id for story in stories}
    for id, person in people.items():
        side = "client" if id in clients else "professional"
        rows = told(person, "/notifications/history")
        seen = Counter((r["tipo"], str(r["data"])) for r in rows if r["tipo"] not in ALIKE)
        yield from (f"{side} heard {n} times of {what}" for what, n in seen.items() if n > 1)
        for row in rows:
            about = row["data"]
            job = about.get("trabajo_id") or offers.get(about.get("oferta_id"))
            if job and row["tipo"] not in SOMETIMES:
                heard[job][side, row["tipo"]] += 1
    for story in stories:
        kind = SILENT if story.overtaken else story.kind
        if heard[story.job] != TOLD[kind]:
            missing, extra = TOLD[kind] - heard[story.job], heard[story.job] - TOLD[kind]
            yield f"{kind} {story.job}: not told {dict(missing)}, told too often {dict(extra)}"


def mails(place: Place) -> Iterator[str]:
    """No letter came twice."""
    ids = Counter(_message_id(mail.content) for mail in place.letterbox.mails)
    yield from (f"{n} mails {id}" for id, n in ids.items() if id.startswith("<notice") and n > 1)


def _message_id(content: bytes) -> str:
    lines = (line for line in content.decode().splitlines() if line.startswith("Message-ID:"))
    return next(lines, "").partition(": ")[2]


def points(api: Api, stories: list[Story]) -> Iterator[str]:
    """A professional has a hundred for each job whose money he got."""
    earned: Counter[str] = Counter()
    pros = {story.professional.id: story.professional for story in stories}
    for story in stories:
        earned[story.professional.id] += 100 * (
            story.kind in (APPROVED, SILENT, CASHED) or story.overtaken
        )
    for id, pro in pros.items():
        found = pro.seen("/professional/me")["puntos"]
        if found != earned[id]:
            yield f"{found} points instead of {earned[id]}"
        heard = Counter(row["tipo"] for row in told(pro, "/notifications/history"))
        if 100 * heard[POINTS_EARNED] != earned[id]:
            yield f"heard {heard[POINTS_EARNED]} times of {earned[id]} points"


def evidence(api: Api, stories: list[Story]) -> Iterator[str]:
    """One picture of each side, as it was sent."""
    for story in stories:
        if not story.dispute or story.overtaken:
            continue
        shown = api.admin.seen(f"/disputas/{story.dispute}")["evidencias"]
        by = sorted(file["subida_por"] for file in shown)
        if by != sorted((story.client.id, story.professional.id)):
            yield f"{story.job}: pictures of {by}"
        if any(httpx.get(file["url"], timeout=30).content != PNG for file in shown):
            yield f"{story.job}: another picture than was sent"


def store(place: Place) -> Iterator[str]:
    """What only the database knows."""
    yield from asyncio.run(_wrong(place.database))


def _questions() -> dict[str, Select[Any]]:
    """Those whose answer is nothing."""
    jobs, payments, keys = t.JOBS.table.c, t.PAYMENTS.table.c, t.KEYS.table.c
    steps = select(func.count()).where(t.TIMELINE.c.subject_id == jobs.id).scalar_subquery()
    of_job = select(payments.job_id).where(t.is_(payments.verdict, Verdict.FUNDS))
    return {
        "jobs that two payments fund": of_job.group_by(payments.job_id).having(func.count() > 1),
        "jobs whose timeline has another length": select(jobs.id).where(jobs.version != steps),
        "keys that were never answered": select(keys.key).where(keys.answer.is_(None)),
        "deliveries that never happened": select(t.DELIVERIES.c.event_id, t.DELIVERIES.c.reaction)
        .where(t.DELIVERIES.c.settled_at.is_(None)),
    }  # fmt: skip


async def _wrong(database: str) -> list[str]:
    engine = create_async_engine(database)
    try:
        async with engine.connect() as connection:
            found = {
                what: (await connection.execute(query)).all()
                for what, query in _questions().items()
            }
    finally:
        await engine.dispose()
    return [f"{what}: {rows[:3]}" for what, rows in found.items() if rows]
