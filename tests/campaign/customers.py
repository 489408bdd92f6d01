"""People who work while everything around them breaks: good clients, who ask again under the same
key until they are answered.
"""

import random
from collections import Counter
from contextlib import suppress
from dataclasses import dataclass, field
from threading import Event, Lock
from time import monotonic, sleep
from typing import Any

import httpx

from tests.campaign.place import Place
from tests.http.api import PASSWORD, PNG
from tests.http.person import API, Person, new_key

PATIENCE_S = 60.0
"""So long somebody waits in good weather. While it storms nobody is promised anything soon."""
AGAIN_S = 0.2
IN_PROGRESS = ("IDEMPOTENCIA_EN_CURSO", "CONFLICTO")
SILENT, APPROVED, CANCELLED, DIVIDED = "silent", "approved", "cancelled", "divided"
CASHED = "cashed"
KINDS = (APPROVED, SILENT, CANCELLED, DIVIDED, CASHED)
COMES_BACK = 0.3
"""Of what leaves by bank."""
PERCENT = 30
NOBODY = Person(httpx.Client())


class GaveUp(Exception):
    """No answer for too long."""


class Refused(Exception):
    """A rule said no."""


@dataclass
class Story:
    """What one job's people were answered."""

    kind: str
    client: Person
    professional: Person
    cents: int
    offer: str = ""
    job: str = ""
    payment: str = ""
    answered: list[str] = field(default_factory=list)
    overtaken: bool = False
    """The clock approved it before they did."""
    dispute: str = ""
    payout: str = ""
    sent: bool = False
    """Whether the bank sent it; else it is in the balance again."""


@dataclass
class Weather:
    """What is against them, and what came of it."""

    bad: bool = True
    asked: Counter[str] = field(default_factory=Counter)
    lock: Lock = field(default_factory=Lock)

    def patience(self, until: float) -> float:
        """Until when somebody waits who would wait until then."""
        return monotonic() + PATIENCE_S if self.bad else until

    def saw(self, what: str) -> None:
        """Counts."""
        with self.lock:
            self.asked[what] += 1


class Customer:
    """One pair of hands: does one job after the other."""

    def __init__(
        self,
        place: Place,
        people: tuple[list[Person], list[Person], Person],
        weather: Weather,
        seed: str,
    ) -> None:
        self._place = place
        self._clients, self._professionals, self._admin = people
        self._weather = weather
        self._chance = random.Random(seed)
        self._turn = self._chance.randrange(2)
        self._tries = 0
        self._http = httpx.Client(trust_env=False, timeout=15)
        self.stories: list[Story] = []

    def work(self, stop: Event) -> None:
        """Until told to stop; a job that was begun is ended."""
        kinds: list[str] = []
        while not stop.is_set():
            if not kinds:
                kinds = list(KINDS)
                self._chance.shuffle(kinds)
            client, professional = map(self._chance.choice, (self._clients, self._professionals))
            cents = self._chance.randrange(100_000, 2_000_000)
            story = Story(kinds.pop(), client, professional, cents)
            self.stories.append(story)
            self._live(story)

    # -- one job

    def _live(self, story: Story) -> None:
        client, professional = story.client, story.professional
        self._visit(client)
        amount = f"{story.cents // 100}.{story.cents % 100:02}"
        terms = {
            "profesional_id": professional.id,
            "descripcion": "Cambiar la canilla",
            "monto": amount,
        }
        story.offer = self._step(story, client, "POST", "/ofertas", terms)["id"]
        accept = f"/ofertas/{story.offer}/accept"
        story.job = self._step(story, professional, "POST", accept)["id"]
        self._pay(story)
        job = f"/trabajos/{story.job}"
        if story.kind == CANCELLED:
            self._step(story, professional, "POST", f"{job}/cancelar")
            return
        self._step(story, professional, "PUT", f"{job}/marcar-completado")
        try:
            if story.kind in (APPROVED, CASHED):
                self._step(story, client, "POST", f"{job}/aprobar")
            if story.kind == DIVIDED:
                self._quarrel(story)
        except Refused:
            seen = self.seen(client, job)
            assert (seen["estado"], seen["escrow_estado"]) == ("APROBADO", "LIBERADO"), seen
            story.overtaken = True
        if story.kind == CASHED:
            self._cash(story)

    def _pay(self, story: Story) -> None:
        wanted = {"trabajo_id": story.job}
        opened = self._step(story, story.client, "POST", "/payments/preference", wanted)
        paid = self._sandbox("POST", f"/checkout/{opened['preference_id']}", resultado="approved")
        story.payment = paid["payment_id"]
        until = monotonic() + PATIENCE_S
        while self.seen(story.client, f"/trabajos/{story.job}")["estado"] == "PENDIENTE_PAGO":
            until = self._weather.patience(until)
            if monotonic() > until:
                raise GaveUp(f"{story.job} was paid and does not begin")
            sleep(0.15)

    def _quarrel(self, story: Story) -> None:
        why = {"motivo": "CALIDAD_TRABAJO", "descripcion": "quedó torcido todo"}
        path = f"/trabajos/{story.job}/disputar"
        story.dispute = self._step(story, story.client, "POST", path, why)["id"]
        self._show(story)
        at = f"/admin/disputas/{story.dispute}"
        self._step(story, self._admin, "POST", f"{at}/tomar")
        half = {"decision": "DIVIDIR", "porcentaje_cliente": PERCENT, "resolucion": "a medias"}
        self._step(story, self._admin, "POST", f"{at}/resolver", half)

    def _show(self, story: Story) -> None:
        """Both sides have a picture of it."""
        path, files = f"/disputas/{story.dispute}/evidencias", {"files": ("foto.png", PNG)}
        for who in (story.client, story.professional):
            self._asked(who, "POST", path, new_key(), files=files)
            story.answered.append("evidencias")

    def _visit(self, who: Person) -> None:
        """He signs in and stays for a while. A refresh token whose answer was lost ends the
        session when it comes again, so that he signs in once more."""
        known = {"username": who.email, "password": PASSWORD}
        while True:
            signed_in = self._asked(NOBODY, "POST", "/auth/login", None, data=known)
            given = {"refresh_token": signed_in["refresh_token"]}
            try:
                renewed = self._asked(NOBODY, "POST", "/auth/refresh", None, json=given)
            except Refused:
                assert self._tries > 1, "a token that was not used before"
                self._weather.saw("session ended")
                continue
            me = Person(self._http, token=renewed["access_token"])
            assert self.seen(me, "/users/me")["id"] == who.id
            return

    def _cash(self, story: Story) -> None:
        """What he earned leaves by bank, or comes back."""
        self._sandbox("POST", f"/payments/{story.payment}", accion="release")
        net = self.seen(story.professional, f"/trabajos/{story.job}")["neto_profesional"]
        wanted = {"monto": str(net)}
        asked = self._let(story, story.professional, "/payments/withdrawals", wanted)
        story.payout = asked["id"]
        while story.payout not in self._exported():
            with suppress(Refused):  # somebody else's file has it
                self._asked(self._admin, "POST", "/admin/payouts/batches", new_key())
        story.sent = self._chance.random() >= COMES_BACK
        told = {"resultado": "enviado" if story.sent else "fallido", "comprobante": "T-1"}
        path = f"/admin/payouts/{story.payout}/confirmar"
        self._step(story, self._admin, "POST", path, told)

    def _let(self, story: Story, who: Person, path: str, body: Any) -> Any:
        """Asks until it is allowed: his money is still on its way."""
        until = monotonic() + PATIENCE_S
        while monotonic() < (until := self._weather.patience(until)):
            with suppress(Refused):
                return self._step(story, who, "POST", path, body)
            sleep(AGAIN_S)
        raise GaveUp(f"{path} for {story.job}")

    def _exported(self) -> set[str]:
        """The payouts that are in a file, and not settled."""
        path = "/admin/payouts?estado=EXPORTADO&limit=100"
        return {row["id"] for row in self.seen(self._admin, path)}

    def _step(self, story: Story, who: Person, method: str, path: str, body: Any = None) -> Any:
        told = self._asked(who, method, path, new_key(), json=body)
        story.answered.append(path.rpartition("/")[2])
        return told

    # -- asking

    def seen(self, who: Person, path: str) -> Any:
        """What a question is answered."""
        return self._asked(who, "GET", path, None)

    def _asked(self, who: Person, method: str, path: str, key: str | None, **sent: Any) -> Any:
        """Until there is an answer. Raises Refused, GaveUp."""
        headers = {"Authorization": f"Bearer {who.token}"} if who.token else {}
        if key:
            headers["Idempotency-Key"] = key
        until, self._tries = monotonic() + PATIENCE_S, 0
        while monotonic() < (until := self._weather.patience(until)):
            self._tries += 1
            where = self._place.urls[self._turn % 2] + API + path
            try:
                answer = self._http.request(method, where, headers=headers, **sent)
            except httpx.TransportError as error:
                self._weather.saw(type(error).__name__)
                self._turn += 1
                sleep(AGAIN_S)
                continue
            if answer.is_success:
                if answer.headers.get("Idempotency-Replayed") == "true":
                    self._weather.saw("replayed")
                return answer.json()
            error = answer.json().get("error") if answer.content else ""
            self._weather.saw(f"{answer.status_code} {error}")
            if answer.status_code < 500 and error not in IN_PROGRESS:
                raise Refused(f"{method} {path}: {answer.text}")
            sleep(AGAIN_S)
        raise GaveUp(f"{method} {path}")

    def _sandbox(self, method: str, path: str, **body: Any) -> Any:
        where = f"{self._place.sandbox_url}/sandbox{path}"
        answer = self._http.request(method, where, json=body, timeout=30)
        assert answer.is_success, answer.text
        return answer.json()
