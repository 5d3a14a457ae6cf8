"""A model kept as text comes back as the same model, and only that text is accepted."""

import json

import numpy as np
import pandas as pd
import pytest

from leadscore.errors import LeadscoreError
from leadscore.learning import dump_artifact, fit, load_artifact
from leadscore.learning.artifact import sha256

RULES = pd.DataFrame({"rule": ["r"], "feature": ["x"], "operator": [">="], "threshold": ["0.5"], "points": [8]})


def table(n=400, seed=0):
    rng = np.random.default_rng(seed)
    frame = pd.DataFrame(
        {"x": rng.normal(size=n), "é[1]<😀": rng.choice(["a", "ü", None], n), "flag": rng.random(n) < 0.5}
    )
    frame.loc[rng.random(n) < 0.1, "x"] = np.nan
    return frame, (rng.random(n) < 1 / (1 + np.exp(-frame["x"].fillna(0) + 1))).astype(int)


@pytest.mark.parametrize("mode", ["rules", "hybrid", "gradient_boosting"])
def test_the_round_trip_changes_no_bit(mode):
    frame, label = table()
    model = fit(frame, label, rules=RULES, mode=mode, max_rounds=20, nthread=1)
    text, digest = dump_artifact(model)
    loaded = load_artifact(text, digest)
    assert (loaded.predict_proba(frame) == model.predict_proba(frame)).all()
    assert (loaded.contributions(frame) == model.contributions(frame)).all()
    assert dump_artifact(loaded) == (text, digest)
    assert loaded.features == model.features
    assert loaded.params == model.params


@pytest.mark.parametrize("mode", ["rules", "hybrid", "gradient_boosting"])
def test_the_same_input_gives_the_same_bytes(mode):
    frame, label = table()
    texts = {
        dump_artifact(fit(frame, label, rules=RULES, mode=mode, max_rounds=20, nthread=1, seed=3)) for _ in range(2)
    }
    assert len(texts) == 1


def test_the_text_is_canonical_json():
    text, digest = dump_artifact(fit(*table(), mode="hybrid"))
    assert json.dumps(json.loads(text), sort_keys=True, separators=(",", ":")) == text
    assert text.isascii()
    assert len(digest) == 64


def test_a_changed_text_is_refused():
    text, digest = dump_artifact(fit(*table(), mode="hybrid"))
    with pytest.raises(LeadscoreError, match="it was changed after training and is not used"):
        load_artifact(text.replace('"intercept":-', '"intercept":'), digest)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("nonsense", "not the JSON of a model"),
        ("[]", "not the JSON of a model"),
        ('{"format":"other","mode":"rules"}', "does not read"),
        ('{"format":"leadscore-model-1","mode":"magic"}', "the mode 'magic'"),
    ],
)
def test_a_text_that_is_no_model_is_refused(text, message):
    with pytest.raises(LeadscoreError, match=message):
        load_artifact(text, sha256(text))
