"""The receipt of an acceptance: what was agreed, what silence does, and that nothing stops it."""

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from conectar.adapters.vocabulary.letters import lasting
from conectar.application.jobs.complete_job import CompleteJob
from conectar.application.jobs.request_changes import RequestChanges
from conectar.application.notices.read_notices import ChangePreferences
from conectar.domain.jobs.refusals import NoChangesLeft
from conectar.domain.kernel.actor import Actor, person
from tests import actors
from tests.application.rooms import START, room
from tests.backends import House


async def test_the_receipt_has_the_frozen_terms_and_the_right_to_revoke(still: House) -> None:
    ana, beto = await actors.client(still), await actors.professional(still)
    await actors.unpaid_job(still, ana, beto)
    letter = await receipt(still, ana)
    for words in (
        "Cambiar la canilla de la cocina",
        "$15.000,50",
        "15 %",
        "$2.250,08",
        "$12.750,42",
        "02/03/2026 a las 12:00",
        "03/03/2026 a las 12:00",
        "10 días corridos",
        "/api/v1/arrepentimiento",
    ):
        assert words in letter


async def receipt(home: House, who: Actor) -> str:
    """The mail that says what was agreed, its lines joined."""
    await home.background.run_due()
    async with home.store.reading() as read:
        user = await read.user(person(who))
    assert user is not None
    (letter,) = [m.text for m in home.mailer.mails(user.email) if "comprobante" in m.subject]
    return " ".join(letter.split())


USUAL = (
    "pendiente se espera hasta 3 días desde la aceptación",
    "tiene 75 días desde el pago para completar el trabajo. Si no lo hace, el trabajo se cancela "
    "y se devuelve al cliente todo lo que pagó",
    "tiene 14 días desde que se marca como completado para aprobarlo, pedir cambios (hasta 3 "
    "veces, con 14 días más por lo menos) o abrir una disputa. Si no responde, se aprueba solo y "
    "el dinero se libera al profesional",
    "Una disputa se decide dentro de 60 días. Si nadie la decide, se devuelve al cliente",
    "Ningún plazo pasa de 150 días desde el pago",
)
OWN = (
    "hasta 36 horas desde la aceptación",
    "tiene 30 días desde el pago",
    "tiene 90 minutos desde que se marca como completado para aprobarlo, o abrir una disputa",
    "dentro de 2 días",
    "pasa de 40 días",
    "dentro de los 12 días corridos",
)
OWN_SETTINGS = {
    "deadline_pending_payment": timedelta(hours=36),
    "deadline_work": timedelta(days=30),
    "deadline_approval": timedelta(minutes=90),
    "deadline_dispute": timedelta(days=2),
    "deadline_held": timedelta(days=40),
    "deadline_cooling_off": timedelta(days=12),
    "changes_max": 0,
}


@pytest.mark.parametrize(("settings", "said"), [({}, USUAL), (OWN_SETTINGS, OWN)])
async def test_the_receipt_says_what_silence_does_and_when(
    tmp_path: Path, settings: dict[str, Any], said: tuple[str, ...]
) -> None:
    async with room("memory", tmp_path, **settings) as home:
        ana, beto = await actors.client(home), await actors.professional(home)
        await actors.unpaid_job(home, ana, beto)
        letters = [await receipt(home, who) for who in (ana, beto)]
    for letter in letters:
        for words in said:
            assert words in letter


async def test_no_preference_stops_the_receipt(still: House) -> None:
    ana, beto = await actors.client(still), await actors.professional(still)
    off = {"email_jobs": False}
    for who in (ana, beto):
        await still.core.execute(ChangePreferences(changes=off, actor=who))
    await actors.unpaid_job(still, ana, beto)
    for who in (ana, beto):
        assert "Condiciones aceptadas" in await receipt(still, who)


@pytest.mark.parametrize(
    ("time", "said"),
    [
        (timedelta(days=75), "75 días"),
        (timedelta(days=1), "24 horas"),
        (timedelta(hours=36), "36 horas"),
        (timedelta(hours=1), "60 minutos"),
        (timedelta(minutes=1), "60 segundos"),
        (timedelta(seconds=61), "61 segundos"),
        (timedelta(seconds=0.2), "1 segundo"),
    ],
)
def test_how_long_something_lasts(time: timedelta, said: str) -> None:
    assert lasting(time) == said


async def test_a_job_keeps_what_was_agreed_though_the_house_changes_its_mind(
    tmp_path: Path,
) -> None:
    """Only who accepts from then on gets the new deadlines."""
    async with room("sqlite", tmp_path) as before:
        ana, beto = await actors.client(before), await actors.professional(before)
        job = await actors.unpaid_job(before, ana, beto)
    hasty = {"deadline_work": timedelta(days=1), "deadline_approval": timedelta(days=1)}
    async with room("sqlite", tmp_path, changes_max=0, **hasty) as after:
        page = (await actors.checkout(after, job, ana)).preference_id
        await actors.notice(after, after.gateway.pay(page))
        done = await after.core.execute(CompleteJob(job_id=job.id, notes=None, actor=beto))
        assert done.expires_at == START + timedelta(days=14)
        changed = await after.core.execute(
            RequestChanges(job_id=job.id, reason="Falta algo", actor=ana)
        )
        assert changed.expires_at == START + timedelta(days=75)
        newer, _ = await actors.finished_job(after, ana, beto)
        assert newer.expires_at == START + timedelta(days=1)
        with pytest.raises(NoChangesLeft):
            await after.core.execute(RequestChanges(job_id=newer.id, reason="Y esto", actor=ana))
