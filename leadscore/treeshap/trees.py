"""The trees of an XGBoost model as one flat table of nodes, read from the booster's JSON."""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise
from typing import Any

import numpy as np
import xgboost as xgb
from numpy.typing import NDArray

from leadscore.errors import LeadscoreError

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Flags = NDArray[np.bool_]

# How an objective stores the value all trees start from.
_AS_PROBABILITY = ("binary:logistic", "reg:logistic")
_AS_MARGIN = ("binary:logitraw", "reg:squarederror")


@dataclass(frozen=True)
class Trees:
    """All nodes of all trees, each tree's nodes together and its root first; arrays are (n_nodes,) unless said.

    A leaf has no children (-1). Row r goes left at a node if its value is below the threshold, or, where the split is
    by category (category_end > category_start), if category_left says so of its code; codes beyond go left.
    """

    n_features: int
    feature_names: tuple[str, ...]
    categories: tuple[tuple[Any, ...], ...]  # of each feature, where the booster was trained on a DataFrame's
    base_margin: float
    root: Ints  # (n_trees,)
    left: Ints
    right: Ints
    feature: Ints
    threshold: NDArray[np.float32]
    default_left: Flags
    value: Floats  # of a leaf, else 0
    cover: Floats
    category_start: Ints
    category_end: Ints
    category_left: Flags  # (sum of table sizes,)

    @classmethod
    def of(cls, booster: xgb.Booster) -> Trees:
        """The booster's trees; LeadscoreError, naming it, for a model that is not a sum of trees in one log-odds."""
        learner = json.loads(booster.save_raw("json"))["learner"]
        base_margin = _base_margin(learner)
        model = learner["gradient_booster"]["model"]
        trees = model["trees"]
        sizes = np.array([len(tree["left_children"]) for tree in trees], dtype=np.int64)
        root = (sizes.cumsum() - sizes).astype(np.int64)
        offset = np.repeat(root, sizes)

        def column(name: str, dtype: Any) -> NDArray[Any]:
            return np.concatenate([np.empty(0, dtype), *[np.asarray(tree[name], dtype) for tree in trees]])

        left, right = column("left_children", np.int64), column("right_children", np.int64)
        leaf = left < 0
        start, end, goes_left = _category_tables(trees, root, len(leaf))
        return cls(
            n_features=int(learner["learner_model_param"]["num_feature"]),
            feature_names=tuple(learner.get("feature_names") or ()),
            categories=_categories(model.get("cats") or {}),
            base_margin=base_margin,
            root=root,
            left=np.where(leaf, -1, left + offset),
            right=np.where(leaf, -1, right + offset),
            feature=column("split_indices", np.int64),
            threshold=column("split_conditions", np.float32),
            default_left=column("default_left", np.int64).astype(bool),
            value=np.where(leaf, column("split_conditions", np.float32).astype(np.float64), 0.0),
            cover=column("sum_hessian", np.float64),
            category_start=start,
            category_end=end,
            category_left=goes_left,
        )

    @cached_property
    def levels(self) -> list[Ints]:
        """Positions of the nodes at each depth, from the roots down; nodes that pruning cut off are in none."""
        found, level = [], self.root
        while len(level):
            found.append(level)
            inner = self.inner(level)
            level = np.concatenate([self.left[inner], self.right[inner]])
        return found

    def inner(self, nodes: Ints) -> Ints:
        """Those of the nodes that split."""
        return nodes[self.left[nodes] >= 0]

    @cached_property
    def left_ratio(self) -> Floats:
        """Share of a split's cover that goes left, (n_nodes,); halves where no row of training came by."""
        ratio = np.zeros(len(self.left))
        inner = np.flatnonzero(self.left >= 0)
        left, both = self.cover[self.left[inner]], self.cover[self.left[inner]] + self.cover[self.right[inner]]
        ratio[inner] = np.divide(left, both, out=np.full(len(inner), 0.5), where=both > 0)
        return ratio

    @cached_property
    def base_value(self) -> float:
        """The margin expected before anything is known: the leaves' mean by cover, summed over the trees."""
        mean = self.value.copy()
        for level in reversed(self.levels):
            node = self.inner(level)
            a, b, ratio = self.left[node], self.right[node], self.left_ratio[node]
            mean[node] = ratio * mean[a] + (1.0 - ratio) * mean[b]
        return self.base_margin + float(mean[self.root].sum())


def _base_margin(learner: dict[str, Any]) -> float:
    """The margin all trees start from, in log-odds where the objective has them."""
    booster, objective = learner["gradient_booster"]["name"], learner["objective"]["name"]
    if booster != "gbtree":
        raise LeadscoreError(f"Contributions are defined for tree boosters, not for '{booster}'. Train with gbtree.")
    if objective not in _AS_PROBABILITY + _AS_MARGIN:
        raise LeadscoreError(
            f"Contributions in log-odds are not defined for the objective '{objective}'. "
            f"Train with {', '.join(_AS_PROBABILITY + _AS_MARGIN)}."
        )
    size = learner["learner_model_param"]
    if int(size.get("num_target", 1)) > 1 or int(size.get("num_class", 0)) > 1:
        raise LeadscoreError("The model predicts several targets at once; explain one model a target.")
    stored = json.loads(size["base_score"].lower())
    base = float(stored[0] if isinstance(stored, list) else stored)
    return _log_odds(base) if objective in _AS_PROBABILITY else base


def _log_odds(probability: float) -> float:
    """Log-odds as XGBoost takes them: in float32, and of at least one in a million, so that 0 and 1 have some too."""
    one, least = np.float32(1.0), np.float32(1e-6)
    return float(-np.log(one / np.clip(np.float32(probability), least, one - least) - one))


def _category_tables(trees: list[dict[str, Any]], root: Ints, n_nodes: int) -> tuple[Ints, Ints, Flags]:
    """For each node its slice of one table that says of every code whether it goes left; XGBoost lists the others."""
    listed, node, size = [np.empty(0, np.int64)], [np.empty(0, np.int64)], [np.empty(0, np.int64)]
    for first, tree in zip(root, trees, strict=True):
        if tree["categories_nodes"]:
            listed.append(np.asarray(tree["categories"], np.int64))
            node.append(np.asarray(tree["categories_nodes"], np.int64) + first)
            size.append(np.asarray(tree["categories_sizes"], np.int64))
    codes, nodes, sizes = np.concatenate(listed), np.concatenate(node), np.concatenate(size)
    which = np.repeat(np.arange(len(nodes)), sizes)
    lengths = np.ones(len(nodes), np.int64)
    np.maximum.at(lengths, which, codes + 1)
    ends = lengths.cumsum()
    start, end = np.zeros((2, n_nodes), np.int64)
    start[nodes], end[nodes] = ends - lengths, ends
    goes_left = np.ones(int(lengths.sum()), dtype=bool)
    goes_left[start[nodes][which] + codes] = False
    return start, end, goes_left


def _categories(stored: dict[str, Any]) -> tuple[tuple[Any, ...], ...]:
    """The categories of each feature in the order of their codes, none for a number."""

    def decode(feature: dict[str, Any]) -> tuple[Any, ...]:
        if "offsets" not in feature:
            return tuple(feature["values"])
        # Texts lie in one run of bytes, which the JSON gives as signed or unsigned numbers.
        text, ends = bytes(value % 256 for value in feature["values"]), feature["offsets"]
        # XGBoost 3.2 cuts texts beyond ASCII short; such a category is then refused as one never seen.
        return tuple(text[a:b].decode("utf-8", "replace") for a, b in pairwise(ends))

    return tuple(decode(feature) for feature in stored.get("enc", ()))
