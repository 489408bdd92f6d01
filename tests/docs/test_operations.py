"""The operations page, `compose.yaml` and the image name only what the program knows."""

import argparse
import dataclasses
import re
from pathlib import Path
from typing import Any

import pytest
import yaml

from conectar.bootstrap.main import parser
from conectar.bootstrap.settings import NEEDED, PREFIX, Settings

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "operations.md").read_text()
COMPOSE_TEXT = (ROOT / "compose.yaml").read_text()
IMAGE = (ROOT / "deploy" / "Containerfile").read_text()
COMPOSE: dict[str, Any] = yaml.safe_load(COMPOSE_TEXT)
OURS = ("migrate", "api", "worker")
VARIABLES = {PREFIX + field.name.upper() for field in dataclasses.fields(Settings)}


def commands() -> dict[str, argparse.ArgumentParser]:
    """Those of the command line."""
    (found,) = (a for a in parser()._actions if isinstance(a, argparse._SubParsersAction))
    return dict(found.choices)


@pytest.mark.parametrize("text", [PAGE, COMPOSE_TEXT, IMAGE], ids=["page", "compose", "image"])
def test_every_variable_is_a_setting(text: str) -> None:
    named = set(re.findall(r"\bCONECTAR_[A-Z0-9_]*[A-Z0-9]", text))
    assert {name for name in named if not name.startswith("CONECTAR_TEST_")} <= VARIABLES


def test_every_command_of_the_page_can_be_said() -> None:
    blocks = re.findall(r"```(?:sh|ini)\n(.*?)```", PAGE, re.DOTALL)
    spans = re.findall(r"`([^`\n]+)`", re.sub(r"```.*?```", "", PAGE, flags=re.DOTALL))
    lines = [line.split("#")[0] for block in blocks for line in block.splitlines()]
    said = [
        found[1].replace("--workers N", "--workers 2").split()
        for line in (*lines, *spans)
        if (found := re.fullmatch(r"(?:ExecStart=\S*/)?conectar ([a-z].*?)\s*", line))
    ]
    assert {words[0] for words in said} >= {"migrate", "doctor", "serve", "worker"}
    for words in said:
        parser().parse_args(words)


@pytest.mark.parametrize("name", [PREFIX + name.upper() for name in (*NEEDED, "profile")])
def test_what_production_needs_is_in_the_table_and_in_compose(name: str) -> None:
    (row,) = (line for line in PAGE.splitlines() if line.startswith(f"| `{name}` |"))
    assert row.endswith("| needed |")
    for service in OURS:
        assert COMPOSE["services"][service]["environment"][name]


def test_nothing_else_of_the_table_is_needed() -> None:
    rows = [line for line in PAGE.splitlines() if line.endswith("| needed |")]
    assert len(rows) == len(NEEDED) + 1


def test_compose_says_the_commands_of_the_page() -> None:
    for service, words in {name: COMPOSE["services"][name]["command"] for name in OURS}.items():
        program, *rest = words
        assert program == "conectar"
        told = parser().parse_args(rest)
        assert rest[0] in commands() and f"conectar {rest[0]}" in PAGE
        if service == "api":
            assert (told.host, told.workers) == ("0.0.0.0", 2)
    assert COMPOSE["services"]["worker"]["deploy"]["replicas"] == 2
    assert COMPOSE["services"]["api"]["ports"] == ["127.0.0.1:8000:8000"]


def test_every_server_of_compose_is_asked_for_its_health_and_waited_for() -> None:
    services = COMPOSE["services"]
    for name in ("postgresql", "redis", "api"):
        assert services[name]["healthcheck"]["test"][0] == "CMD"
    for service in services.values():
        for other, how in service.get("depends_on", {}).items():
            healthy = how["condition"] == "service_healthy"
            assert "healthcheck" in services[other] if healthy else other == "migrate"


def test_only_the_migration_knows_the_owner() -> None:
    owner = f"{PREFIX}MIGRATIONS_URL"
    assert [name for name in OURS if owner in COMPOSE["services"][name]["environment"]] == [
        "migrate"
    ]


def test_no_secret_is_written_down() -> None:
    """Each comes from outside, and without it nothing starts."""
    secret = {PREFIX + f.name.upper() for f in dataclasses.fields(Settings) if f.metadata}
    for service in OURS:
        for name, value in COMPOSE["services"][service]["environment"].items():
            if name in secret:
                assert value == f"${{{name}:?}}"
    assert not re.search(r"\bCONECTAR_", IMAGE)
    assert IMAGE.rindex("\nUSER conectar\n") > IMAGE.rindex("\nFROM ")


def test_the_roles_of_the_page_are_those_of_compose() -> None:
    """The passwords aside."""
    (page,) = re.findall(r"```sql\n(.*?)```", PAGE, re.DOTALL)
    (script,) = re.findall(
        r"<<'SQL'\n(.*?)SQL\n", (ROOT / "deploy/roles.sh").read_text(), re.DOTALL
    )
    hidden = re.compile(r"PASSWORD \S+;")
    assert hidden.sub("PASSWORD;", page) == hidden.sub("PASSWORD;", script)
