"""The guards, each with what stands in its place when it is gone and the tests that say so."""

from tools.guard import CORE, DOMAIN, HTTP, MEMORY, SQL, SRC, Guard
from tools.guard_list_architecture import ARCHITECTURE
from tools.guard_list_feed import FOLLOWED
from tools.guard_list_postgresql import POSTGRESQL
from tools.guard_list_telemetry import TELEMETRY
from tools.guard_list_whole_job import WHOLE_JOB

MIGRATION = "alembic/versions/0001_the_first_tables.py"
ONE_OF = "tests/contract/test_uniqueness.py"
LEDGER = "tests/contract/test_ledger.py"
BEHIND = "tests/contract/test_behind_the_key.py"
REFUNDS = "tests/application/test_refunds.py"
KEYS = "tests/application/test_idempotency.py"
SAGAS = "tests/application/test_sagas.py"
REFUSALS = "tests/application/test_refusals.py"
WHOLE = "alembic/versions/0013_what_was_posted_is_whole.py"
SECOND = "alembic/versions/0002_the_whole_job.py"
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
    _index("one open dispute a job", "uq_disputes_open", '["trabajo_id"]', WHOLE),
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
    Guard("once: a key being worked on", f"{CORE}core.py", "raise KeyInProgress()", "pass", SAGAS),
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
        "outcome = refused or Outcome.given(await self._handle(message, uow), once)",
        "outcome = await Outcome.of(self._handle(message, uow), once)",
        BEHIND,
    ),
    Guard(
        "once: the late worker's key",
        f"{CORE}once.py",
        "    return (stored.created_at, stored.lease) == (entry.created_at, entry.lease)",
        "    return True",
        SAGAS,
    ),
    Guard(
        "once: a key that was opened again has another holder",
        f"{CORE}once.py",
        "(stored.created_at, stored.lease) == (entry.created_at, entry.lease)",
        "stored.lease == entry.lease",
        SAGAS,
    ),
    Guard(
        "once: a late worker's answer is not given",
        f"{CORE}once.py",
        "    await expect_held(answered, uow)\n    await uow.keys.save(answered)",
        "    if await _held(answered, uow):\n        await uow.keys.save(answered)",
        SAGAS,
    ),
    Guard(
        "once: the answer of a saga is stored with what makes it count",
        f"{CORE}core.py",
        "            await uow.keys.save(self._filled(entry, Outcome.given(answer, once)))\n",
        "",
        SAGAS,
    ),
    Guard(
        "once: a late worker makes nothing count",
        f"{CORE}core.py",
        "            await expect_held(entry, uow)\n",
        "",
        SAGAS,
    ),
    Guard(
        "once: who lost the answer does not open the key again",
        f"{CORE}once.py",
        "if stored is None or stored.answer is not None:",
        "if stored is None:",
        SAGAS,
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
        '"next_at": until} for each',
        '"next_at": at} for each',
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
    *WHOLE_JOB,
    *ARCHITECTURE,
    *POSTGRESQL,
    *TELEMETRY,
    *FOLLOWED,
)
