"""Nothing but the list gets into a line: a canary is put wherever secrets have leaked before."""

import json
import logging
from collections.abc import Iterator
from typing import Any

import pytest
import structlog

from conectar.adapters.outbound.telemetry.logs import (
    LogTelemetry,
    NullTelemetry,
    configure_logging,
)
from conectar.application.ports.telemetry_context import CORRELATION_ID, correlation_id

CANARY = "c4n4ry-S3cr3t"


@pytest.fixture(autouse=True)
def as_it_was() -> Iterator[None]:
    root = logging.getLogger()
    handlers, level, raising = root.handlers, root.level, logging.raiseExceptions
    levels = {name: logging.getLogger(name).level for name in ("sqlalchemy", "uvicorn", "httpx")}
    yield
    structlog.reset_defaults()
    root.handlers, logging.raiseExceptions = handlers, raising
    root.setLevel(level)
    for name, value in levels.items():
        logging.getLogger(name).setLevel(value)


def lines(capsys: pytest.CaptureFixture[str]) -> list[dict[str, Any]]:
    out, err = capsys.readouterr()
    assert out == "" and CANARY not in err
    return [json.loads(line) for line in err.splitlines()]


class Careless:
    def __repr__(self) -> str:
        return CANARY

    __str__ = __repr__


def broken(secret: str) -> None:
    try:
        raise KeyError(secret)
    except KeyError as error:
        raise ValueError(f"bad {secret}") from error


def test_one_line_a_message(capsys: pytest.CaptureFixture[str]) -> None:
    configure_logging("json", "info")
    token = CORRELATION_ID.set("corr-1")
    telemetry = LogTelemetry(queries={"GetJob"})
    telemetry.finished("AcceptOffer", "ok", 0.0123456)
    telemetry.finished("GetJob", "ok", 1)
    telemetry.finished("GetJob", "failed", 1)
    CORRELATION_ID.reset(token)
    NullTelemetry().finished("AcceptOffer", "ok", 1)
    first, second = lines(capsys)
    assert first.pop("timestamp").endswith("Z")
    assert first == {
        "level": "info",
        "event": "message finished",
        "correlation_id": "corr-1",
        "name": "AcceptOffer",
        "outcome": "ok",
        "milliseconds": 12.346,
    }
    assert (second["name"], second["level"]) == ("GetJob", "error")


def test_queries_are_told_at_debug(capsys: pytest.CaptureFixture[str]) -> None:
    configure_logging("json", "DEBUG")
    LogTelemetry(queries={"GetJob"}).finished("GetJob", "NotFound", 0)
    (line,) = lines(capsys)
    assert (line["level"], line["outcome"]) == ("debug", "NotFound")
    assert correlation_id() is None and "correlation_id" not in line


def test_fields_that_are_not_on_the_list(capsys: pytest.CaptureFixture[str]) -> None:
    configure_logging("json", "info")
    log = structlog.stdlib.get_logger("conectar")
    log.info("logged in", password=CANARY, email=CANARY, headers={"a": CANARY}, status=201)
    log.bind(token=CANARY).warning("again", status={"deep": CANARY}, name=Careless())
    first, second = lines(capsys)
    assert set(first) == {"timestamp", "level", "event", "status"} and first["status"] == 201
    assert (second["status"], second["name"]) == ("dict", "Careless")


def test_exceptions_are_types_and_places(capsys: pytest.CaptureFixture[str]) -> None:
    configure_logging("json", "info")
    for logger in (structlog.stdlib.get_logger("conectar"), logging.getLogger("litestar")):
        try:
            broken(CANARY)
        except ValueError:
            logger.exception("it broke")
    own, foreign = lines(capsys)
    for line in (own, foreign):
        assert line["event"] == "it broke" and line["level"] == "error"
        outer, inner = line["exception"].split(" <- ")
        assert outer.startswith(f"builtins.ValueError at {__name__}:")
        assert inner.startswith(f"builtins.KeyError at {__name__}:")


def test_libraries_tell_templates_and_numbers_only(capsys: pytest.CaptureFixture[str]) -> None:
    configure_logging("json", "info")
    logging.getLogger("uvicorn.error").info("on %s port %d", CANARY, 8000)
    logging.getLogger("uvicorn.error").info("%(who)s", {"who": CANARY})
    logging.getLogger("sqlalchemy.engine").warning("[%s] %r", 0.1, {"password": CANARY})
    logging.getLogger("asyncio").error(f"Task exception was never retrieved\nfuture: {CANARY}")
    logging.getLogger("some.library").error(f"posting {CANARY}", extra={"token": CANARY})
    logging.getLogger("litestar").error("wrong %d arguments", CANARY, stack_info=True)
    logging.getLogger("uvicorn.access").info('"GET /files?token=%s" 200', CANARY)
    logging.getLogger("httpx").info("HTTP Request: %s", CANARY)
    told = lines(capsys)
    assert [line["event"] for line in told] == [
        "on … port 8000",
        "%(who)s",
        "[0.1] '…'",
        "Task exception was never retrieved",
        "text withheld",
        "wrong %d arguments",
    ]
    assert told[4]["logger"] == "some.library" and told[4]["at"].startswith("test_logs:")


def test_a_person_reads_the_same_fields(capsys: pytest.CaptureFixture[str]) -> None:
    configure_logging("console", "info")
    LogTelemetry().finished("AcceptOffer", "ok", 0.001)
    try:
        broken(CANARY)
    except ValueError:
        structlog.stdlib.get_logger("conectar").exception("it broke", password=CANARY)
    out, err = capsys.readouterr()
    assert "AcceptOffer" in err and "ValueError at" in err
    assert CANARY not in err and out == "" and "Traceback" not in err


def test_configuring_twice_does_not_tell_twice(capsys: pytest.CaptureFixture[str]) -> None:
    configure_logging("json", "info")
    configure_logging("json", "info")
    LogTelemetry().finished("AcceptOffer", "ok", 0)
    assert len(lines(capsys)) == 1


def test_an_unknown_level() -> None:
    with pytest.raises(ValueError, match="LOUD"):
        configure_logging("json", "loud")
