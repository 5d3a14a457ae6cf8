"""Every check has a verdict and a remedy, and together they choose the mode that ``fit`` would choose."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from leadscore.learning import choose_mode, readiness


def figures(**values):
    return pd.DataFrame(
        [(name, "", value) for name, value in values.items()], columns=["check_name", "subject", "value"]
    )


@given(st.integers(0, 1_500), st.integers(0, 1_500))
def test_the_mode_is_the_one_that_fit_would_choose(leads, conversions):
    conversions = min(leads, conversions)
    label = np.zeros(leads)
    label[:conversions] = 1
    found = readiness.judged(
        figures(conversions_to_learn=conversions, conversions_to_boost=conversions, labelled_leads=leads)
    )
    assert readiness.mode_of(found) == choose_mode(label)
    assert (found["verdict"] == "ready").all() == (readiness.mode_of(found) == "gradient_boosting")


@pytest.mark.parametrize("name", readiness.CHECKS)
def test_a_check_warns_beyond_its_limit_and_says_what_to_do(name):
    check = readiness.CHECKS[name]
    limit = check.at_least if check.at_least is not None else check.at_most
    worse = limit - 0.01 if check.at_least is not None else limit + 0.01
    good, bad = (readiness.judged(figures(**{name: value})).iloc[0] for value in (limit, worse))
    assert (good["verdict"], good["remedy"], good["allows_mode"]) == ("ready", "", "gradient_boosting")
    assert bad["verdict"] == ("needs attention" if check.otherwise == "gradient_boosting" else "limits the model")
    assert bad["remedy"] == check.remedy
    assert bad["allows_mode"] == check.otherwise


def test_what_does_not_exist_is_unknown_and_warns_only():
    found = readiness.judged(figures(marketo_in_salesforce=None, missing_share=float("nan")))
    assert set(found["verdict"]) == {"unknown"}
    assert readiness.mode_of(found) == "gradient_boosting"


def test_verdicts_come_in_the_order_of_the_checks():
    given_figures = pd.DataFrame(
        [
            ("conversions_in_segment", "smb", 5),
            ("conversions_in_segment", "enterprise", 50),
            ("conversions_to_learn", "", 60),
        ],
        columns=["check_name", "subject", "value"],
    )
    found = readiness.judged(given_figures)
    assert found[["check_name", "subject"]].values.tolist() == [
        ["conversions_to_learn", ""],
        ["conversions_in_segment", "enterprise"],
        ["conversions_in_segment", "smb"],
    ]
