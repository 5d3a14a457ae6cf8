"""Rhythm of engagement: what the sequence of a lead's weekly touch counts says beyond their sum."""

import numpy as np
import pyarrow as pa

WEEKS = 12
HALF_LIFE_WEEKS = 2.0


def features(batch: pa.RecordBatch) -> pa.RecordBatch:
    """Engineer rhythm features for a batch of snapshots.

    Args:
        batch: `lead_id`, `as_of` and `week_1` (the last seven days) to `week_12`, counts of engagements.

    Returns:
        `lead_id`, `as_of` and a float64 column per feature of `rhythm`.
    """
    weeks = np.column_stack(
        [batch.column(f"week_{week}").to_numpy(zero_copy_only=False) for week in range(1, WEEKS + 1)]
    )
    columns = {"lead_id": batch.column("lead_id"), "as_of": batch.column("as_of")}
    return pa.RecordBatch.from_pydict(columns | rhythm(weeks.astype(np.float64)))


def rhythm(weeks: np.ndarray) -> dict[str, np.ndarray]:
    """The rhythm of weekly counts.

    Args:
        weeks: (n, 12) counts, column 0 the most recent week.

    Returns:
        Five (n,) arrays:
        `intent_velocity`, log2 of the rate of the last two weeks over that of the ten before, both drawn towards one
        touch in five weeks so that silence is finite and steady: 0 steady, near 1 doubled, near -1 halved;
        `engagement_decayed`, touches weighted by half for every two weeks of age;
        `engagement_burst`, the busiest week's share of all touches beyond the even share, 0 even or silent, 1 all in
        one week;
        `engagement_trend`, least-squares slope of log2(1 + touches) per week, positive when rising;
        `engaged_weeks_12w`, weeks with any touch.
    """
    recent, before = weeks[:, :2].sum(axis=1), weeks[:, 2:].sum(axis=1)
    total = weeks.sum(axis=1)
    age = np.arange(WEEKS)
    even = 1.0 / WEEKS
    peak_share = weeks.max(axis=1, initial=0.0) / np.maximum(total, 1.0)
    centred = age.mean() - age
    return {
        "intent_velocity": np.log2((recent + 0.4) / 2.0) - np.log2((before + 2.0) / (WEEKS - 2)),
        "engagement_decayed": (weeks * 0.5 ** (age / HALF_LIFE_WEEKS)).sum(axis=1),
        "engagement_burst": np.where(total > 0, (peak_share - even) / (1.0 - even), 0.0),
        "engagement_trend": (np.log2(1.0 + weeks) * centred).sum(axis=1) / (centred**2).sum(),
        "engaged_weeks_12w": (weeks > 0).sum(axis=1).astype(np.float64),
    }
