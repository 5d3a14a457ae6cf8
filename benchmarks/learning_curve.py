"""How much of what can be known is known, by number of leads: `python benchmarks/learning_curve.py [--worlds FOLDER]`.

Worlds of 50,000 leads are simulated until 2025-01-01 and built, one a seed; with fewer (`--n-worlds`) seeds share them. A
company of so many leads is whole accounts of one, drawn by hash and seed; one of 450 or fewer is one that began
seven months before, and is judged on leads of that time. The largest is the whole world. Rules, hybrid and
boosting learn from all its labelled snapshots and are judged on a world of other accounts and later days: the
snapshots of January to April 2025 of one more world. Skill is measured in log loss, from the base rate of the judged
snapshots (0) to the true probability that the simulation knows (1).

Results are kept in learning_curve.json, a line a model, as they come, so that a run that was stopped goes on; from
them the tables and docs/learning_curve.svg are made (`--draw` does only that). Worlds are kept in the folder given.
"""

from __future__ import annotations

import argparse
import json
import time
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from drawing import lines
from simulated import KEYS, PROJECT, TRUTH, labelled_rows

from leadscore import learning
from leadscore.learning.metrics import all_metrics, reachable_skill
from leadscore.learning.splits import owners, stable_hash

RESULTS = Path(__file__).with_suffix(".json")
PICTURE = PROJECT / "docs" / "learning_curve.svg"
END, MONTHS = date(2025, 1, 1), 18
JUDGED_UNTIL, JUDGE_SEED = date(2025, 7, 1), 101
WORLD = 50_000
SIZES = (450, 2_000, 10_000, 50_000)
# A company of 450 leads is young.
YOUNG, YOUNG_MONTHS = 450, 7
MODES = ("rules", "hybrid", "gradient_boosting")
FIGURES = ("roc_auc", "pr_auc", "log_loss", "calibration_slope", "calibration_intercept", "ece", "base_rate")
SEGMENTS = ("size", "seniority", "department", "country", "lead_source", "age")
# Fewer conversions say nothing about a slope.
MIN_CONVERSIONS = 20


def judged(folder: Path) -> pd.DataFrame:
    """The snapshots that every model is judged on."""
    rows = labelled_rows(folder, WORLD, JUDGE_SEED, JUDGED_UNTIL, 24)
    return rows[pd.to_datetime(rows["as_of"]) >= pd.Timestamp(END)].reset_index(drop=True)


def known_to(world: pd.DataFrame, leads: int) -> pd.DataFrame:
    """The snapshots of leads that a company of so many can know: those since it began, if it is young."""
    if leads > YOUNG:
        return world
    first = pd.to_datetime(world["as_of"]) - pd.to_timedelta(world["lead_age_days"], unit="D")
    return world[first >= pd.Timestamp(END) - pd.DateOffset(months=YOUNG_MONTHS)]


def company(world: pd.DataFrame, leads: int, seed: int) -> pd.DataFrame:
    """The snapshots of so many leads: whole accounts in the order of their hash."""
    world = known_to(world, leads)
    order = np.argsort(stable_hash(owners(world["account_key"], world["lead_id"], len(world)), seed), kind="stable")
    nth = pd.factorize(world["lead_id"].to_numpy()[order])[0]
    return world.iloc[np.sort(order[np.maximum.accumulate(nth) < leads])]


def curve(
    folder: Path, sizes: list[int], seeds: list[int], modes: list[str], n_worlds: int
) -> Iterator[dict[str, Any]]:
    """One row per seed, size and mode, those that are stored left out, and whole worlds that an earlier seed has seen."""
    there = {(row["seed"], row["leads"], row["mode"]) for row in stored()}
    rules = pd.read_csv(PROJECT / "seeds" / "rule_points.csv")
    test = judged(folder)
    for seed in seeds:
        own = [n for n in sizes if n < WORLD or seed <= n_worlds]
        missing = [(n, mode) for n in own for mode in modes if (seed, n, mode) not in there]
        which = (seed - 1) % n_worlds + 1
        world = labelled_rows(folder, WORLD, which, END, MONTHS) if missing else pd.DataFrame()
        for leads, mode in missing:
            yield {
                "seed": seed,
                "world": which,
                "leads": leads,
                **figures(company(world, leads, seed), known_to(test, leads), rules, mode),
            }


def figures(train: pd.DataFrame, test: pd.DataFrame, rules: pd.DataFrame, mode: str) -> dict[str, Any]:
    """What a mode learns from a company's snapshots is worth on the judged ones."""
    label = train["is_converted"].to_numpy(bool)
    started = time.perf_counter()
    model = learning.fit(
        train.drop(columns=[*KEYS, TRUTH]), label, train["as_of"], train["account_key"], rules, mode=mode,
        lead=train["lead_id"],
    )  # fmt: skip
    seconds = time.perf_counter() - started
    truth, happened = test[TRUTH].to_numpy(), test["is_converted"].to_numpy(np.float64)
    probability = model.predict_proba(test.drop(columns=[*KEYS, TRUTH]))[:, 1]
    found = all_metrics(happened, probability)
    return {
        "mode": mode,
        "snapshots": len(train),
        "conversions": int(train["lead_id"][label].nunique()),
        "picked": learning.choose_mode(label.astype(np.float64), train["lead_id"]),
        "skill": reachable_skill(happened, probability, truth),
        **{name: found[name] for name in FIGURES},
        "seconds": round(seconds, 1),
        "segments": segments(test, happened, probability, truth) if len(train) > 100_000 else [],
    }


def segments(
    test: pd.DataFrame, happened: np.ndarray[Any, Any], probability: np.ndarray[Any, Any], truth: np.ndarray[Any, Any]
) -> list[dict[str, Any]]:
    """Calibration within every segment."""
    sizes, size_names = [-2, 0, 49, 199, 999, np.inf], ["unknown", "1-49", "50-199", "200-999", "1000+"]
    ages, age_names = [0, 1, 90, 365, np.inf], ["first day", "to 90 days", "to a year", "older"]
    shown = test.assign(
        size=pd.cut(test["employee_count"].fillna(-1), sizes, labels=size_names),
        age=pd.cut(test["lead_age_days"], ages, labels=age_names),
    )
    rows = []
    for by in SEGMENTS:
        for value in sorted(shown[by].dropna().astype(str).unique()):
            inside = (shown[by].astype(str) == value).to_numpy()
            found = all_metrics(happened[inside], probability[inside])
            slope = found["calibration_slope"] if happened[inside].sum() >= MIN_CONVERSIONS else None
            rows.append(
                {
                    "by": by, "segment": value, "snapshots": int(inside.sum()), "conversions": int(happened[inside].sum()),
                    "predicted": float(probability[inside].mean()), "happened": found["base_rate"],
                    "truth": float(truth[inside].mean()), "slope": slope, "ece": found["ece"],
                }
            )  # fmt: skip
    return rows


def stored() -> list[dict[str, Any]]:
    """The results so far."""
    return json.loads(RESULTS.read_text()) if RESULTS.exists() else []


def store(row: dict[str, Any]) -> None:
    """Add a result, the file in order whatever the order of runs."""
    rows = sorted([*stored(), row], key=lambda row: (row["leads"], row["seed"], MODES.index(row["mode"])))
    RESULTS.write_text("[\n" + ",\n".join(json.dumps(row) for row in rows) + "\n]\n")


def tables(rows: pd.DataFrame) -> str:
    """The share of the reachable skill and the calibration, by size and mode, as Markdown."""
    said = [
        "| leads | converting leads | seeds | rules | hybrid | boosting | picked | the pick less the best |",
        "|---|---|---|---|---|---|---|---|",
    ]
    for leads, group in rows.groupby("leads"):
        skill = group.pivot(index="seed", columns="mode", values="skill").reindex(columns=MODES)
        picked = group.drop_duplicates("seed").set_index("seed")["picked"]
        regret = pd.Series({seed: skill.loc[seed, picked[seed]] - skill.loc[seed].max() for seed in skill.index})
        cells = [f"{skill[mode].mean():.2f} [{skill[mode].min():.2f}, {skill[mode].max():.2f}]" for mode in MODES]
        best = int(np.argmax(skill.mean()))
        cells[best] = f"**{cells[best]}**"
        conversions = group.drop_duplicates("seed")["conversions"]
        said.append(
            f"| {leads:,} | {conversions.min()}-{conversions.max()} | {len(skill)} | {' | '.join(cells)} "
            f"| {', '.join(sorted(picked.unique()))} | {regret.mean():.2f}, at worst {regret.min():.2f} |"
        )
    said += ["", "| leads | mode | slope | intercept | ECE | ROC-AUC |", "|---|---|---|---|---|---|"]
    for (leads, mode), group in rows.groupby(["leads", "mode"]):
        cells = [
            f"{group[name].mean():.3f} [{group[name].min():.3f}, {group[name].max():.3f}]"
            for name in ("calibration_slope", "calibration_intercept", "ece", "roc_auc")
        ]
        said.append(f"| {leads:,} | {mode} | {' | '.join(cells)} |")
    boosted = rows[(rows["mode"] == "gradient_boosting") & (rows["leads"] == max(SIZES))]
    parts = pd.DataFrame([part for found in boosted["segments"] for part in found])
    if len(parts):
        said += ["", "| by | segment | snapshots | conversions | predicted | happened | truth | slope | ECE |"]
        said += ["|---|---|---|---|---|---|---|---|---|"]
        for (by, segment), group in parts.groupby(["by", "segment"], sort=False):
            slope = group["slope"].dropna()
            said.append(
                f"| {by} | {segment} | {group['snapshots'].iloc[0]:,} | {group['conversions'].iloc[0]} "
                f"| {group['predicted'].mean():.4f} | {group['happened'].mean():.4f} | {group['truth'].mean():.4f} "
                f"| {f'{slope.mean():.2f}' if len(slope) else '-'} | {group['ece'].mean():.4f} |"
            )
    return "\n".join(said)


def draw(rows: pd.DataFrame) -> None:
    """The curve as a picture."""
    sizes = sorted(rows["leads"].unique())
    series = {
        mode.replace("_", " "): [rows[(rows["leads"] == n) & (rows["mode"] == mode)]["skill"].tolist() for n in sizes]
        for mode in MODES
    }
    title = "Share of the reachable skill: 0 the base rate, 1 the true probability"
    PICTURE.write_text(lines(title, "leads", [f"{n:,}" for n in sizes], series, 0.0, 1.0))


def main() -> None:
    """Learn what is missing, then print and draw."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--worlds", type=Path, default=PROJECT / "target" / "worlds", help="where worlds are kept")
    parser.add_argument("--sizes", type=int, nargs="+", default=list(SIZES))
    parser.add_argument("--seeds", type=int, nargs="+", default=[1, 2, 3, 4, 5])
    parser.add_argument("--n-worlds", type=int, default=5)
    parser.add_argument("--modes", nargs="+", default=list(MODES), choices=MODES)
    parser.add_argument("--draw", action="store_true", help="only print and draw what is stored")
    options = parser.parse_args()
    for row in (
        [] if options.draw else curve(options.worlds, options.sizes, options.seeds, options.modes, options.n_worlds)
    ):
        store(row)
        print(f"seed {row['seed']} leads {row['leads']} {row['mode']}: skill {row['skill']:.3f}", flush=True)
    rows = pd.DataFrame(stored())
    # Those that all modes have learnt from.
    rows = rows[rows.groupby(["leads", "seed"])["mode"].transform("nunique") == len(MODES)]
    if len(rows):
        print(tables(rows))
        draw(rows)


if __name__ == "__main__":
    main()
