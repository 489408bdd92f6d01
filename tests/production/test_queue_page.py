"""The queue's page: for administrators, and nobody else; nothing is loaded from elsewhere."""

from base64 import b64encode

import httpx
import pytest

from tests.backends import ADMIN_EMAIL, ADMIN_PASSWORD
from tests.http.api import PASSWORD, Api
from tests.http.person import eventually

PAGE = "/admin/tareas"


@pytest.fixture
def browser(api: Api) -> httpx.Client:
    """Somebody's."""
    return httpx.Client(base_url=api.server.url, timeout=30, follow_redirects=False)


def basic(email: str, password: str) -> dict[str, str]:
    sent = b64encode(f"{email}:{password}".encode()).decode()
    return {"Authorization": f"Basic {sent}"}


def test_an_administrator_signs_in_with_his_browser(browser: httpx.Client) -> None:
    asked = browser.get(PAGE)
    assert asked.status_code == 401
    assert asked.headers["www-authenticate"].startswith("Basic ")
    opened = browser.get(PAGE, headers=basic(ADMIN_EMAIL, ADMIN_PASSWORD))
    assert (opened.status_code, opened.headers["location"]) == (303, PAGE)
    cookie = opened.headers["set-cookie"].lower()
    for part in ("httponly", "samesite=strict", f"path={PAGE}"):
        assert part in cookie
    page = browser.get(PAGE)
    assert page.status_code == 200 and "snabbdom" in page.text
    assert "http://" not in page.text and "https://" not in page.text
    assert "script-src 'self' 'sha256-" in page.headers["content-security-policy"]
    for name in ("snabbdom.js", "app.js", "pico.min.css"):
        assert browser.get(f"{PAGE}/static/{name}").status_code == 200, name

    def shown() -> bool:
        (queue,) = browser.get(f"{PAGE}/api/queues").json()["queues"]
        return queue["name"] == "conectar" and len(queue["workers"]) == 2

    eventually(shown, 30)


def test_nobody_else_does(api: Api, browser: httpx.Client) -> None:
    ana = api.client()
    assert browser.get(PAGE, headers=basic(ana.email, PASSWORD)).status_code == 403
    assert browser.get(PAGE, headers=basic(ADMIN_EMAIL, "otra-cosa-1")).status_code == 401
    assert browser.get(PAGE, headers={"Authorization": "Basic %%%"}).status_code == 401
    token = {"Authorization": f"Bearer {ana.token}"}
    assert browser.get(f"{PAGE}/api/queues", headers=token).status_code == 401
    assert browser.get(f"{PAGE}/static/app.js").status_code == 401
    admin = {"Authorization": f"Bearer {api.admin.token}"}
    assert browser.get(f"{PAGE}/api/queues", headers=admin).status_code == 200


def test_who_may_not_come_in_leaves_no_session(api: Api, browser: httpx.Client) -> None:
    ana = api.client()
    before = len(ana.seen("/auth/sessions"))
    assert browser.get(PAGE, headers=basic(ana.email, PASSWORD)).status_code == 403
    assert len(ana.seen("/auth/sessions")) == before


@pytest.mark.parametrize("email", ["a\0b", "a" * 300])
def test_what_is_no_address_is_not_asked_for(browser: httpx.Client, email: str) -> None:
    assert browser.get(PAGE, headers=basic(email, "x")).status_code == 401


def test_a_password_alone_changes_nothing(browser: httpx.Client) -> None:
    """A browser sends it along with what other pages ask for, too."""
    job = f"{PAGE}/api/queues/conectar/jobs/x/abort"
    assert browser.post(job, headers=basic(ADMIN_EMAIL, ADMIN_PASSWORD)).status_code == 401
