"""What the database refuses by itself, said by hand as the application's own role."""

from uuid import UUID, uuid4

import pytest
from sqlalchemy.ext.asyncio import AsyncEngine

from conectar.adapters.outbound.sql.roles import FORGETS
from conectar.adapters.outbound.sql.tables import METADATA
from conectar.adapters.vocabulary.codes import code
from conectar.application.jobs.cancel_job import CancelJob
from conectar.domain.jobs.lifecycle import LIFECYCLE, State
from tests import actors
from tests.backends import House
from tests.postgresql.raw import cells, owners, refusal

CHECK, DENIED, UNIQUE = "23514", "42501", "23505"
WRITTEN_ONCE = {
    "asientos": "trabajo_id",
    "asiento_lineas": "trabajo_id",
    "historial": "motivo",
    "eventos": "version",
}
"""Tables, and a column each that may be empty."""
HEAD = "INSERT INTO asientos (id, hecho, at) VALUES (:id, :fact, now())"
LEG = (
    "INSERT INTO asiento_lineas (transaccion_id, paso, cuenta, cents)"
    " VALUES (:id, {step}, 'bank', {cents})"
)
UNBALANCED = {
    "no legs": (HEAD,),
    "one leg": (HEAD, LEG.format(step=1, cents=100)),
    "two legs of one side": (
        HEAD,
        LEG.format(step=1, cents=100),
        LEG.format(step=2, cents=100),
    ),
    "a cent too much": (
        HEAD,
        LEG.format(step=1, cents=-100),
        LEG.format(step=2, cents=50),
        LEG.format(step=3, cents=51),
    ),
}
BALANCED = (HEAD, LEG.format(step=1, cents=100), LEG.format(step=2, cents=-100))


@pytest.mark.parametrize("statements", UNBALANCED.values(), ids=UNBALANCED.keys())
async def test_what_does_not_balance_is_not_posted(
    engine: AsyncEngine, statements: tuple[str, ...]
) -> None:
    assert await refusal(engine, *statements, id=uuid4(), fact="x") == (CHECK, "ck_asientos_cuadra")
    assert await cells(engine, "SELECT id FROM asientos") == []
    assert await refusal(engine, *BALANCED, id=uuid4(), fact="x") == ("", None)


async def test_what_was_posted_takes_no_more_legs(engine: AsyncEngine) -> None:
    id = uuid4()
    assert await refusal(engine, *BALANCED, id=id, fact="x") == ("", None)
    legs = LEG.format(step=3, cents=5), LEG.format(step=4, cents=-5)
    async with owners(engine) as owner:
        for somebody in (engine, owner):
            for late in (legs[:1], legs):
                assert await refusal(somebody, *late, id=id) == (CHECK, "ck_asientos_completo")


async def test_an_entry_of_nothing_is_none(engine: AsyncEngine) -> None:
    statements = (*BALANCED, LEG.format(step=3, cents=0))
    assert await refusal(engine, *statements, id=uuid4(), fact="x") == (
        CHECK,
        "ck_asiento_lineas_zero",
    )


async def test_a_fact_is_posted_once(engine: AsyncEngine) -> None:
    assert await refusal(engine, *BALANCED, id=uuid4(), fact="x") == ("", None)
    assert await refusal(engine, *BALANCED, id=uuid4(), fact="x") == (UNIQUE, "uq_asientos_fact")


async def test_no_owner_has_less_than_nothing(guarded: House, engine: AsyncEngine) -> None:
    ana, beto = await actors.client(guarded), await actors.professional(guarded)
    await actors.paid_job(guarded, ana, beto)
    taken = "UPDATE saldos SET saldo = saldo - 100000000"
    assert await refusal(engine, taken) == (CHECK, "ck_saldos_floor")
    new = "INSERT INTO saldos (cuenta, titular_id, saldo) VALUES ('payable', :id, -1)"
    assert await refusal(engine, new, id=uuid4()) == (CHECK, "ck_saldos_floor")


@pytest.mark.parametrize("table", WRITTEN_ONCE)
@pytest.mark.parametrize(
    "change",
    ["UPDATE {} SET trabajo_id = NULL", "DELETE FROM {}", "TRUNCATE {} CASCADE"],
    ids=["update", "delete", "truncate"],
)
async def test_what_is_written_once_is_never_changed(
    guarded: House, engine: AsyncEngine, table: str, change: str
) -> None:
    """Neither by the application nor by the owner of the tables."""
    ana, beto = await actors.client(guarded), await actors.professional(guarded)
    await actors.paid_job(guarded, ana, beto)
    statement = change.format(table).replace("trabajo_id", WRITTEN_ONCE[table])
    count = f"SELECT count(*) FROM {table}"
    before = await cells(engine, count)
    assert before != [(0,)]
    async with owners(engine) as owner:
        for somebody in (engine, owner):
            assert (await refusal(somebody, statement))[0] == DENIED
    assert await cells(engine, count) == before


async def test_what_may_not_be_forgotten_is_not_deleted(engine: AsyncEngine) -> None:
    """Who deletes a row may write it anew, as if nothing had happened to it."""
    kept = set(METADATA.tables) - set(FORGETS)
    assert kept >= {"trabajos", "ofertas", "pagos", "reembolsos", "disputes", "saldos", "usuarios"}
    for table in kept:
        assert (await refusal(engine, f"DELETE FROM {table}"))[0] == DENIED, table
    for table in FORGETS:
        assert (await refusal(engine, f"DELETE FROM {table}"))[0] == "", table


async def test_the_arrows_in_the_database_are_those_of_the_table(engine: AsyncEngine) -> None:
    def words(state: State, frozen: bool) -> str:
        """As the table has it."""
        return "/".join((*map(code, state), "CONGELADO" if frozen else "LIBRE"))

    wanted = {
        (words(step.before, step.frozen), words(step.after, step.frozen_after))
        for step in LIFECYCLE.steps
    }
    assert set(await cells(engine, "SELECT antes, despues FROM transiciones")) == wanted


MOVES = {
    "where no arrow leads": "version = version + 1, estado = 'APROBADO'",
    "without saying so": "estado = 'CANCELADO'",
    "frozen without saying so": "congelado_por = 'MEDIACION'",
    "frozen without money": "congelado_por = 'MEDIACION', version = version + 1",
    "nowhere": "version = version + 1",
    "two steps at once": "estado = 'CANCELADO', version = version + 2",
    "back a step": "version = version - 1",
}


@pytest.mark.parametrize("change", MOVES.values(), ids=MOVES.keys())
async def test_a_job_only_moves_along_the_arrows(
    guarded: House, engine: AsyncEngine, change: str
) -> None:
    ana, beto = await actors.client(guarded), await actors.professional(guarded)
    await actors.unpaid_job(guarded, ana, beto)
    assert await refusal(engine, f"UPDATE trabajos SET {change}") == (CHECK, "ck_trabajos_avanza")


ALLOWED = {
    "estado = 'COMPLETADO'": True,
    "estado = 'EN_DISPUTA', disputa_estado = 'ABIERTA'": False,
    "congelado_por = 'NINGUNO', estado = 'COMPLETADO'": False,
    "congelado_por = 'NINGUNO'": True,
}
"""From work that is paid and whose money is frozen; a free job may dispute."""


@pytest.mark.parametrize(("change", "allowed"), ALLOWED.items())
async def test_a_frozen_job_goes_where_a_frozen_one_may(
    guarded: House, engine: AsyncEngine, change: str, allowed: bool
) -> None:
    ana, beto = await actors.client(guarded), await actors.professional(guarded)
    job, *_ = await actors.paid_job(guarded, ana, beto)
    told = (
        "INSERT INTO eventos (id, nombre, contenido, at, sujeto_id, version) SELECT"
        " gen_random_uuid(), 'x', '', now(), id, version FROM trabajos WHERE id = :id",
        "INSERT INTO historial (sujeto_id, version, estado, escrow_estado, actor_rol, at) SELECT"
        " id, version, estado, escrow_estado, 'CLIENTE', now() FROM trabajos WHERE id = :id",
    )
    held, moved = (
        f"UPDATE trabajos SET {what}, version = version + 1"
        for what in ("congelado_por = 'MEDIACION'", change)
    )
    assert await refusal(engine, held, *told, id=job.id) == ("", None)
    found = await refusal(engine, moved, *told, id=job.id)
    assert found == (("", None) if allowed else (CHECK, "ck_trabajos_avanza"))


async def test_a_job_begins_at_the_beginning(guarded: House, engine: AsyncEngine) -> None:
    born = await copied(guarded, engine, estado="'EN_CURSO'", escrow_estado="'PAGADO_EN_ESCROW'")
    assert born == (CHECK, "ck_trabajos_avanza")


async def test_no_job_is_born_unheard(guarded: House, engine: AsyncEngine) -> None:
    assert await copied(guarded, engine) == (CHECK, "ck_trabajos_cuenta")


@pytest.mark.parametrize("missing", ["eventos", "historial"])
async def test_no_step_without_its_event_and_its_row(
    guarded: House, engine: AsyncEngine, missing: str
) -> None:
    ana, beto = await actors.client(guarded), await actors.professional(guarded)
    job = await actors.unpaid_job(guarded, ana, beto)
    step = "UPDATE trabajos SET estado = 'CANCELADO', version = version + 1, vence_at = NULL"
    told = {
        "eventos": "INSERT INTO eventos (id, nombre, contenido, at, sujeto_id, version)"
        " VALUES (gen_random_uuid(), 'x', '', now(), :id, 2)",
        "historial": "INSERT INTO historial"
        " (sujeto_id, version, estado, escrow_estado, actor_rol, at)"
        " VALUES (:id, 2, 'CANCELADO', 'PENDIENTE', 'CLIENTE', now())",
    }
    said = [statement for table, statement in told.items() if table != missing]
    assert await refusal(engine, step, *said, id=job.id) == (CHECK, "ck_trabajos_cuenta")
    assert await refusal(engine, step, *told.values(), id=job.id) == ("", None)


async def test_a_step_is_told_once(guarded: House, engine: AsyncEngine) -> None:
    ana, beto = await actors.client(guarded), await actors.professional(guarded)
    job = await actors.unpaid_job(guarded, ana, beto)
    again = (
        "INSERT INTO eventos (id, nombre, contenido, at, sujeto_id, version)"
        " VALUES (gen_random_uuid(), 'x', '', now(), :id, 1)"
    )
    assert await refusal(engine, again, id=job.id) == (UNIQUE, "uq_eventos_step")


async def test_an_answered_offer_keeps_its_answer(guarded: House, engine: AsyncEngine) -> None:
    ana, beto = await actors.client(guarded), await actors.professional(guarded)
    await actors.unpaid_job(guarded, ana, beto)
    again = "UPDATE ofertas SET estado = 'PENDIENTE'"
    assert await refusal(engine, again) == (CHECK, "ck_ofertas_respondida")


async def test_one_open_intent_a_job_and_one_refund_under_way_a_payment(
    guarded: House, engine: AsyncEngine
) -> None:
    ana, beto = await actors.client(guarded), await actors.professional(guarded)
    job = await actors.unpaid_job(guarded, ana, beto)
    await actors.checkout(guarded, job, ana)
    again = await duplicated(engine, "payment_intents", id="gen_random_uuid()")
    assert again == (UNIQUE, "uq_payment_intents_open")
    paid, _ = await actors.paid_job(guarded, ana, beto)
    await guarded.core.execute(CancelJob(job_id=paid.id, reason=None, actor=ana))
    again = await duplicated(engine, "reembolsos", id="gen_random_uuid()")
    assert again == (UNIQUE, "uq_reembolsos_outstanding")


@pytest.mark.parametrize("right", ["UPDATE", "DELETE", "TRUNCATE"])
async def test_the_application_has_no_right_to_change_it_either(
    engine: AsyncEngine, right: str
) -> None:
    query = "SELECT has_table_privilege(:table, :right), has_table_privilege(:table, 'INSERT')"
    for table in WRITTEN_ONCE:
        assert await cells(engine, query, table=table, right=right) == [(False, True)]


async def test_the_application_makes_and_unmakes_no_rules(engine: AsyncEngine) -> None:
    for statement in (
        "CREATE TABLE otra (id int)",
        "ALTER TABLE trabajos DISABLE TRIGGER ALL",
        "INSERT INTO transiciones VALUES ('a', 'b')",
        "UPDATE alembic_version SET version_num = '1'",
        "DROP TABLE asientos",
        "SET session_replication_role = replica",
    ):
        assert (await refusal(engine, statement))[0] == DENIED, statement


async def copied(home: House, engine: AsyncEngine, **changes: str) -> tuple[str, str | None]:
    """A job of an offer of its own, made of another one by hand."""
    ana, beto = await actors.client(home), await actors.professional(home)
    await actors.unpaid_job(home, ana, beto)
    offer = await actors.offer(home, ana, beto)
    given = {"id": "gen_random_uuid()", "oferta_id": f"'{UUID(str(offer.id))}'"} | changes
    return await duplicated(engine, "trabajos", **given)


async def duplicated(engine: AsyncEngine, table: str, **changes: str) -> tuple[str, str | None]:
    """The only row of a table once more, with these cells."""
    named = await cells(
        engine,
        "SELECT column_name FROM information_schema.columns"
        " WHERE table_name = :table AND is_generated = 'NEVER'",
        table=table,
    )
    names = [name for (name,) in named]
    said = ", ".join(changes.get(name, name) for name in names)
    return await refusal(
        engine, f"INSERT INTO {table} ({', '.join(names)}) SELECT {said} FROM {table}"
    )
