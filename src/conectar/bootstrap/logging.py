"""Logs go where the settings say."""

import sys

from conectar.adapters.outbound.telemetry.logs import configure_logging
from conectar.bootstrap.settings import BadSetting, Settings


def log_as_set(settings: Settings) -> None:
    """May be called again. Raises BadSetting."""
    chosen = settings.log_format or ("console" if sys.stderr.isatty() else "json")
    try:
        configure_logging(chosen, settings.log_level)
    except ValueError as error:
        raise BadSetting(f"CONECTAR_LOG_LEVEL: {error}") from error
