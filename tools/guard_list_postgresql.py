"""The guards of PostgreSQL: what its triggers refuse, and how units of work wait there."""

from conectar.adapters.outbound.sql.tables import METADATA
from conectar.adapters.vocabulary.tables import POSTGRESQL_ONLY, SQLITE_ONLY
from tools.guard import CORE, SQL, SRC, Guard

FIFTH = "alembic/versions/0005_what_must_never_be.py"
NEVER = "tests/postgresql/test_what_must_never_be.py"
WAITING = "tests/postgresql/test_waiting.py"
RACES = "tests/application/test_races.py"
FITNESS, TOLD = f"{SQL}fitness.py", "tests/postgresql/test_fitness.py"
HISTORY, NEAREST = "tests/migrations/test_migrations.py", "tests/postgresql/test_nearest.py"
NEWEST = "alembic/versions/0014_who_comes_here.py"
LAST = "    _make(AFTER)\n"
"""Where the history ends."""
CHECKED = "        USING ERRCODE = 'check_violation', CONSTRAINT = "


def _final(table: str, left: str) -> Guard:
    before = 'FINAL = ("asientos", "asiento_lineas", "historial")'
    return Guard(f"postgresql: {table} is written once", FIFTH, before, f"FINAL = ({left})", NEVER)


def _refusal(what: str, raised: str, constraint: str, goes: str) -> Guard:
    """A trigger that lets everything pass."""
    before = f"    RAISE EXCEPTION {raised}\n{CHECKED}'{constraint}';"
    return Guard(f"postgresql: {what}", FIFTH, before, f"    RETURN {goes};", NEVER)


def _gone(name: str, dropped: str, tests: str, only: str) -> Guard:
    """PostgreSQL alone has it no more."""
    after = f'{LAST}    op.execute("{dropped}")\n'
    return Guard(f"postgresql: {name}", NEWEST, LAST, after, tests, only)


def _unindexed(name: str, tests: str = HISTORY, only: str = "drifts and postgresql") -> Guard:
    return _gone(f"index {name}", f"DROP INDEX {name}", tests, only)


LISTED = [
    str(index.name)
    for table in METADATA.sorted_tables
    for index in sorted(table.indexes, key=lambda index: str(index.name))
    if not index.unique and index.name not in SQLITE_ONLY
]
"""Indexes that find; those of "at most one" are with their rules."""

KEYS = [table.name for table in METADATA.sorted_tables if len(table.primary_key) > 1]
"""Tables whose primary key says what there is once."""

POSTGRESQL = (
    *map(_unindexed, LISTED),
    *(
        _gone(
            f"key of {table}",
            f"ALTER TABLE {table} DROP CONSTRAINT {table}_pkey CASCADE",
            HISTORY,
            "primary_key and postgresql",
        )
        for table in (*KEYS, "puntos", "turnos")
    ),
    *(
        _unindexed(name, NEAREST, "inner_scan")
        for name in sorted(POSTGRESQL_ONLY)
        if name.startswith("ix_")
    ),
    _gone(
        "no balance below zero",
        "ALTER TABLE saldos DROP CONSTRAINT ck_saldos_floor",
        NEVER,
        "less_than_nothing",
    ),
    _gone(
        "no entry of nothing",
        "ALTER TABLE asiento_lineas DROP CONSTRAINT ck_asiento_lineas_zero",
        NEVER,
        "entry_of_nothing",
    ),
    Guard(
        "postgresql: a serialization failure is tried again",
        f"{SQL}errors.py",
        'LOST = {"40001", "40P01"}',
        'LOST = {"40P01"}',
        WAITING,
        "put_in_order",
    ),
    Guard(
        "postgresql: who migrates beside another says so",
        FITNESS,
        'if getattr(error.orig, "sqlstate", None) == LOCKED:',
        "if False:",
        TOLD,
        "another_does",
    ),
    Guard(
        "postgresql: a missing extension is told",
        FITNESS,
        'EXTENSIONS = ("postgis", "btree_gist")',
        'EXTENSIONS = ("postgis",)',
        TOLD,
        "btree_gist",
    ),
    Guard(
        "postgresql: who is refused is told why",
        FITNESS,
        '"28000": "refuses the role", "28P01": "refuses the password", ',
        "",
        TOLD,
        "credentials",
    ),
    Guard(
        "postgresql: nobody works by another time",
        FITNESS,
        "            await _expect_our_time(connection, clock)\n",
        "",
        "tests/production/test_clock.py",
        "not_started",
    ),
    Guard(
        "postgresql: nobody is ready by another time",
        f"{SRC}bootstrap/http.py",
        "return await in_step(database, clock)",
        "return await answers(database)",
        "tests/production/test_clock.py",
        "right_again",
    ),
    Guard(
        "postgresql: a page beyond the end is empty",
        f"{SQL}reading.py",
        "return () if beyond else found, found[0][-1]",
        "return found, found[0][-1]",
        "tests/contract/test_lists.py",
        "postgresql and empty",
    ),
    _final("asientos", '"asiento_lineas", "historial"'),
    _final("asiento_lineas", '"asientos", "historial"'),
    _final("historial", '"asientos", "asiento_lineas"'),
    Guard(
        "postgresql: no posting without legs",
        FIFTH,
        'BALANCED = ("asientos", "asiento_lineas")',
        'BALANCED = ("asiento_lineas",)',
        NEVER,
    ),
    Guard(
        "postgresql: nothing is added to what was posted",
        "alembic/versions/0013_what_was_posted_is_whole.py",
        "IF NOT FOUND THEN",
        "IF false THEN",
        NEVER,
    ),
    Guard(
        "postgresql: the application deletes only what may be forgotten",
        f"{SQL}roles.py",
        "REVOKE DELETE ON ALL TABLES IN SCHEMA public FROM",
        "GRANT DELETE ON ALL TABLES IN SCHEMA public TO",
        NEVER,
    ),
    Guard(
        "search: over the edge of the map an index finds them",
        f"{SQL}readers_search.py",
        "_boxed(criteria, on_the_map(box(criteria)))",
        "_boxed(criteria, _inside(box(criteria)))",
        NEAREST,
    ),
    Guard(
        "search: nobody comes from farther than anybody travels",
        f"{CORE}queries/search.py",
        "self.radius_km if self.beyond_reach else min(self.radius_km, TRAVEL_KM_MAX)",
        "self.radius_km",
        "tests/contract/test_versions.py",
    ),
    Guard(
        "postgresql: no legs after the posting",
        FIFTH,
        'BALANCED = ("asientos", "asiento_lineas")',
        'BALANCED = ("asientos",)',
        NEVER,
    ),
    _gone(
        "a job moves along the arrows",
        "DROP TRIGGER tg_trabajos_avanza ON trabajos",
        NEVER,
        "moves_along or begins_at_the_beginning",
    ),
    Guard(
        "postgresql: what is payable is locked before what is owed",
        f"{CORE}payments/settling.py",
        "has = await uow.ledger.balance(ledger.payable(professional))\n    return has, await",
        "await uow.ledger.balance(ledger.receivable(professional))\n"
        "    has = await uow.ledger.balance(ledger.payable(professional))\n    return has, await",
        "tests/application/test_payout_flow.py tests/application/test_chargebacks.py",
        "postgresql",
    ),
    Guard(
        "postgresql: a unit reads what is committed",
        f"{SQL}postgresql.py",
        'WRITING: "BEGIN ISOLATION LEVEL READ COMMITTED"',
        'WRITING: "BEGIN"',
        WAITING,
        "committed",
    ),
    Guard(
        "postgresql: a frozen job has arrows of its own",
        "alembic/versions/0011_the_whole_arrow.py",
        "CASE OLD.congelado_por WHEN 'NINGUNO' THEN 'LIBRE' ELSE 'CONGELADO' END",
        "'LIBRE'",
        NEVER,
        "frozen_job_goes",
    ),
    _gone(
        "eventos is written once",
        "DROP TRIGGER tg_eventos_definitivo ON eventos",
        NEVER,
        "written_once",
    ),
    _refusal(
        "a step has its event and its row",
        "'el paso % del trabajo % no tiene evento o historial', NEW.version, NEW.id",
        "ck_trabajos_cuenta",
        "NULL",
    ),
    Guard(
        "postgresql: a job is born with its event and its row",
        FIFTH,
        "tg_trabajos_nace AFTER INSERT ON trabajos",
        "tg_trabajos_nace AFTER DELETE ON trabajos",
        NEVER,
    ),
    Guard(
        "postgresql: a job moves with its event and its row",
        FIFTH,
        "WHEN (NEW.version <> OLD.version)",
        "WHEN (NEW.version < OLD.version)",
        NEVER,
    ),
    Guard(
        "postgresql: a step is told once",
        FIFTH,
        '"uq_eventos_step", ["sujeto_id", "version"], unique=True',
        '"uq_eventos_step", ["sujeto_id", "version"], unique=False',
        NEVER,
    ),
    _refusal(
        "an answered offer keeps its answer",
        "'la oferta % ya fue respondida', NEW.id",
        "ck_ofertas_respondida",
        "NEW",
    ),
    Guard(
        "postgresql: the application only adds to what is written once",
        f"{SQL}roles.py",
        "REVOKE UPDATE ON {', '.join(ADD_ONLY)}",
        "REVOKE TRUNCATE ON {', '.join(ADD_ONLY)}",
        NEVER,
    ),
    Guard(
        "postgresql: what is found is locked",
        f"{SQL}dialect.py",
        "query.with_for_update(key_share=True, of=of or None)",
        "query",
        RACES,
    ),
    Guard(
        "postgresql: a lock that is not had is told",
        f"{SQL}errors.py",
        "return LockTimeout()",
        "return LostRace()",
        WAITING,
    ),
    Guard(
        "postgresql: a pool asks whether its connections live",
        f"{SQL}postgresql.py",
        "if not (isinstance(error, Exception) and dead(error)) or monotonic() > late:",
        "if True:",
        WAITING,
    ),
    Guard(
        "postgresql: a server that vanishes takes nothing back",
        f"{SQL}postgresql.py",
        "        except Exception:\n            await self._thrown_away(driver)",
        "        except ValueError:\n            await self._thrown_away(driver)",
        WAITING,
    ),
    Guard(
        "postgresql: who went silent is not waited for again",
        f"{SQL}postgresql.py",
        "RETURNED_WITHIN_S = 1.0",
        "RETURNED_WITHIN_S = 30.0",
        "tests/production/test_faults.py",
        "stands_still_is_503",
    ),
    Guard(
        "postgresql: a read asks another connection",
        f"{SQL}postgresql.py",
        "if not dead(error) or monotonic() > late:",
        "if True:",
        WAITING,
    ),
    Guard(
        "postgresql: like statements keep their own values",
        f"{SQL}words.py",
        "return _read(compiled, given)",
        "return _read(compiled, compiled.params)",
        "tests/postgresql/test_words.py",
    ),
    Guard(
        "postgresql: what is said after a commit is of another transaction",
        f"{SQL}postgresql.py",
        "self._over = True",
        "self._over = False",
        "tests/contract/test_units.py",
    ),
    Guard(
        "postgresql: nothing is prepared behind PgBouncer",
        f"{SQL}postgresql.py",
        '{"statement_cache_size": 0} if pooled_outside else PREPARED',
        "PREPARED",
        "tests/postgresql/test_pgbouncer.py",
    ),
    Guard(
        "postgresql: rows are locked in the written order",
        "src/conectar/application/jobs/moving.py",
        "    user = existing(await uow.users.find(person(actor)))\n"
        "    job = existing(await uow.jobs.find(job_id))\n",
        "    job = existing(await uow.jobs.find(job_id))\n"
        "    user = existing(await uow.users.find(person(actor)))\n",
        RACES,
    ),
    Guard(
        "postgresql: nearest on the map is not yet nearest",
        f"{SQL}readers_nearest.py",
        "if taken < take or (needed or 0.0) <= _certain(near, farthest):",
        "if True:",
        NEAREST,
    ),
    Guard(
        "postgresql: who doesn't come here is not read",
        f"{SQL}readers_nearest.py",
        "        where.append(REACHED.intersects(_here()))\n",
        "        pass\n",
        NEAREST,
    ),
    Guard(
        "postgresql: who fails one of two filters is not fetched",
        NEWEST,
        "plano, cobertura, franja",
        "plano, cobertura",
        NEAREST,
    ),
    Guard(
        "postgresql: a search ends at the edge of its circle",
        f"{SQL}readers_nearest.py",
        '.where(or_(hit, found.c.map_metres > _real("edge")))',
        ".where(hit)",
        NEAREST,
    ),
    Guard(
        "postgresql: what was not enough is said again of a smaller circle",
        f"{SQL}readers_nearest.py",
        "            criteria, bounds = replace(criteria, radius_m=needed), around(near, needed)\n",
        "",
        NEAREST,
    ),
    Guard(
        "postgresql: two programs say one after the other what a role may do",
        f"{SQL}roles.py",
        "            ONE_AT_A_TIME,\n",
        "",
        "tests/migrations",
        only="role_may_do",
    ),
    Guard(
        "postgresql: two programs say one after the other what limits a role",
        f"{SQL}roles.py",
        "        await connection.execute(text(ONE_AT_A_TIME))\n",
        "",
        "tests/migrations",
        only="role_may_do",
    ),
)
