"""Points are a change of unit: nothing is gained or lost between log-odds and score."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from leadscore import scorecard

log_odds = st.floats(-12, 12, allow_nan=False)
odds = st.floats(1e-5, 10)


@given(
    hnp.arrays(np.float64, hnp.array_shapes(min_dims=2, max_dims=2, min_side=1, max_side=80), elements=log_odds), odds
)
def test_base_and_points_add_up_to_the_raw_score(contributions, reference_odds):
    base = scorecard.raw_score(contributions[:, -1], reference_odds)
    points = scorecard.points_from_log_odds(contributions[:, :-1])
    raw = scorecard.raw_score(contributions.sum(axis=1), reference_odds)
    assert np.allclose(base + points.sum(axis=1), raw, rtol=0, atol=1e-9)


@given(log_odds, odds)
def test_the_score_leads_back_to_the_log_odds_and_the_probability(margin, reference_odds):
    score = scorecard.raw_score(margin, reference_odds)
    assert scorecard.log_odds(score, reference_odds) == pytest.approx(margin, abs=1e-9)
    assert scorecard.probability(score, reference_odds) == pytest.approx(1 / (1 + np.exp(-margin)), abs=1e-12)


def test_fifty_is_average_and_ten_points_double_the_odds():
    average = 0.02 / 0.98
    assert scorecard.raw_score(np.log(average), average) == pytest.approx(50)
    assert scorecard.raw_score(np.log(2 * average), average) == pytest.approx(60)
    assert scorecard.raw_score(np.log(8 * average), average) == pytest.approx(80)


def test_scores_are_held_within_the_scale():
    assert scorecard.clip([-5.0, 0.0, 42.5, 100.0, 130.0]).tolist() == [0, 0, 42.5, 100, 100]
