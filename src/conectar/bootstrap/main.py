"""The command line `conectar`. Each command imports what it needs and no more."""

import argparse
import asyncio
import getpass
import json
import secrets
import signal
import sys
from dataclasses import replace
from importlib.metadata import version
from pathlib import Path
from tempfile import TemporaryDirectory

from conectar.bootstrap.settings import BadSetting, Loaded, Settings, load

DEFAULT_PORT = 8000
SANDBOX_PORT = 8001
LOOPBACK = ("127.0.0.1", "::1", "localhost")


def main() -> None:
    """Runs one command; exits 1 with one line for what can't be done."""
    arguments = parser().parse_args()
    try:
        sys.exit(arguments.run(arguments))
    except BadSetting as error:
        sys.exit(f"conectar: {error}")
    except KeyboardInterrupt:
        sys.exit(130)


def parser() -> argparse.ArgumentParser:
    """Every command with its options."""
    top = argparse.ArgumentParser(prog="conectar", description="A marketplace of trades.")
    top.add_argument("--version", action="version", version=version("conectar"))
    commands = top.add_subparsers(required=True, metavar="COMMAND")

    def command(name: str, run: object, about: str) -> argparse.ArgumentParser:
        found = commands.add_parser(name, help=about, description=about)
        found.set_defaults(run=run)
        return found

    serve = command("serve", run_serve, "serve the API, with the sandbox beside it")
    serve.add_argument("--host", default="127.0.0.1")
    serve.add_argument("--port", type=int, default=DEFAULT_PORT)
    serve.add_argument("--expose-sandbox", action="store_true", help="serve beyond loopback")
    serve.add_argument("--workers", type=int, default=1, help="processes (production)")
    command("worker", run_worker, "work in the background (production)")
    command("demo", run_demo, "tell the main job step by step on a throwaway instance")
    sandbox = command("sandbox", run_sandbox, "serve the outside world alone")
    sandbox.add_argument("--host", default="127.0.0.1")
    sandbox.add_argument("--port", type=int, default=SANDBOX_PORT)
    command("doctor", run_doctor, "show every setting and check what is depended on")
    command("migrate", run_migrate, "bring the database to this version")
    admin = command("create-admin", run_create_admin, "make an administrator")
    admin.add_argument("email")
    command("openapi", run_openapi, "print the OpenAPI document")
    command("trial-balance", run_trial_balance, "print the sums of every account")
    return top


def loaded() -> Loaded:
    """The settings, with logs going where they say."""
    from conectar.bootstrap.logging import log_as_set

    found = load()
    log_as_set(found.settings)
    return found


def run_serve(arguments: argparse.Namespace) -> int:
    """`conectar serve`: until SIGINT or SIGTERM."""
    settings = loaded().settings
    if arguments.workers < 1:
        raise BadSetting("--workers: needs one at least")
    if settings.profile == "production":
        from conectar.bootstrap import production

        production.serve(settings, arguments.host, arguments.port, arguments.workers)
        return 0
    if arguments.workers > 1:
        raise BadSetting("--workers: only the production profile has more than one process")
    if settings.profile == "memory":
        raise BadSetting("CONECTAR_PROFILE=memory has nothing to serve; use embedded")
    if arguments.host not in LOOPBACK and not arguments.expose_sandbox:
        raise BadSetting(
            f"--host {arguments.host} would let others make payments appear in the sandbox; "
            "say --expose-sandbox if that is what you want"
        )
    asyncio.run(_serve(settings, arguments.host, arguments.port))
    return 0


def run_worker(_: argparse.Namespace) -> int:
    """`conectar worker`: until SIGINT or SIGTERM."""
    settings = loaded().settings
    if settings.profile != "production":
        raise BadSetting("worker: only the production profile has workers; serve does their work")
    from conectar.bootstrap.production import run

    run(_work(settings))
    return 0


async def _work(settings: Settings) -> None:
    from conectar.bootstrap.production import work

    await work(settings, stop_signal())


def stop_signal() -> asyncio.Event:
    """Set by SIGINT or SIGTERM."""
    stop = asyncio.Event()
    for name in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(name, stop.set)
    return stop


async def _serve(settings: Settings, host: str, port: int) -> None:
    from conectar.bootstrap.http import address, embedded, listen

    stop = stop_signal()
    bound = listen(host, port)
    async with embedded(settings, bound):
        print(f"Conectar: {address(bound)}/docs", flush=True)  # noqa: T201
        await stop.wait()


def run_demo(_: argparse.Namespace) -> int:
    """`conectar demo`: 0 if everything was as told."""
    from conectar.adapters.outbound.telemetry.logs import configure_logging

    configure_logging("console", "critical")
    with TemporaryDirectory(prefix="conectar-demo-") as folder:
        return asyncio.run(_demo(Path(folder)))


async def _demo(folder: Path) -> int:
    import httpx

    from conectar.adapters.inbound.cli.story import Story, StoryFailed
    from conectar.bootstrap.http import address, embedded, listen

    settings = Settings(
        data_dir=folder,
        admin_email="admin@demo.test",
        admin_password=secrets.token_urlsafe(12) + "a1",
        rate_limit="off",
        rate_limit_login="off",
    )
    bound = listen("127.0.0.1", 0)
    url = address(bound)
    print(f"Conectar, en {url}\n", flush=True)  # noqa: T201
    async with embedded(settings, bound), httpx.AsyncClient(base_url=url, timeout=30) as client:
        story = Story(client, settings.admin_email or "", settings.admin_password or "", _say)
        try:
            await story.tell()
        except StoryFailed as failure:
            print(f"\nFALLÓ: {failure}", file=sys.stderr)  # noqa: T201
            return 1
    print("\nTodo coincide al centavo.")  # noqa: T201
    return 0


def _say(line: str) -> None:
    print(line, flush=True)  # noqa: T201


def run_sandbox(arguments: argparse.Namespace) -> int:
    """`conectar sandbox`: the outside world alone, on the same secrets."""
    from conectar.bootstrap.place import find_place
    from conectar.sandbox import SandboxSettings
    from conectar.sandbox.standalone import run

    settings = loaded().settings
    served_at = f"http://{arguments.host}:{arguments.port}"
    place = find_place(settings, served_at)
    try:
        run(
            arguments.host,
            arguments.port,
            SandboxSettings(
                access_token=place.access_token,
                collector_id=int(place.collector_id),
                webhook_secret=place.webhook_secrets[0],
                public_url=place.sandbox_url,
                state_file=place.sandbox_file,
            ),
        )
    except ValueError as error:
        raise BadSetting(str(error)) from error
    return 0


def run_doctor(_: argparse.Namespace) -> int:
    """`conectar doctor`: 0 if what is set can be used."""
    from conectar.adapters.inbound.cli.reports import columns
    from conectar.bootstrap.doctor import examine

    found = loaded()
    print(columns(found.origins))  # noqa: T201
    for variable in found.unknown:
        print(f"\n{variable}: not a setting of this version")  # noqa: T201
    findings = asyncio.run(examine(found.settings))
    print("\n" + columns((f.name, "ok" if f.good else "ERROR", f.told) for f in findings))  # noqa: T201
    return 0 if all(finding.good for finding in findings) else 1


def run_migrate(_: argparse.Namespace) -> int:
    """`conectar migrate`."""
    from conectar.bootstrap.place import find_place
    from conectar.bootstrap.start import migrate

    asyncio.run(migrate(find_place(loaded().settings, "http://127.0.0.1")))
    return 0


def run_create_admin(arguments: argparse.Namespace) -> int:
    """`conectar create-admin EMAIL`: asks for the password, or reads it from a pipe."""
    from conectar.application.accounts.create_admin import CreateAdmin
    from conectar.bootstrap.library import execute_alone
    from conectar.domain.kernel.errors import DomainError

    asked = sys.stdin.isatty()
    password = getpass.getpass() if asked else sys.stdin.readline().rstrip("\n")
    create = CreateAdmin(email=arguments.email, password=password)
    try:
        asyncio.run(execute_alone(loaded().settings, create))
    except DomainError as refusal:
        raise BadSetting(f"{arguments.email}: {refusal.code}") from refusal
    return 0


def run_openapi(_: argparse.Namespace) -> int:
    """`conectar openapi`."""
    from conectar.bootstrap.http import openapi

    with TemporaryDirectory() as folder:
        described = asyncio.run(openapi(replace(Settings(), data_dir=Path(folder))))
    print(json.dumps(described, indent=2, ensure_ascii=False))  # noqa: T201
    return 0


def run_trial_balance(_: argparse.Namespace) -> int:
    """`conectar trial-balance`: 0 if the books balance."""
    from conectar.adapters.inbound.cli.reports import trial_balance
    from conectar.application.queries.money import GetTrialBalance
    from conectar.bootstrap.library import execute_alone
    from conectar.domain.kernel.actor import Actor, Role

    house = Actor(Role.ADMIN)
    books = asyncio.run(execute_alone(loaded().settings, GetTrialBalance(actor=house)))
    print(trial_balance(books))  # noqa: T201
    return 0 if books.balanced else 1


if __name__ == "__main__":
    main()
