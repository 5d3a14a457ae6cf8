"""A model as text: canonical JSON with its hash, readable by people, and never code."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict
from functools import lru_cache
from typing import Any

from leadscore.errors import LeadscoreError
from leadscore.learning.blending import BlendedScorer
from leadscore.learning.boosting import BoostedScorer
from leadscore.learning.calibration import Calibration
from leadscore.learning.encoding import FeatureSpec
from leadscore.learning.hybrid import LinearScorer
from leadscore.learning.model import BOOSTING, MODES, LeadModel

FORMAT = "leadscore-model-1"


def dump_artifact(model: LeadModel) -> tuple[str, str]:
    """The model's text and the sha256 of its bytes in hex; the same model gives the same bytes."""
    content = {
        "format": FORMAT,
        "mode": model.mode,
        "features": [asdict(spec) for spec in model.features],
        "scorer": model.scorer.to_dict(),
        "calibration": asdict(model.calibration),
        "horizon_days": model.horizon_days,
        "params": model.params,
    }
    text = json.dumps(content, sort_keys=True, separators=(",", ":"), allow_nan=False)
    return text, sha256(text)


@lru_cache(maxsize=4)
def load_artifact(text: str, expected_sha256: str) -> LeadModel:
    """The model of a text, after its hash is proved; LeadscoreError on any other text. The last few are kept loaded."""
    found = sha256(text)
    if found != expected_sha256:
        raise LeadscoreError(
            f"The model's artifact has the sha256 {found[:12]}… but its registry row says {expected_sha256[:12]}…; "
            "it was changed after training and is not used. Restore the row or train again."
        )
    try:
        content = json.loads(text)
        stored_format, mode = content["format"], content["mode"]
    except (ValueError, KeyError, TypeError):
        raise LeadscoreError("The artifact is not the JSON of a model. Restore the row or train again.") from None
    if stored_format != FORMAT or mode not in MODES:
        raise LeadscoreError(
            f"The artifact has the format '{stored_format}' and the mode '{mode}', which this version of leadscore "
            f"does not read (it reads '{FORMAT}'). Train again, or score with the version that trained it."
        )
    features = tuple(FeatureSpec(spec["name"], spec["kind"], tuple(spec["levels"])) for spec in content["features"])
    return LeadModel(
        mode=mode,
        features=features,
        scorer=_scorer(mode, features, content["scorer"]),
        calibration=Calibration(**content["calibration"]),
        horizon_days=content["horizon_days"],
        params=content["params"],
    )


def load_registered(row: Mapping[str, Any]) -> LeadModel:
    """The model of a row of the registry (artifact, artifact_sha256, feature_names); LeadscoreError if its text was changed, or if
    the row lists other features than the model reads, whose points would then bear wrong names."""
    model = load_artifact(row["artifact"], row["artifact_sha256"])
    listed = json.loads(row["feature_names"])
    if listed != model.feature_names:
        other = sorted(set(listed) ^ set(model.feature_names))
        differs = f"'{other[0]}' is in one of them only" if other else "their order differs"
        raise LeadscoreError(
            f"The registry's feature_names are not those of the model's artifact: {differs}. The row was changed after training "
            "and is not used. Restore the row or train again."
        )
    return model


def _scorer(
    mode: str, features: tuple[FeatureSpec, ...], stored: dict[str, Any]
) -> LinearScorer | BoostedScorer | BlendedScorer:
    if mode != BOOSTING:
        return LinearScorer.from_dict(features, stored)
    return (BlendedScorer if "linear" in stored else BoostedScorer).from_dict(features, stored)


def sha256(text: str) -> str:
    """The hash of the text's UTF-8 bytes, in hex."""
    return hashlib.sha256(text.encode("utf-8")).hexdigest()
