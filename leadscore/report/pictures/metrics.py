"""The figures of quality, model beside rule points beside the split that flatters."""

from __future__ import annotations

from leadscore.report.facts import Metric
from leadscore.report.markup import Html, element
from leadscore.report.words import figure

MEANINGS = (
    ("roc_auc", "ROC-AUC", "chance that a converting lead ranks above another one; 0.5 is guessing", 3),
    ("pr_auc", "PR-AUC", "mean precision down the list; guessing gives the base rate", 3),
    ("lift_at_decile", "Lift, best 10%", "how many times the average the best tenth converts", 2),
    ("precision_at_decile", "Precision, best 10%", "share of the best tenth that converts", 3),
    ("precision_at_threshold", "Precision, sales threshold", "share of those above the threshold that converts", 3),
    ("recall_at_threshold", "Recall, sales threshold", "share of conversions that stand above the threshold", 3),
    ("f1_at_threshold", "F1, sales threshold", "precision and recall in one figure, their harmonic mean", 3),
    ("ks", "KS", "widest gap between converting and other leads down the list; 0 is guessing", 3),
    ("log_loss", "Log loss", "penalty for being sure and wrong; lower is better", 4),
    ("brier", "Brier score", "mean squared error of the probability; lower is better", 4),
    ("calibration_slope", "Calibration slope", "1 is right; below 1, probabilities are too extreme", 2),
    ("calibration_intercept", "Calibration intercept", "0 is right; below 0, probabilities are too high", 2),
    ("ece", "Calibration error", "mean gap between predicted and converted; lower is better", 4),
    ("base_rate", "Base rate", "share of all judged snapshots that converted", 4),
)
COLUMNS = (
    ("out_of_time", "model", "Model"),
    ("out_of_time", "rules", "Rule points"),
    ("random", "model", "Model, random split"),
)


def metrics_table(metrics: dict[tuple[str, str, str], Metric], alike: bool = False) -> Html:
    """A row a metric with its meaning, a column a scorer and split, each figure over its 95 % interval.

    Where model and rule points are alike, they are one column.
    """
    columns = [column for column in COLUMNS if any(key[:2] == column[:2] for key in metrics)]
    if alike:
        columns = [
            (split, scorer, title.replace("Model", "Rule points"))
            for split, scorer, title in columns
            if scorer != "rules"
        ]
    head = element(
        "tr",
        element("th", "Figure", scope="col"),
        [element("th", title, scope="col", class_="n") for *_, title in columns],
    )
    rows = []
    for metric, name, meaning, digits in MEANINGS:
        cells = [
            element(
                "td",
                _cell(metrics.get((split, scorer, metric)), digits, f"{split}.{scorer}.{metric}"),
                class_="n",
                data_label=title.partition(", ")[2].capitalize() or title,
            )
            for split, scorer, title in columns
        ]
        rows.append(element("tr", element("th", name, element("small", meaning), scope="row"), cells))
    return element("div", element("table", element("thead", head), element("tbody", rows)), class_="metrics")


def _cell(metric: Metric | None, digits: int, name: str) -> list[Html]:
    if metric is None or metric.value is None:
        return [element("span", "-")]
    value = element("data", figure(metric.value, digits), value=repr(metric.value), data_figure=name)
    return [value, element("small", f"{figure(metric.lower, digits)} to {figure(metric.upper, digits)}")]
