"""The guards, each with what stands in its place when it is gone and the tests that say so."""

from tools.guard import Guard
from tools.guard_list_feed import FOLLOWED
from tools.guard_list_postgresql import POSTGRESQL
from tools.guard_list_telemetry import TELEMETRY

SRC = "src/conectar/"
CORE, DOMAIN = f"{SRC}application/", f"{SRC}domain/"
HTTP, SQL = f"{SRC}adapters/inbound/http/", f"{SRC}adapters/outbound/sql/"
MEMORY = f"{SRC}adapters/outbound/memory/"
MIGRATION = "alembic/versions/0001_the_first_tables.py"
ONE_OF = "tests/contract/test_uniqueness.py"
LEDGER = "tests/contract/test_ledger.py"
BEHIND = "tests/contract/test_behind_the_key.py"
REFUNDS = "tests/application/test_refunds.py"
KEYS = "tests/application/test_idempotency.py"
REFUSALS = "tests/application/test_refusals.py"
TASTE = "tests/architecture/test_taste.py"
IMPORTS = "tests/architecture/test_imports.py"
INCIDENTS = "tests/application/test_incidents.py"
SECOND = "alembic/versions/0002_the_whole_job.py"
PAYING = f"{CORE}payments/"
JOB, OFFER = "tests/domain/test_job.py", "tests/domain/test_offer.py"


def _index(what: str, name: str, columns: str, file: str = MIGRATION) -> Guard:
    """A unique index of the database that is unique no more."""
    line = f'            "{name}",\n            {columns},\n            unique='
    return Guard(f"index: {what}", file, line + "True", line + "False", ONE_OF)


def _short_index(what: str, name: str, columns: str, tests: str = ONE_OF) -> Guard:
    line = f'batch_op.create_index("{name}", {columns}, unique='
    return Guard(f"index: {what}", MIGRATION, line + "True", line + "False", tests)


INDEXES = (
    _short_index("one account an address", "uq_usuarios_email", '["email"]'),
    _short_index("one job an offer", "uq_trabajos_offer", '["oferta_id"]'),
    _index("one open checkout a job", "uq_payment_intents_open", '["trabajo_id"]'),
    _index("one payment funds a job", "uq_pagos_funds", '["trabajo_id"]'),
    _index("one outstanding refund a payment", "uq_reembolsos_outstanding", '["payment_id"]'),
    _short_index("one movement a fact", "uq_transactions_fact", '["hecho"]'),
    _short_index("one posting a fact", "uq_asientos_fact", '["hecho"]', LEDGER),
    _index("one standing proposal", "uq_propuestas_standing", '["sujeto"]', SECOND),
    Guard(
        "index: one review a job",
        SECOND,
        '"uq_resenas_job", ["trabajo_id"], unique=True',
        '"uq_resenas_job", ["trabajo_id"], unique=False',
        ONE_OF,
    ),
)

GUARDS = (
    # at most one, in the database: in any, and in PostgreSQL by itself
    *INDEXES,
    *(i._replace(name=f"postgresql {i.name}", only="postgresql") for i in INDEXES),
    Guard(
        "check: no balance below zero",
        MIGRATION,
        'sa.CheckConstraint("saldo >= 0", name="ck_saldos_floor")',
        'sa.CheckConstraint("saldo >= -9000000000000", name="ck_saldos_floor")',
        LEDGER,
    ),
    # at most one, in memory
    Guard("memory: uniqueness", f"{MEMORY}tables.py", "raise error()", "pass", ONE_OF),
    Guard(
        "memory: no balance below zero", f"{MEMORY}ledger.py", "raise Overdrawn()", "pass", LEDGER
    ),
    Guard(
        "memory: one posting a fact",
        f"{MEMORY}ledger.py",
        "raise AlreadyPosted(source=transaction.source_ref)",
        "pass",
        LEDGER,
    ),
    # whose it is
    Guard(
        "owner: a job's parties",
        f"{DOMAIN}jobs/job.py",
        "raise NotFound()",
        "return frozenset()",
        JOB,
    ),
    Guard("owner: a job's sides", f"{DOMAIN}jobs/asking.py", "raise WrongSide()", "pass", JOB),
    Guard(
        "owner: an offer's parties",
        f"{DOMAIN}offers/offer.py",
        "raise NotFound()",
        "return None",
        OFFER,
    ),
    Guard(
        "owner: an offer's sides", f"{DOMAIN}offers/offer.py", "raise WrongSide()", "pass", OFFER
    ),
    Guard(
        "owner: sessions",
        f"{CORE}accounts/end_session.py",
        "session.user_id != command.actor.user_id or ",
        "",
        "tests/http/test_accounts.py",
    ),
    Guard(
        "owner: a payment's status",
        f"{CORE}queries/money.py",
        "existing(row).job.roles_of(query.actor)",
        "existing(row)",
        "tests/application/test_funding.py tests/http/test_walk.py",
    ),
    Guard(
        "owner: lists of offers and jobs",
        f"{CORE}queries/offers.py",
        "None if actor.role is Role.ADMIN else person(actor)",
        "None",
        "tests/http/test_walk.py tests/application/test_refusals.py",
    ),
    Guard(
        "owner: a history of somebody else",
        f"{CORE}queries/money.py",
        "raise WrongRole(role=Role.ADMIN.value)",
        "pass",
        "tests/http/test_history_and_quotes.py",
    ),
    Guard("role: rooms", f"{CORE}access.py", "raise WrongRole(role=role.value)", "pass", REFUSALS),
    Guard(
        "role: rooms, before the shape",
        f"{HTTP}call.py",
        "raise WrongRole(role=wanted.value)",
        "pass",
        "tests/http/test_refusal_order.py",
    ),
    Guard(
        "sign-in: ended sessions",
        f"{CORE}queries/people.py",
        "if not found.session.live(now) or ",
        "if ",
        "tests/http/test_accounts.py",
    ),
    Guard(
        "sign-in: suspended accounts",
        f"{CORE}queries/people.py",
        "found.user.expect_active()",
        "pass",
        REFUSALS,
    ),
    Guard(
        "sign-in: a spent refresh token ends its session",
        f"{CORE}accounts/refresh_session.py",
        "await uow.sessions.save(session.end(now))",
        "pass",
        "tests/http/test_accounts.py",
    ),
    Guard(
        "files: links expire",
        f"{SRC}adapters/outbound/security/tokens.py",
        "return claims if timely and",
        "return claims if",
        "tests/adapters/test_tokens.py",
    ),
    # once
    Guard(
        "once: other message under a key",
        f"{CORE}core.py",
        "raise KeyReused()",
        "pass",
        KEYS,
    ),
    Guard("once: a key being worked on", f"{CORE}core.py", "raise KeyInProgress()", "pass", KEYS),
    Guard(
        "once: the answer is stored with the effect",
        f"{CORE}core.py",
        "            await uow.keys.save(self._filled(entry, outcome))\n            return outcome",
        "            return outcome",
        KEYS,
    ),
    Guard(
        "once: a refusal takes back what it wrote",
        f"{CORE}core.py",
        "outcome = refused or _given(await self._handle(message, uow), once)",
        "outcome = await _outcome(self._handle(message, uow), once)",
        BEHIND,
    ),
    Guard(
        "once: the late worker's key",
        f"{CORE}core.py",
        "return stored is not None and stored.lease == entry.lease",
        "return True",
        KEYS,
    ),
    Guard(
        "once: a delivery's effect",
        f"{CORE}core.py",
        "if not await uow.outbox.pending(id, name):\n                return",
        "await uow.outbox.pending(id, name)",
        "tests/application/test_reactions.py tests/contract/test_outbox.py",
    ),
    Guard(
        "once: a delivery's lease",
        f"{SQL}outbox.py",
        '"next_at": until, "attempts": each.attempts}',
        '"attempts": each.attempts}',
        "tests/contract/test_outbox.py",
    ),
    Guard(
        "once: writers wait for each other",
        f"{SQL}engine.py",
        '"BEGIN" if read_only else "BEGIN IMMEDIATE"',
        '"BEGIN"',
        BEHIND,
    ),
    Guard(
        "once: a refund's lease",
        f"{CORE}payments/run_refund.py",
        "or now < refund.next_at:",
        "or False:",
        REFUNDS,
    ),
    Guard(
        "once: a refund's late worker",
        f"{CORE}payments/run_refund.py",
        "if refund.version != command.version:\n            return",
        "if False:\n            return",
        REFUNDS,
    ),
    Guard(
        "once: a refund is read back first",
        f"{CORE}payments/run_refund.py",
        "if fact is not None and refund.shows_in(fact.refunded):",
        "if False:",
        REFUNDS,
    ),
    Guard(
        "money: silence is never failure",
        f"{CORE}payments/run_refund.py",
        'outcome = {"unanswered": str(silence.facts)}',
        'outcome = {"refused": str(silence.facts)}',
        REFUNDS,
    ),
    Guard(
        "money: approved never goes back",
        f"{DOMAIN}payments/payment.py",
        "fact.status in TAKEN | {P.UNKNOWN} if taken else True",
        "True",
        "tests/domain/test_payment.py",
    ),
    Guard(
        "money: exactly the price",
        f"{DOMAIN}payments/payment.py",
        "if payable and fact.amount == job.price else",
        "if payable else",
        "tests/domain/test_payment.py",
    ),
    Guard(
        "money: our own collector",
        f"{DOMAIN}payments/payment.py",
        "fact.collector_id != collector_id or ",
        "",
        "tests/domain/test_payment.py",
    ),
    Guard(
        "money: postings balance",
        f"{DOMAIN}payments/ledger.py",
        "or sum(legs) != 0:",
        "or False:",
        "tests/domain/test_ledger.py",
    ),
    Guard(
        "money: nobody calls the gateway inside a unit",
        f"{CORE}ports/unit_of_work.py",
        'raise RuntimeError(f"{what} was called inside a unit of work")',
        "pass",
        "tests/contract/test_units.py",
    ),
    Guard(
        "webhook: the signature",
        f"{HTTP}controllers/payments.py",
        "raise BadSignature()",
        "pass",
        "tests/http/test_webhooks.py",
    ),
    # the table
    Guard(
        "table: nothing waits for ever",
        f"{DOMAIN}jobs/lifecycle.py",
        "    Rule(T.LAPSE, by(R.CLOCK), DONE, RELEASED),\n",
        "",
        "tests/domain/test_lifecycle_promises.py",
    ),
    Guard(
        "table: one rule a role, trigger and state",
        f"{DOMAIN}kernel/machine.py",
        "if len(rules) > 1:",
        "if False:",
        "tests/domain/test_lifecycle_table.py",
    ),
    # the architecture
    # the whole job
    Guard(
        "table: frozen money is moved by nobody",
        f"{DOMAIN}jobs/asking.py",
        "step.frozen == job.frozen and _remembered(job, step)",
        "_remembered(job, step)",
        JOB,
    ),
    Guard(
        "table: each party disputes once",
        f"{DOMAIN}jobs/asking.py",
        "return not used",
        "return True",
        "tests/domain/test_job_disputes.py",
    ),
    Guard(
        "clock: it stands still while frozen",
        f"{DOMAIN}jobs/job.py",
        "frozen_by=cause, time_left=left, deadline_at=None",
        "frozen_by=cause, time_left=left",
        "tests/domain/test_job_freezes.py",
    ),
    Guard(
        "clock: nothing is held beyond the cap",
        f"{DOMAIN}jobs/job.py",
        "min(deadline, self.paid_at + self.terms.held)",
        "deadline",
        "tests/domain/test_job_disputes.py tests/domain/test_job_deadlines.py",
    ),
    Guard(
        "money: a division adds up",
        f"{DOMAIN}jobs/dispute.py",
        "return price.share(Rate(percent * 100))",
        "return price.share(Rate(percent * 100 + 1))",
        "tests/domain/test_dispute.py",
    ),
    Guard(
        "gateway: an unsent refund is void when the money freezes",
        f"{PAYING}incidents.py",
        'await self._void(frozenset({RefundStatus.CREATED}), "the gateway froze the payment")',
        "pass",
        INCIDENTS,
    ),
    Guard(
        "gateway: losing waits for a refund on its way",
        f"{PAYING}incidents.py",
        "if move not in WAITS or not await self._in_flight():",
        "if True:",
        INCIDENTS,
    ),
    Guard(
        "gateway: a second chargeback is a person's",
        f"{DOMAIN}payments/standing.py",
        "_RELEASED if payment.charged_to is None else _RELEASED_AGAIN",
        "_RELEASED",
        "tests/domain/test_standing.py tests/application/test_parked.py",
    ),
    Guard(
        "gateway: after a booking by hand every word is a person's",
        f"{DOMAIN}payments/standing.py",
        "    if payment.by_hand:\n        return {}\n",
        "",
        "tests/domain/test_standing.py tests/application/test_parked.py",
    ),
    Guard(
        "incidents: money in care is not lost by hand",
        f"{PAYING}close_incident.py",
        "if by_hand and job and in_care(payment, job):",
        "if False:",
        "tests/application/test_parked.py",
    ),
    Guard(
        "incidents: a release heard while parked is not lost",
        f"{PAYING}apply_fact.py",
        "if _late(known, fact):",
        "if False:",
        "tests/application/test_parked.py",
    ),
    Guard(
        "incidents: a closed word is news after another one",
        f"{DOMAIN}payments/payment.py",
        "self.closed_word if same else None",
        "self.closed_word",
        "tests/domain/test_payment.py tests/application/test_parked.py",
    ),
    Guard(
        "gateway: a chargeback of a part is not booked as the whole",
        f"{DOMAIN}payments/standing.py",
        "return bool(left) and payment.taken - payment.taken_booked == left",
        "return True",
        "tests/domain/test_standing.py tests/application/test_partial_chargebacks.py",
    ),
    Guard(
        "gateway: what a chargeback left is not available before its release",
        f"{DOMAIN}payments/standing.py",
        "return fact.released or refunded or fact.refunded + fact.taken >= fact.amount",
        "return fact.released or refunded or bool(fact.taken)",
        "tests/application/test_partial_chargebacks.py",
    ),
    Guard(
        "gateway: a refund of ours that came back is a person's",
        f"{DOMAIN}payments/standing.py",
        "refunded = max(more, nothing) or least(less, nothing)",
        "refunded = max(more, nothing)",
        "tests/application/test_parked.py",
    ),
    Guard(
        "gateway: what a rule booked of a chargeback is not lost again",
        f"{PAYING}incidents.py",
        "self._payment = replace(self._payment, excused=refunded, taken_booked=taken)",
        "self._payment = replace(self._payment, excused=refunded)",
        "tests/application/test_parked.py tests/application/test_chargebacks.py",
    ),
    Guard(
        "mercadopago: only a chargeback that was lost took anything",
        "src/conectar/adapters/outbound/mercadopago/payloads.py",
        'if fields.get("coverage_applied") is not False:',
        "if False:",
        "tests/adapters/test_mercadopago_faults.py",
    ),
    Guard(
        "incidents: two administrators agree about the same facts",
        f"{PAYING}close_incident.py",
        "if command.second and command.seen != payment.version:",
        "if False:",
        "tests/application/test_seconding.py",
    ),
    Guard(
        "gateway: what has no row is parked",
        f"{PAYING}incidents.py",
        "return await self._flagged(unheard or bool(await self._unexplained()))",
        "return await self._flagged(False)",
        INCIDENTS,
    ),
    Guard(
        "gateway: a refund from outside is not taken for ours",
        f"{DOMAIN}payments/refund.py",
        "return self.baseline + self.amount <= refunded",
        "return self.amount <= refunded",
        "tests/domain/test_refund.py",
    ),
    Guard(
        "payouts: who owes is not paid",
        f"{PAYING}settling.py",
        "    for payout in await uow.payouts.unsent_of(professional):\n",
        "    for payout in list[Payout]():\n",
        "tests/application/test_chargebacks.py tests/application/test_payout_flow.py",
    ),
    Guard(
        "payouts: parked money waits",
        f"{PAYING}make_payout_batch.py",
        "return await uow.read.parked_of(pro) <= left",
        "return True",
        "tests/application/test_parked.py",
    ),
    Guard(
        "administrators: nobody confirms his own proposal",
        f"{DOMAIN}payments/proposal.py",
        "raise SameAdministrator()",
        "pass",
        "tests/application/test_seconding.py",
    ),
    Guard(
        "administrators: no more than was agreed to",
        f"{CORE}house/seconding.py",
        "if amount > proposal.amount:",
        "if False:",
        "tests/application/test_seconding.py",
    ),
    Guard(
        "administrators: they leave a trace",
        f"{CORE}core.py",
        "await uow.audit.add(entry)",
        "pass",
        "tests/http/test_house.py",
    ),
    Guard(
        "people: a banned person's command is refused inside the unit",
        f"{CORE}jobs/moving.py",
        "user.expect_active()",
        "pass",
        "tests/application/test_bans.py",
    ),
    Guard(
        "people: nobody leaves with money open",
        f"{CORE}people/erase_me.py",
        "raise BalanceOutstanding()",
        "pass",
        "tests/http/test_regret_export_erasure.py",
    ),
    Guard(
        "levels: points are given once",
        f"{CORE}levels/award_points.py",
        "if await uow.point_grants.find(grant.source_ref) is None:",
        "if True:",
        "tests/application/test_points_and_reviews.py tests/http/test_reviews_and_levels.py",
    ),
    Guard(
        "people: regrets of an unproved address are nobody's to read",
        f"{CORE}queries/export.py",
        "if regret.job_id is not None or user.email_verified",
        "if regret.id",
        "tests/http/test_regret_export_erasure.py",
    ),
    Guard(
        "notices: a refund no job tells of is told",
        f"{PAYING}settle_refund.py",
        "    else:\n        await uow.outbox.record(_arrived(refund, now))\n",
        "",
        "tests/application/test_money_is_told.py",
    ),
    Guard(
        "notices: a recalled payout is told",
        f"{PAYING}settling.py",
        "        await uow.outbox.record(\n            PayoutRecalled(",
        "        _ = (\n            PayoutRecalled(",
        "tests/application/test_money_is_told.py",
    ),
    Guard(
        "jobs: terms are those of the acceptance",
        f"{DOMAIN}jobs/job.py",
        "        terms=terms,\n        status",
        "        terms=Terms(),\n        status",
        "tests/application/test_receipt.py tests/domain/test_job.py",
    ),
    Guard(
        "notices: no preference stops the receipt",
        f"{CORE}notices/notify.py",
        "(told.binding or wish.mails(told.topic))",
        "wish.mails(told.topic)",
        "tests/application/test_receipt.py",
    ),
    Guard(
        "wire: filters take no code of the inside",
        f"{SRC}adapters/vocabulary/codes.py",
        "if value not in NEVER_ASKED}",
        "}",
        "tests/http/test_health_and_docs.py",
    ),
    Guard(
        "notices: at most one mail",
        f"{CORE}notices/mail_notice.py",
        "if notice is None or notice.mailed_at is not None:",
        "if notice is None:",
        "tests/application/test_notices.py",
    ),
    Guard(
        "memory: indexes are undone, too",
        f"{MEMORY}tables.py",
        "self._journal.add(buckets.setdefault(after, {}), key, None)",
        "buckets.setdefault(after, {})[key] = None",
        "tests/contract/test_undone.py",
    ),
    Guard(
        "architecture: the domain is pure",
        f"{DOMAIN}kernel/money.py",
        "import re\n",
        "import re\nimport msgspec\n",
        IMPORTS,
    ),
    Guard(
        "architecture: the domain reads no clock",
        f"{DOMAIN}jobs/terms.py",
        "from datetime import datetime, timedelta\n",
        "from datetime import datetime, timedelta\nNOW = datetime.now()\n",
        "tests/domain/test_purity.py",
    ),
    Guard(
        "architecture: imports go inwards",
        f"{CORE}access.py",
        "from typing import TypeVar\n",
        "from typing import TypeVar\nfrom conectar.adapters.vocabulary import fields as _fields\n",
        IMPORTS,
    ),
    Guard(
        "architecture: no technology knows another",
        f"{SRC}adapters/outbound/mailbox/mailer.py",
        "import httpx\n",
        "import httpx\nfrom conectar.adapters.outbound.sql import engine as _engine\n",
        IMPORTS,
    ),
    Guard(
        "architecture: the sandbox is alone",
        f"{SRC}sandbox/settings.py",
        "from pathlib import Path\n",
        "from pathlib import Path\nfrom conectar.domain.kernel import money as _money\n",
        IMPORTS,
    ),
    Guard(
        "architecture: nothing unneeded is imported",
        f"{SRC}bootstrap/http.py",
        "import uvicorn\n",
        "import uvicorn\nimport sys\nsys.modules['redis'] = sys\n",
        IMPORTS,
    ),
    Guard(
        "architecture: one handler a message",
        f"{CORE}registry.py",
        "        and found.__module__ == room.__name__\n",
        "        and found.__module__ == room.__name__\n"
        "        and found.__name__ != 'ApproveJob'\n",
        TASTE,
    ),
    Guard(
        "architecture: functions stay small",
        f"{CORE}access.py",
        "    if found is None:\n",
        "    if found is None:\n" + "        pass\n" * 60,
        TASTE,
    ),
    Guard(
        "architecture: files stay small",
        f"{CORE}access.py",
        "T = TypeVar",
        "# more\n" * 400 + "T = TypeVar",
        TASTE,
    ),
    Guard(
        "architecture: Spanish lives in the vocabulary",
        f"{CORE}access.py",
        "T = TypeVar",
        'WORD = "trabajo_id"\nT = TypeVar',
        TASTE,
    ),
    Guard(
        "architecture: the vocabulary is complete",
        f"{SRC}adapters/vocabulary/fields.py",
        '    "professional_net": "neto_profesional",\n',
        "",
        "tests/docs/test_made_pages.py",
    ),
    Guard(
        "architecture: tables and migrations agree",
        MIGRATION,
        '        sa.Column("cambios_pedidos", sa.BigInteger(), nullable=False),\n',
        "",
        "tests/migrations",
    ),
    Guard(
        "architecture: made pages are fresh",
        "docs/errors.md",
        "# Refusals",
        "# Old refusals",
        "tests/docs/test_made_pages.py",
    ),
    Guard(
        "copies: a look is good for a moment only",
        f"{HTTP}copies.py",
        "if one is not None and monotonic() <= one.until]",
        "if one is not None]",
        "tests/adapters/test_copies.py",
    ),
    Guard(
        "copies: who is signed in has looked",
        f"{HTTP}copies.py",
        "await self._current(of, await self._look(of.topics))",
        "await self._found(of)",
        "tests/adapters/test_copies.py",
    ),
    Guard(
        "copies: one of all loads",
        f"{SRC}adapters/outbound/redis/cache.py",
        "nx=True, ",
        "",
        "tests/contract/test_cache.py",
    ),
    Guard(
        "rows: what says something else is read again",
        f"{SQL}reading.py",
        "if known is None or known[0] != row:",
        "if known is None:",
        "tests/contract/test_readers_work.py",
        "sqlite",
    ),
    Guard(
        "rows: what was seen is seen so by who may do the same",
        f"{CORE}queries/jobs.py",
        "view = row.seen.get(actions)",
        "view = next(iter(row.seen.values()), None)",
        "tests/http/test_jobs.py",
    ),
    Guard(
        "architecture: a request leaves no circle behind",
        f"{HTTP}app.py",
        "    app.asgi_handler = _injected(app.asgi_handler, container)",
        "    from dishka.integrations.litestar import setup_dishka\n\n"
        "    setup_dishka(container, app)",
        "tests/http/test_garbage.py",
    ),
    Guard(
        "answers: a stream feels its reader",
        f"{SRC}bootstrap/one_write.py",
        "if self._length >= ENOUGH:",
        "if False:",
        "tests/bootstrap/test_one_write.py",
    ),
    *POSTGRESQL,
    *TELEMETRY,
    *FOLLOWED,
)
