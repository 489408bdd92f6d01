"""A campaign without one safety part is red: what it looks for, it finds."""

import random
from pathlib import Path

import pytest

from tests.campaign.place import place
from tests.campaign.points import POINTS
from tests.campaign.sabotage import VARIABLE
from tests.campaign.test_campaign import ran, say

TAKEN_OUT = {
    "happens_again": ("heard", "job.happened", "reaction.after_commit"),
    "claimed_for_ever": ("not quiet", "relay.claim.after_commit", "job.taken", "reaction.locked"),
    "another_key": ("keys of refunds", "gateway.refund.answered", "refund.record.before_commit"),
}
"""What is taken out, what is said of it, and where a program must die for it to matter."""
HASTE = {"happens_again": {"CONECTAR_INTERVAL_REDELIVERY": "PT0.5S"}}
"""A lease so short that two have the same delivery."""
TIMES = 4
LIMIT_S = 90


@pytest.mark.parametrize("part", TAKEN_OUT)
def test_without_it_a_campaign_is_red(part: str, tmp_path: Path) -> None:
    said, *names = TAKEN_OUT[part]
    assert set(names) <= set(POINTS)
    planned = [name for _ in range(TIMES) for name in names]
    seed = random.SystemRandom().randrange(1, 10**9)
    with place(tmp_path, **{VARIABLE: part}, **HASTE.get(part, {})) as town:
        made = ran(town, planned, seed, LIMIT_S)
    say(f"without {part}: {len(made.problems)} problems")
    assert [problem for problem in made.problems if said in problem]
