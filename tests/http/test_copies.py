"""Copies of public reads: the same bytes, and never older than they may be."""

import time
from typing import Any

import pytest

from tests.http.api import OBELISCO, Api
from tests.http.person import Person, good, together

HERE = {"latitude": OBELISCO[0], "longitude": OBELISCO[1]}
UNSEEN_S = 0.5


def profile(who: Person, pro: Person, **more: Any) -> Any:
    return who.get(f"/public/professional/{pro.id}", **more)


def test_a_copy_answered_before_the_framework_is_what_the_framework_answers(api: Api) -> None:
    pro = api.professional()
    asked = [profile(api.nobody, pro) for _ in range(3)]
    variable = {"date", "x-correlation-id"}
    heads = [{k: v for k, v in one.headers.items() if k not in variable} for one in asked]
    assert heads[0] == heads[1] == heads[2]
    assert len({one.content for one in asked}) == 1
    tag = asked[0].headers["etag"]
    for _ in range(2):
        same = profile(api.nobody, pro, headers={"If-None-Match": f'"x", {tag}'})
        assert (same.status_code, same.content, same.headers["etag"]) == (304, b"", tag)
        other = profile(api.nobody, pro, headers={"If-None-Match": '"x"'})
        assert other.status_code == 200


def test_who_changed_it_sees_it_at_once_and_others_within_a_second(api: Api) -> None:
    pro = api.professional(biografia="antes")
    for text in ("uno", "dos", "tres"):
        profile(api.nobody, pro)
        good(pro.put("/professional/me", {"biografia": text}))
        assert profile(pro, pro).json()["biografia"] == text
        time.sleep(UNSEEN_S + 0.1)
        assert profile(api.nobody, pro).json()["biografia"] == text


def test_who_may_not_be_shown_any_more_is_not(api: Api) -> None:
    pro = api.professional()
    assert profile(api.nobody, pro).status_code == 200
    good(api.admin.post(f"/admin/users/{pro.id}/ban", {"motivo": "prueba"}))
    assert profile(api.admin, pro).status_code == 404
    time.sleep(UNSEEN_S + 0.1)
    assert profile(api.nobody, pro).status_code == 404
    good(api.admin.post(f"/admin/users/{pro.id}/unban"))
    assert profile(api.admin, pro).status_code == 200


@pytest.mark.parametrize("signed", [True, False])
def test_a_search_knows_who_came_and_who_changed(api: Api, signed: bool) -> None:
    far = {"latitude": -48.5 - signed, "longitude": -70.5}

    def found(who: Person) -> list[Any]:
        told = good(who.post("/search", far))
        return [(one["id"], one["tarifa_por_hora"]) for one in told["resultados"]]

    pro = api.applicant()
    asker = pro if signed else api.nobody
    assert found(asker) == found(asker) == []
    pro = api.professional(at=(far["latitude"], far["longitude"]), tarifa_por_hora="5000.00")
    asker = pro if signed else api.nobody
    if not signed:
        time.sleep(UNSEEN_S + 0.1)
    assert found(asker) == found(asker) == [(pro.id, 5000.0)]
    good(pro.put("/professional/me", {"tarifa_por_hora": "6000.00"}))
    if not signed:
        time.sleep(UNSEEN_S + 0.1)
    assert found(asker) == [(pro.id, 6000.0)]


def test_many_at_once_are_answered_alike(api: Api) -> None:
    pro = api.professional()
    answers = together(*[lambda: profile(api.nobody, pro)] * 24)
    assert {one.status_code for one in answers} == {200}
    assert len({one.content for one in answers}) == 1
