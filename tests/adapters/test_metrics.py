"""Figures for Prometheus: of one process, and of several that count into one folder."""

import json
import re
import subprocess
import sys
from dataclasses import fields
from pathlib import Path
from typing import Any

import yaml
from prometheus_client.parser import text_string_to_metric_families

from conectar.adapters.outbound.telemetry.metrics import PrometheusMetrics
from conectar.adapters.vocabulary.metrics import GAUGES, STORE_UP
from conectar.application.ports.gauges import Gauges

ROOT = Path(__file__).parents[2]
ROUTE = "/api/v1/ofertas/{offer_id}"
FIGURES = Gauges(**{field.name: n for n, field in enumerate(fields(Gauges), 2)})  # type: ignore[arg-type]


def read(page: bytes) -> dict[tuple[str, ...], float]:
    """(name, labels' values…) -> value."""
    return {
        (sample.name, *(sample.labels[label] for label in sorted(sample.labels))): sample.value
        for family in text_string_to_metric_families(page.decode())
        for sample in family.samples
    }


def test_requests_are_counted_and_timed_by_route() -> None:
    metrics = PrometheusMetrics()
    for status, seconds in ((200, 0.02), (200, 0.3), (500, 4)):
        metrics.requested("GET", ROUTE, status, seconds)
    found = read(metrics.page(None))
    assert found["http_requests_total", ROUTE, "GET", "200"] == 2
    assert found["http_requests_total", ROUTE, "GET", "500"] == 1
    assert found["http_request_duration_seconds_count", ROUTE, "GET"] == 3
    assert abs(found["http_request_duration_seconds_sum", ROUTE, "GET"] - 4.32) < 1e-9
    assert found["http_request_duration_seconds_bucket", ROUTE, "0.5", "GET"] == 2
    assert not [name for name in found if name[0].endswith("_created")]


def test_each_figure_of_the_house_has_a_name_and_its_value() -> None:
    found = read(PrometheusMetrics().page(FIGURES))
    assert set(GAUGES) == {field.name for field in fields(Gauges)}
    assert len({named.name for named in GAUGES.values()}) == len(GAUGES)
    for field, named in GAUGES.items():
        assert found[named.name,] == getattr(FIGURES, field)
    assert found[STORE_UP.name,] == 1


def test_without_a_store_only_that_is_told() -> None:
    found = read(PrometheusMetrics().page(None))
    assert found == {(STORE_UP.name,): 0}


COUNTING = """
import json, sys
from conectar.adapters.outbound.telemetry.metrics import PrometheusMetrics
metrics = PrometheusMetrics()
for line in sys.stdin:
    if line.strip() == "page":
        print(json.dumps(metrics.page(None).decode()), flush=True)
    else:
        metrics.requested("GET", line.strip(), 200, 0.25)
        print("counted", flush=True)
"""


class Counting:
    """A process that counts what it is told."""

    def __init__(self, folder: Path) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-c", COUNTING],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            env={"PROMETHEUS_MULTIPROC_DIR": str(folder), "PATH": ""},
        )

    def say(self, line: str) -> str:
        assert self._process.stdin and self._process.stdout
        self._process.stdin.write(f"{line}\n")
        self._process.stdin.flush()
        return self._process.stdout.readline().strip()

    def page(self) -> dict[tuple[str, ...], float]:
        return read(json.loads(self.say("page")).encode())

    def end(self) -> None:
        self._process.kill()
        self._process.communicate()


def test_two_processes_add_up_and_a_third_goes_on_where_one_died(tmp_path: Path) -> None:
    first, second = Counting(tmp_path), Counting(tmp_path)
    for process, times in ((first, 2), (second, 3)):
        for _ in range(times):
            assert process.say("/a") == "counted"
    second.say("/b")
    expected = {("/a", 5), ("/b", 1)}
    for process in (first, second):
        assert told(process.page()) == expected, "whoever of them is asked"
    second.end()
    third = Counting(tmp_path)
    third.say("/a")
    assert told(first.page()) == {("/a", 6), ("/b", 1)}, "what it counted stays counted"
    assert first.page()["http_request_duration_seconds_sum", "/a", "GET"] == 1.5
    first.end()
    third.end()


def told(found: dict[tuple[str, ...], float]) -> set[tuple[str, float]]:
    return {(key[1], value) for key, value in found.items() if key[0] == "http_requests_total"}


# -- what watches them ---------------------------------------------------------------------------


def exposed() -> set[str]:
    """Every name of a page on which there is something of everything."""
    metrics = PrometheusMetrics()
    metrics.requested("GET", ROUTE, 200, 0.1)
    return {key[0] for key in read(metrics.page(FIGURES))}


def asked(expression: str) -> set[str]:
    """The names of figures in a query."""
    bare = re.sub(r"\{[^}]*\}|\[[^\]]*\]|by\s*\([^)]*\)", " ", expression)
    words = re.findall(r"[a-zA-Z_]\w*(?!\w*\s*\()", bare)
    return set(words) - {"or", "and", "unless"}


def expressions() -> dict[str, str]:
    """Of every alert and every panel."""
    rules: Any = yaml.safe_load((ROOT / "deploy" / "prometheus-rules.yaml").read_text())
    board: Any = json.loads((ROOT / "deploy" / "grafana-dashboard.json").read_text())
    found = {rule["alert"]: rule["expr"] for group in rules["groups"] for rule in group["rules"]}
    panels = {p["title"]: target["expr"] for p in board["panels"] for target in p["targets"]}
    assert not found.keys() & panels.keys()
    return found | panels


def test_alerts_and_panels_ask_only_for_what_is_told() -> None:
    for name, expression in expressions().items():
        assert asked(expression) and asked(expression) <= exposed(), name


def test_every_figure_that_may_wake_somebody_has_an_alert() -> None:
    rules = (ROOT / "deploy" / "prometheus-rules.yaml").read_text()
    calm = {"active_users", "trabajos_en_curso", "conectar_unknown_refunds"}
    for named in GAUGES.values():
        assert named.name in calm or named.name in rules
    page = (ROOT / "docs" / "observability.md").read_text()
    assert [
        name for name in exposed() if re.sub(r"_(bucket|sum|count)$", "", name) not in page
    ] == []
