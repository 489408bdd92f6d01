"""What the sandbox is told at start."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class SandboxSettings:
    """The account that the sandbox plays, and where it lives.

    ``public_url`` is the address of the sandbox's root as a browser sees it, for instance
    ``http://127.0.0.1:8000/sandbox``; ``state_file`` keeps the world over a restart (``None``:
    memory only).
    """

    access_token: str
    collector_id: int
    webhook_secret: str
    public_url: str
    state_file: Path | None = None
