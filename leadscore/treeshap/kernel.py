"""The compiled walk of ``leadscore.treeshap``; imported only when numba is there and contributions are wanted.

``program`` says what the steps compute. Each does it for a block of rows in loops that the compiler turns into vector
instructions. A node's frame holds, for each quadrature point, the product down to it and what its two subtrees gave
back, and besides its c and whether the rows followed the edge to it:

    FOLLOW    whether the rows followed the edge to this node and the earlier ones of its feature
    CATEGORY  the column that says which rows go left, for a split by category
    SPLIT     down into the left subtree
    TURN      back from it, and down into the right one
    CLOSE     back from that: the split's share, and the subtree's value for the node above
    LEAF      the value of a leaf
    TWIN      a split between two leaves, at once
    PAIR      a split between two TWINs, which are the next two steps, at once
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from typing import Any

import numba
import numpy as np

from leadscore.treeshap.program import STEPS

# Rows that walk together. A block is always full, so a row's result does not depend on its company.
BLOCK = 512
# Float32 sums are emptied into float64 ones after so many trees.
FLUSH = 16


@cache
def walk(n_points: int) -> Any:
    """The walk compiled for programs of so many quadrature points.

    Kept on disk for the next process where a place to write is found.
    """
    # No flag that assumes numbers: infinities must survive.
    options: dict[str, Any] = {
        "nogil": True,
        "fastmath": {"contract", "nsz", "arcp", "reassoc"},
        "error_model": "numpy",
    }
    function = _walk(n_points)
    try:
        return numba.njit(cache=True, **options)(function)
    except RuntimeError:
        return numba.njit(**options)(function)


def _walk(Q: int) -> Callable[..., None]:
    # Variables of this function and not of the module: the key of what is kept on disk holds their values.
    LEAF, TWIN, PAIR, SPLIT, TURN, CLOSE, CATEGORY, FOLLOW = STEPS
    # Slots of a frame, each a number for every row of the block.
    PRODUCT, BELOW, C, FOLLOWED, SIZE = 0, Q, 3 * Q, 3 * Q + 1, 3 * Q + 6

    def walk(
        X: Any,
        out: Any,
        first_row: int,
        end_row: int,
        code: Any,
        frame: Any,
        side: Any,
        column: Any,
        feature: Any,
        again: Any,
        earlier: Any,
        category_start: Any,
        category_end: Any,
        last: Any,
        limit: Any,
        ratio: Any,
        left: Any,
        right: Any,
        repeats: Any,
        points: Any,
        column_feature: Any,
        column_left: Any,
        category_left: Any,
    ) -> None:
        """Add the contributions of rows first_row..end_row of X (n, f) float32 to out (n, f + 1) float64."""
        n_features, n_columns = X.shape[1], column_feature.size
        frames = 3 + frame.max()
        t, w = points[0], points[1]
        one, zero, infinity = np.float32(1.0), np.float32(0.0), np.float32(np.inf)
        x = np.zeros((n_columns + frames, BLOCK), dtype=np.float32)
        part = np.zeros((n_features, BLOCK), dtype=np.float32)
        total = np.zeros((n_features, BLOCK), dtype=np.float64)
        s = np.zeros((frames * SIZE, BLOCK), dtype=np.float32)
        for q in range(Q):
            for r in range(BLOCK):
                s[SIZE + PRODUCT + q, r] = w[q]

        for block in range(first_row, end_row, BLOCK):
            rows = min(BLOCK, end_row - block)
            for j in range(n_columns):
                f = column_feature[j]
                missing = -infinity if column_left[j] else infinity
                for r in range(rows):
                    value = X[block + r, f]
                    x[j, r] = missing if np.isnan(value) else value
            total[:] = 0.0

            trees, k = 0, 0
            while k < code.size:
                step, j, f, a = code[k], column[k], feature[k], again[k]
                above = frame[k] * SIZE
                me = above + SIZE
                child = above + 2 * SIZE
                dest = above + BELOW + Q * side[k]
                lim, share = limit[k], ratio[k]
                high, low = one - share, -share

                if step == PAIR:
                    ja, jb, fa, fb = column[k + 1], column[k + 2], feature[k + 1], feature[k + 2]
                    la, lb = limit[k + 1], limit[k + 2]
                    da, db = left[k + 1] - right[k + 1], left[k + 2] - right[k + 2]
                    ma, mb = right[k + 1] + ratio[k + 1] * da, right[k + 2] + ratio[k + 2] * db
                    higha, lowa = (one - ratio[k + 1]) * da, -ratio[k + 1] * da
                    highb, lowb = (one - ratio[k + 2]) * db, -ratio[k + 2] * db
                    m = ma - mb
                    for r in range(BLOCK):
                        s[me + C, r] = high if x[j, r] < lim else low
                        s[me + C + 1, r] = higha if x[ja, r] < la else lowa
                        s[me + C + 2, r] = highb if x[jb, r] < lb else lowb
                    for r in range(BLOCK):
                        c, ca, cb = s[me + C, r], s[me + C + 1, r], s[me + C + 2, r]
                        acc, pa, p = zero, zero, zero
                        for q in range(Q):
                            product = s[me + PRODUCT + q, r]
                            factor = share + t[q] * c
                            delta = m + t[q] * (ca - cb)
                            s[me + BELOW + q, r] = mb + t[q] * cb + factor * delta
                            acc += product * delta
                            pa += product * factor
                            p += product
                        s[me + C + 3, r] = c * acc
                        s[me + C + 1, r] = ca * pa
                        s[me + C + 2, r] = cb * (p - pa)
                    for q in range(Q):
                        for r in range(BLOCK):
                            s[dest + q, r] = s[me + BELOW + q, r]
                    for r in range(BLOCK):
                        part[f, r] += s[me + C + 3, r]
                    for r in range(BLOCK):
                        part[fa, r] += s[me + C + 1, r]
                    for r in range(BLOCK):
                        part[fb, r] += s[me + C + 2, r]
                    k += 2

                elif step == TWIN:
                    difference = left[k] - right[k]
                    middle = right[k] + share * difference
                    high, low = high * difference, low * difference
                    if a == 0:
                        for r in range(BLOCK):
                            c = high if x[j, r] < lim else low
                            p = zero
                            for q in range(Q):
                                s[dest + q, r] = middle + t[q] * c
                                p += s[me + PRODUCT + q, r]
                            part[f, r] += c * p
                    else:
                        u = earlier[k] * SIZE + FOLLOWED
                        for r in range(BLOCK):
                            s[me + C, r] = s[u, r] * (high if x[j, r] < lim else low)
                        for r in range(BLOCK):
                            c, p = s[me + C, r], zero
                            for q in range(Q):
                                s[dest + q, r] = middle + repeats[a, 0, q] * c
                                p += s[me + PRODUCT + q, r] * repeats[a, 1, q]
                            part[f, r] += c * p

                elif step == SPLIT:
                    if a == 0:
                        for r in range(BLOCK):
                            c = high if x[j, r] < lim else low
                            s[me + C, r] = c
                            for q in range(Q):
                                s[child + PRODUCT + q, r] = s[me + PRODUCT + q, r] * (share + t[q] * c)
                    else:
                        u = earlier[k] * SIZE + FOLLOWED
                        for r in range(BLOCK):
                            s[me + C, r] = s[u, r] * (high if x[j, r] < lim else low)
                        for q in range(Q):
                            for r in range(BLOCK):
                                s[child + PRODUCT + q, r] = s[me + PRODUCT + q, r] * (
                                    share + repeats[a, 0, q] * s[me + C, r]
                                )

                elif step == TURN:
                    for q in range(Q):
                        for r in range(BLOCK):
                            s[child + PRODUCT + q, r] = s[me + PRODUCT + q, r] - s[child + PRODUCT + q, r]

                elif step == CLOSE:
                    if a == 0:
                        for r in range(BLOCK):
                            c, acc = s[me + C, r], zero
                            for q in range(Q):
                                delta = s[me + BELOW + q, r] - s[me + BELOW + Q + q, r]
                                s[dest + q, r] = s[me + BELOW + Q + q, r] + (share + t[q] * c) * delta
                                acc += s[me + PRODUCT + q, r] * delta
                            part[f, r] += c * acc
                    else:
                        for r in range(BLOCK):
                            c, acc = s[me + C, r], zero
                            for q in range(Q):
                                delta = s[me + BELOW + q, r] - s[me + BELOW + Q + q, r]
                                s[dest + q, r] = s[me + BELOW + Q + q, r] + (share + repeats[a, 0, q] * c) * delta
                                acc += s[me + PRODUCT + q, r] * repeats[a, 1, q] * delta
                            part[f, r] += c * acc

                elif step == LEAF:
                    for q in range(Q):
                        for r in range(BLOCK):
                            s[dest + q, r] = left[k]

                elif step == CATEGORY:
                    size = category_end[k] - category_start[k]
                    for r in range(BLOCK):
                        value = X[block + min(r, rows - 1), f]
                        if np.isnan(value):
                            goes_left = left[k] > 0
                        elif value < 0 or value >= size:
                            # XGBoost sends every category that the split has not listed to the left.
                            goes_left = True
                        else:
                            goes_left = category_left[category_start[k] + np.int64(value)]
                        x[j, r] = zero if goes_left else one

                elif step == FOLLOW:
                    yes, no = (zero, one) if side[k] else (one, zero)
                    u = earlier[k] * SIZE + FOLLOWED
                    for r in range(BLOCK):
                        s[me + FOLLOWED, r] = yes if x[j, r] < lim else no
                    if earlier[k] > 0:
                        for r in range(BLOCK):
                            s[me + FOLLOWED, r] *= s[u, r]

                if last[k]:
                    trees += 1
                    if trees % FLUSH == 0 or k == code.size - 1:
                        for f in range(n_features):
                            for r in range(BLOCK):
                                total[f, r] += part[f, r]
                                part[f, r] = zero
                k += 1

            for r in range(rows):
                for f in range(n_features):
                    out[block + r, f] += total[f, r]

    return walk
