"""A campaign without one safety part is red: what it looks for, it finds."""

import random
from pathlib import Path

import pytest

from tests.campaign.place import PERIOD_S, place
from tests.campaign.points import POINTS
from tests.campaign.sabotage import VARIABLE
from tests.campaign.test_campaign import ran, say

TAKEN_OUT = {
    "happens_again": ("reaction.after_commit", "job.happened", "gateway.payment.answered"),
    "claimed_for_ever": ("relay.claim.after_commit", "job.taken", "reaction.locked"),
    "another_key": ("gateway.refund.answered", "refund.record.before_commit"),
}
"""What is taken out, and where a program must die for it to matter."""
HASTE = {"happens_again": {"CONECTAR_INTERVAL_REDELIVERY": "PT0.05S"}}
"""A lease so short that two have the same delivery all the time."""
TIMES = 4
LIMIT_S = 90


@pytest.mark.parametrize("part", TAKEN_OUT)
def test_without_it_a_campaign_is_red(part: str, tmp_path: Path) -> None:
    names = TAKEN_OUT[part]
    assert set(names) <= set(POINTS)
    planned = [name for _ in range(TIMES) for name in names]
    seed = random.SystemRandom().randrange(1, 10**9)
    with place(tmp_path, **{VARIABLE: part}, **HASTE.get(part, {})) as town:
        made = ran(town, planned, seed, LIMIT_S, quiet_s=4 * PERIOD_S)
    say(f"without {part}: {len(made.problems)} problems")
    assert made.problems or made.gave_up
