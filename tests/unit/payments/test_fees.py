"""Parts of a sum for every provider step: they add up, and each part is payable."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from marketplace.bids.services.pools import equal_shares
from marketplace.payments.fees import MAX_BPS, fee_of

STEPS = st.sampled_from([1, 10, 100])
SUMS = st.one_of(st.integers(1, 50), st.integers(1, 10**10))


@given(SUMS, st.integers(0, MAX_BPS), STEPS)
def test_net_after_fee_is_payable(steps: int, bps: int, step: int) -> None:
    gross = steps * step
    fee = fee_of(gross, bps, step)
    assert 0 <= fee < gross
    assert (fee % step, (gross - fee) % step) == (0, 0)
    assert abs(fee - gross * bps / 10_000) <= max(step / 2 + 1, 1)


@given(SUMS, st.integers(0, 30), STEPS)
def test_pool_shares_are_equal_with_remainder_below_a_step_each(steps: int, people: int, step: int) -> None:
    amount = steps * step
    shares = equal_shares(amount, range(people), step)
    rest = amount - sum(shares.values())
    assert len(set(shares.values())) <= 1
    assert all(share % step == 0 and share > 0 for share in shares.values())
    assert rest % step == 0
    assert 0 <= rest <= (amount if not shares else people * step - step)
