"""The place an installation lives in: its folder, its secret, the addresses that follow."""

import hashlib
import os
import secrets
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from conectar.bootstrap.settings import Settings

MERCADOPAGO = "https://api.mercadopago.com"
SANDBOX_PATH = "/sandbox"
COLLECTOR_ID = 100000001


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """What the settings leave open, decided. `public_url` is where clients reach the program and
    `sandbox_url` where the sandbox is served, both without a slash at the end."""

    data_dir: Path
    database_url: str
    migrations_url: str
    database_pooled: bool
    secret_keys: tuple[str, ...]
    public_url: str
    sandbox_url: str
    mercadopago_url: str
    access_token: str
    webhook_secrets: tuple[str, ...]
    collector_id: str
    storage_url: str

    @property
    def sandbox_file(self) -> Path:
        """Where the sandbox keeps its world."""
        return self.data_dir / "sandbox.json"


def find_place(settings: Settings, served_at: str, sandbox_url: str | None = None) -> Place:
    """Decides, and makes the data folder and its secret if they are not there yet.

    `served_at` is the address the program is bound to; the sandbox is under it unless
    `sandbox_url` says otherwise.
    """
    folder = settings.data_dir.resolve()
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    keys = settings.secret_key or (_kept_secret(folder / "secret.key"),)
    sandbox = sandbox_url or served_at + SANDBOX_PATH
    database_url = settings.database_url or f"sqlite+aiosqlite:///{folder / 'conectar.db'}"
    standing = MERCADOPAGO if settings.profile == "production" else f"{sandbox}/mercadopago"
    return Place(
        data_dir=folder,
        database_url=database_url,
        migrations_url=settings.migrations_url or database_url,
        database_pooled=settings.database_pooled,
        secret_keys=keys,
        public_url=(settings.public_url or served_at).rstrip("/"),
        sandbox_url=sandbox,
        mercadopago_url=settings.mercadopago_base_url or standing,
        access_token=settings.mercadopago_access_token or _derived(keys[0], "access token"),
        webhook_secrets=settings.mercadopago_webhook_secrets
        or (_derived(keys[0], "webhook secret"),),
        collector_id=settings.mercadopago_collector_id or str(COLLECTOR_ID),
        storage_url=settings.storage_url or str(folder / "files"),
    )


def _derived(key: str, what: str) -> str:
    """A secret shared with the sandbox alone, the same at every start."""
    return hashlib.sha256(f"{what} of {key}".encode()).hexdigest()


def _kept_secret(file: Path) -> str:
    """The secret in a file, made the first time; two programs that start at once agree."""
    if not file.exists():
        mine = file.with_suffix(f".{os.getpid()}")
        mine.touch(mode=0o600)
        mine.write_text(secrets.token_urlsafe(48))
        with suppress(FileExistsError):
            os.link(mine, file)  # whole or not at all, and only the first one wins
        mine.unlink()
    return file.read_text().strip()
