"""The guards of the architecture, and of what is kept of it in memory."""

from tools.guard import CORE, DOMAIN, HTTP, SQL, SRC, Guard

MIGRATION = "alembic/versions/0001_the_first_tables.py"
TASTE = "tests/architecture/test_taste.py"
IMPORTS = "tests/architecture/test_imports.py"

ARCHITECTURE = (
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
    Guard(
        "limits: without Redis a part for each",
        f"{SRC}adapters/outbound/limits/limiter.py",
        "whole.amount // sharers",
        "whole.amount",
        "tests/adapters/test_limiter.py",
        "together",
    ),
    Guard(
        "limits: each process knows how many there are",
        f"{SRC}bootstrap/production.py",
        "    os.environ[PROCESSES] = str(workers)\n",
        "",
        "tests/production/test_limits.py",
    ),
    Guard(
        "worker: one keeps the schedule",
        f"{SRC}adapters/inbound/worker/schedule.py",
        "if not await self._core.execute(self._turn):",
        "if False:",
        "tests/application/test_schedule.py",
    ),
    Guard(
        "worker: it ends what it has begun",
        f"{SRC}adapters/inbound/worker/jobs.py",
        "while self.job_task_contexts and monotonic() < until:",
        "while False:",
        "tests/production/test_faults.py",
        "told_to_stop",
    ),
)
