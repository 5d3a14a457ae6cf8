"""The compiled walk of ``leadscore.treeshap``; imported only when numba is there and contributions are wanted.

``program`` says what the arrays mean. All that a split does is folded into three numbers a quadrature point, so that
the loops over rows are nothing but multiply-adds: a quantity is c0 + u * (c1 + b * c2), where b says whether the row
goes left at the split and u whether it followed the feature's earlier splits on the path. Without those u is 1, and c0
joins c1.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numba
import numpy as np

from leadscore.treeshap.program import LEAF, TWIN

# Rows that walk together. A block is always full, so a row's result does not depend on its company.
BLOCK = 256
# Float32 sums are emptied into float64 ones after so many trees.
FLUSH = 16


def _compiled(function: Callable[..., Any]) -> Any:
    """Compiled, and kept on disk for the next process where a place to write is found."""
    # No flag that assumes numbers: missing values are NaN and must survive.
    options: dict[str, Any] = {"nogil": True, "fastmath": {"contract", "nsz", "arcp", "reassoc"}}
    try:
        return numba.njit(cache=True, **options)(function)
    except RuntimeError:
        return numba.njit(**options)(function)


@_compiled
def walk(
    X: Any,
    out: Any,
    first_row: int,
    end_row: int,
    tree_start: Any,
    tree_points: Any,
    depth: Any,
    kind: Any,
    feature: Any,
    threshold: Any,
    default_left: Any,
    category_start: Any,
    category_end: Any,
    category_left: Any,
    is_left: Any,
    edge_feature: Any,
    edge_earlier: Any,
    twin_earlier: Any,
    down: Any,
    up: Any,
    leaf_sum: Any,
    leaf_share: Any,
) -> None:
    """Add the contributions of rows first_row..end_row of X (n, f) float32 to out (n, f + 1) float64."""
    n_features = X.shape[1]
    n_points = down.shape[2]
    max_depth = 1 + depth.max()
    x = np.zeros((n_features, BLOCK), dtype=np.float32)
    total = np.zeros((n_features, BLOCK), dtype=np.float64)
    part = np.zeros((n_features, BLOCK), dtype=np.float32)
    product = np.ones((max_depth, n_points, BLOCK), dtype=np.float32)
    below = np.zeros((max_depth, n_points, BLOCK), dtype=np.float32)
    bit = np.zeros((max_depth, BLOCK), dtype=np.float32)
    follows = np.ones((max_depth, BLOCK), dtype=np.float32)
    path = np.zeros(max_depth, dtype=np.int64)

    for block in range(first_row, end_row, BLOCK):
        rows = min(BLOCK, end_row - block)
        for r in range(rows):
            for f in range(n_features):
                x[f, r] = X[block + r, f]
        total[:] = 0.0

        for tree in range(tree_start.size - 1):
            points = tree_points[tree]
            top = -1
            for k in range(tree_start[tree], tree_start[tree + 1] + 1):
                d = depth[k] if k < tree_start[tree + 1] else 0
                # Close the nodes whose subtrees are done: their leaf sums go to the edge's feature and to the parent.
                while top >= d and top > 0:
                    node, f, e = path[top], edge_feature[path[top]], edge_earlier[path[top]]
                    for q in range(points):
                        c0, c1, c2 = up[node, 0, q], up[node, 1, q], up[node, 2, q]
                        if e == 0:
                            c0 += c1
                            for r in range(BLOCK):
                                s = below[top, q, r]
                                below[top - 1, q, r] += s
                                part[f, r] += s * (c0 + bit[top - 1, r] * c2)
                        else:
                            for r in range(BLOCK):
                                s = below[top, q, r]
                                below[top - 1, q, r] += s
                                part[f, r] += s * (c0 + follows[e, r] * (c1 + bit[top - 1, r] * c2))
                    top -= 1
                if k == tree_start[tree + 1]:
                    break

                if d > 0:
                    e = edge_earlier[k]
                    if kind[k] == LEAF:
                        f = edge_feature[k]
                        for q in range(points):
                            a0, a1, a2 = leaf_sum[k, 0, q], leaf_sum[k, 1, q], leaf_sum[k, 2, q]
                            c0, c1, c2 = leaf_share[k, 0, q], leaf_share[k, 1, q], leaf_share[k, 2, q]
                            if e == 0:
                                a0 += a1
                                c0 += c1
                                for r in range(BLOCK):
                                    p = product[d - 1, q, r]
                                    below[d - 1, q, r] += p * (a0 + bit[d - 1, r] * a2)
                                    part[f, r] += p * (c0 + bit[d - 1, r] * c2)
                            else:
                                for r in range(BLOCK):
                                    p = product[d - 1, q, r]
                                    u = follows[e, r]
                                    below[d - 1, q, r] += p * (a0 + u * (a1 + bit[d - 1, r] * a2))
                                    part[f, r] += p * (c0 + u * (c1 + bit[d - 1, r] * c2))
                        continue
                    # Walk down: the products of the path so far take the edge's factor.
                    for q in range(points):
                        c0, c1, c2 = down[k, 0, q], down[k, 1, q], down[k, 2, q]
                        if e == 0:
                            c0 += c1
                            for r in range(BLOCK):
                                product[d, q, r] = product[d - 1, q, r] * (c0 + bit[d - 1, r] * c2)
                        else:
                            for r in range(BLOCK):
                                product[d, q, r] = product[d - 1, q, r] * (
                                    c0 + follows[e, r] * (c1 + bit[d - 1, r] * c2)
                                )
                    flip = np.float32(0.0) if is_left[k] else np.float32(1.0)
                    sign = np.float32(1.0) if is_left[k] else np.float32(-1.0)
                    if e == 0:
                        for r in range(BLOCK):
                            follows[d, r] = flip + sign * bit[d - 1, r]
                    else:
                        for r in range(BLOCK):
                            follows[d, r] = follows[e, r] * (flip + sign * bit[d - 1, r])

                f = feature[k]
                limit = threshold[k]
                if category_end[k] > 0:
                    size = category_end[k] - category_start[k]
                    for r in range(BLOCK):
                        value = x[f, r]
                        if np.isnan(value):
                            left = default_left[k]
                        elif value < 0 or value >= size:
                            # XGBoost sends every category that the split has not listed to the left.
                            left = True
                        else:
                            left = category_left[category_start[k] + np.int64(value)]
                        bit[d, r] = np.float32(1.0) if left else np.float32(0.0)
                elif default_left[k]:
                    for r in range(BLOCK):
                        bit[d, r] = np.float32(0.0) if x[f, r] >= limit else np.float32(1.0)
                else:
                    for r in range(BLOCK):
                        bit[d, r] = np.float32(1.0) if x[f, r] < limit else np.float32(0.0)

                if kind[k] == TWIN:
                    e = twin_earlier[k]
                    for q in range(points):
                        a0, a1, a2 = leaf_sum[k, 0, q], leaf_sum[k, 1, q], leaf_sum[k, 2, q]
                        c0, c1, c2 = leaf_share[k, 0, q], leaf_share[k, 1, q], leaf_share[k, 2, q]
                        if e == 0:
                            a0 += a1
                            c0 += c1
                            for r in range(BLOCK):
                                p = product[d, q, r]
                                below[d, q, r] = p * (a0 + bit[d, r] * a2)
                                part[f, r] += p * (c0 + bit[d, r] * c2)
                        else:
                            for r in range(BLOCK):
                                p = product[d, q, r]
                                u = follows[e, r]
                                below[d, q, r] = p * (a0 + u * (a1 + bit[d, r] * a2))
                                part[f, r] += p * (c0 + u * (c1 + bit[d, r] * c2))
                else:
                    for q in range(points):
                        for r in range(BLOCK):
                            below[d, q, r] = np.float32(0.0)
                path[d] = k
                top = d

            if tree % FLUSH == FLUSH - 1 or tree == tree_start.size - 2:
                for f in range(n_features):
                    for r in range(BLOCK):
                        total[f, r] += part[f, r]
                        part[f, r] = np.float32(0.0)

        for r in range(rows):
            for f in range(n_features):
                out[block + r, f] += total[f, r]
