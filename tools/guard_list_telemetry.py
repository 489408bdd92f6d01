"""The guards of what watches: what no span tells, and who sees no figures."""

from tools.guard import Guard

TRACES = "src/conectar/adapters/outbound/telemetry/traces.py"
SCRAPING = "src/conectar/adapters/inbound/http/scraping.py"
TOLD, SEEN = "tests/http/test_traces.py", "tests/http/test_metrics.py"

TELEMETRY = (
    Guard(
        "traces: what a database says stays here",
        TRACES,
        "Status(StatusCode.ERROR, type(error).__name__)",
        "Status(StatusCode.ERROR, str(error))",
        TOLD,
    ),
    Guard(
        "traces: a statement without its parameters",
        TRACES,
        'name = f"{verb} {table[1]}" if table else verb',
        'name, attributes["db.query.values"] = f"{verb} {table and table[1]}", repr(_)',
        TOLD,
    ),
    Guard(
        "traces: an event keeps its span",
        "src/conectar/adapters/outbound/sql/outbox.py",
        '"trace_parent": trace_parent(),',
        '"trace_parent": None,',
        TOLD,
    ),
    Guard(
        "traces: the clock fills no collector",
        TRACES,
        "orphan = kind is SpanKind.CLIENT",
        "orphan = False",
        TOLD,
    ),
    Guard(
        "traces: looking for what is due begins none",
        "src/conectar/bootstrap/providers/system.py",
        "*(Sweep, FindDue, ",
        "*(Sweep, ",
        TOLD,
        "clock",
    ),
    Guard(
        "traces: who takes from the queue begins none",
        "src/conectar/bootstrap/providers/system.py",
        "*(ClaimDeliveries, FindDelivery, ",
        "*(ClaimDeliveries, ",
        "tests/production/test_telling.py",
        "clock",
    ),
    Guard(
        "figures: of all processes",
        "src/conectar/bootstrap/production.py",
        "        os.environ[METRICS_FOLDER] = folder  # of all processes together\n",
        "",
        "tests/production/test_telling.py",
        "counted",
    ),
    Guard(
        "figures: not through a proxy nobody told us of",
        SCRAPING,
        "direct = not any(name in given for name in THROUGH_A_PROXY)",
        "direct = True",
        SEEN,
    ),
    Guard(
        "figures: a trusted proxy does not speak for itself",
        SCRAPING,
        "found = nearest(told, self._trusted)",
        "found = nearest(told[:1], self._trusted)",
        SEEN,
    ),
    Guard(
        "figures: only with the token",
        SCRAPING,
        "if self._authorization and compare_digest(shown, self._authorization):",
        "if shown:",
        SEEN,
    ),
)
