"""What a request leaves behind: no circles, which only the collector of garbage can undo, and it
holds everybody up while it looks."""

import gc
from collections import Counter
from collections.abc import Callable
from typing import Any

import pytest

from tests.http.api import OBELISCO, Api

TIMES = 30
OF_OURS = {"conectar", "dishka", "litestar"}


def left_by(ask: Callable[[], Any]) -> list[str]:
    """What only the collector can take away, of what serves us, one a request or more."""
    ask()
    gc.collect()
    gc.disable()
    gc.set_debug(gc.DEBUG_SAVEALL)
    try:
        for _ in range(TIMES):
            ask()
        gc.collect()
        kinds = Counter(type(one) for one in gc.garbage)
    finally:
        gc.set_debug(0)
        gc.garbage.clear()
        gc.enable()
    often = (kind for kind, many in kinds.items() if many >= TIMES)
    return [kind.__qualname__ for kind in often if kind.__module__.split(".")[0] in OF_OURS]


@pytest.mark.one_program
def test_a_request_leaves_no_circle_behind(open_server: Callable[..., Api]) -> None:
    api = open_server()
    ana, beto, nobody = api.client(), api.professional(), api.nobody
    near = {"latitude": OBELISCO[0], "longitude": OBELISCO[1]}

    asked: dict[str, Callable[[], Any]] = {
        "a list": lambda: ana.get("/trabajos"),
        "a search": lambda: nobody.post("/search", near),
        "a copy": lambda: nobody.get(f"/public/professional/{beto.id}"),
        "what was found": lambda: ana.get("/users/me"),
        "what is not there": lambda: ana.get(f"/trabajos/{ana.id}"),
        "no route": lambda: ana.get("/nada"),
        "who is nobody": lambda: nobody.get("/trabajos"),
        "what can't be read": lambda: ana.post("/ofertas", {}),
        "what is done": lambda: api.job(ana, beto),
    }
    assert {name: left_by(ask) for name, ask in asked.items()} == {name: [] for name in asked}
