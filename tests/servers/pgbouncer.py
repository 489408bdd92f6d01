"""A PgBouncer of our own, in transaction mode, before a PostgreSQL."""

import atexit
import shutil
import signal
from pathlib import Path
from tempfile import mkdtemp

from sqlalchemy import make_url

from tests.servers.programs import pgbouncer
from tests.servers.running import Process, answers, as_nobody, free_port

SESSIONS = 5
"""So few that many clients share each."""


class PgBouncer:
    """Lends its sessions to one transaction after the other."""

    def __init__(self, url: str) -> None:
        self._behind = make_url(url)
        self._folder = Path(mkdtemp(prefix="conectar-pgbouncer-"))
        self.port = free_port()
        (self._folder / "users.txt").write_text(f'"{self._behind.username}" ""\n')
        settings = self._folder / "pgbouncer.ini"
        settings.write_text(self._settings())
        how = as_nobody(self._folder, pgbouncer())
        command = [pgbouncer(), "-q", settings]
        self._process = Process(command, lambda: answers(self.port), cwd="/", **how)
        self._process.start()
        atexit.register(self.end)

    @property
    def url(self) -> str:
        """The same database, through it."""
        return self._behind.set(port=self.port).render_as_string(hide_password=False)

    def reconnect(self) -> None:
        """New sessions, as `RECONNECT` begins them."""
        self._process.stop(signal.SIGTERM)
        self._process.start()

    def end(self) -> None:
        """For good."""
        atexit.unregister(self.end)
        self._process.stop(signal.SIGTERM)
        shutil.rmtree(self._folder, ignore_errors=True)

    def _settings(self) -> str:
        to, folder = self._behind, self._folder
        return f"""
[databases]
{to.database} = host=127.0.0.1 port={to.port} dbname={to.database}
[pgbouncer]
listen_addr = 127.0.0.1
listen_port = {self.port}
unix_socket_dir =
auth_type = trust
auth_file = {folder}/users.txt
pool_mode = transaction
default_pool_size = {SESSIONS}
max_client_conn = 200
logfile = {folder}/log
pidfile = {folder}/pid
"""
