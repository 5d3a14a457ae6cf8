"""The trees as steps for the compiled walk, worked out once a model.

Below, t and w are a quadrature point and its weight, and z the product of the cover ratios of one feature's splits on
a path. The edge out of a split multiplies the path's product by f(o) / f', where f(o) = t * o + (1 - t) * z for a row
that follows all of that feature's splits (o = 1) or not (o = 0), and f' is f(1) of its earlier splits on the path, 1
without. Let r be the share of cover that goes left, b whether the row does, u whether it followed the earlier splits,
and Z their z, 1 without. Then, with c = u * (b - r), all that a split does is

    factor of the left edge     F = r + t / f' * c, and of the right one 1 - F
    value of the subtree        A = A_right + F * (A_left - A_right)
    share of its feature        c * sum over t of w * Z / f' ** 2 * product * (A_left - A_right)

where the product is the one down to the split: the walk carries it down and A back up. The walk is cheap because both
edges belong to one feature and their factors add up to 1; float32 is enough because no share is a difference of large
numbers.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from leadscore.errors import LeadscoreError
from leadscore.treeshap.trees import Flags, Floats, Ints, Trees

# Numbers of quadrature points that the walk is compiled for; a tree takes the first that makes it exact.
POINTS = (1, 2, 3, 4, 8, 16)
# Steps of the walk, in the words of ``kernel``.
STEPS = LEAF, TWIN, PAIR, SPLIT, TURN, CLOSE, CATEGORY, FOLLOW = tuple(range(8))

# Unsigned, for the compiler then knows that no index counts from the end.
Places = NDArray[np.uint32]
Numbers = NDArray[np.float32]


class Program(NamedTuple):
    """The steps of some trees in the order of the walk; arrays are (n_steps,) unless said.

    A node at depth d keeps what its rows need in frame d + 1 (`frame` says d); frame 0 takes what a root gives back.
    Columns are the rows' values as the splits compare them: a row goes left below the limit. Missing values lie below
    or above every limit, so a feature may need two columns.
    """

    code: Places
    frame: Places  # d
    side: Places  # 0 for a left child, 1 for a right one
    column: Places
    feature: Places
    again: Places  # row of `repeats` of a split whose feature was split on before on the path, else 0
    earlier: Places  # frame of the node that earlier split led to, 0 without
    category_start: Places
    category_end: Places
    last: Flags  # whether the step is its tree's last
    limit: Numbers
    ratio: Numbers  # r
    left: Numbers  # value of a LEAF, or of the left leaf of a TWIN
    right: Numbers  # value of the right leaf of a TWIN
    repeats: Numbers  # (n_repeats, 2, n_points): t / f' and Z / f' ** 2
    points: Numbers  # (2, n_points): t and w
    column_feature: Places  # (n_columns,)
    column_left: Flags  # (n_columns,) whether missing values go left
    category_left: Flags  # (sum of table sizes,)


@dataclass(frozen=True)
class _Paths:
    """What the path to a node makes of its split; arrays are (n_nodes,), for leaves without a meaning."""

    tree: Ints
    depth: Ints
    is_right: Flags
    parent: Ints
    earlier: Ints  # the node that the last earlier split of the same feature led to, -1 without
    earlier_share: Floats  # Z
    distinct: Ints  # (n_trees,) the most features on a path


def programs(trees: Trees) -> list[Program]:
    """The model as programs, one for each number of quadrature points needed; a tree of one leaf is in none."""
    paths = _paths(trees)
    choice = np.searchsorted(POINTS, (paths.distinct + 1) // 2)
    if choice.max(initial=0) == len(POINTS):
        raise LeadscoreError(
            f"A tree of the model splits on {paths.distinct.max()} features one after the other; contributions are "
            f"exact for at most {2 * POINTS[-1]}. Train with a smaller max_depth."
        )
    splits = trees.left[trees.root] >= 0
    kind, follow = _kinds(trees, paths)
    return [
        _program(trees, paths, kind, follow, np.flatnonzero(splits & (choice == position)), n_points)
        for position, n_points in enumerate(POINTS)
        if (splits & (choice == position)).any()
    ]


def _paths(trees: Trees) -> _Paths:
    n = len(trees.left)
    tree, depth, edge_feature = np.zeros((3, n), np.int64)
    parent, earlier = np.full((2, n), -1, np.int64)
    # Of the edge that leads to a node: z, and the features on the path so far.
    share, distinct, earlier_share = np.ones(n), np.zeros(n, np.int64), np.ones(n)
    most = np.zeros(len(trees.root), np.int64)
    tree[trees.root] = np.arange(len(trees.root))
    for level_depth, level in enumerate(trees.levels):
        inner = trees.inner(level)
        ancestor, found = inner, np.full(len(inner), -1, np.int64)
        for _ in range(level_depth):
            same = (found < 0) & (edge_feature[ancestor] == trees.feature[inner])
            found[same] = ancestor[same]
            ancestor = parent[ancestor]
        earlier[inner], earlier_share[inner] = found, np.where(found >= 0, share[found], 1.0)
        for child, ratio in (
            (trees.left[inner], trees.left_ratio[inner]),
            (trees.right[inner], 1.0 - trees.left_ratio[inner]),
        ):
            parent[child], tree[child], depth[child] = inner, tree[inner], level_depth + 1
            edge_feature[child] = trees.feature[inner]
            share[child] = ratio * earlier_share[inner]
            distinct[child] = distinct[inner] + (found < 0)
            np.maximum.at(most, tree[child], distinct[child])
    is_right = np.zeros(n, bool)
    is_right[trees.right[trees.right >= 0]] = True
    return _Paths(tree, depth, is_right, parent, earlier, earlier_share, most)


def _kinds(trees: Trees, paths: _Paths) -> tuple[Ints, Flags]:
    """Of each node its main step, and whether a later split asks if a row follows the edge to it."""
    inner = np.flatnonzero(trees.left >= 0)
    kind = np.full(len(trees.left), LEAF, np.int64)
    kind[inner] = SPLIT
    a, b = trees.left[inner], trees.right[inner]
    kind[inner[(kind[a] == LEAF) & (kind[b] == LEAF)]] = TWIN
    plain = (paths.earlier < 0) & (trees.category_end == 0)
    pair = (kind[a] == TWIN) & (kind[b] == TWIN) & plain[inner] & plain[a] & plain[b]
    kind[inner[pair & (trees.feature[a] != trees.feature[b])]] = PAIR
    follow = np.zeros(len(trees.left), bool)
    asked = paths.earlier[inner]
    follow[asked[asked >= 0]] = True
    return kind, follow


def _program(trees: Trees, paths: _Paths, kind: Ints, follow: Flags, chosen: Ints, n_points: int) -> Program:
    """The program of the chosen trees."""
    code, node, last = _steps(trees, paths, kind, follow, chosen)
    by_category = trees.category_end > 0
    columns, column = np.unique(2 * trees.feature + trees.default_left, return_inverse=True)
    # Whether a category goes left is found in a column of its frame, as 0 or 1.
    column = np.where(by_category, len(columns) + paths.depth + 1, column)
    limit = np.where(by_category, 0.5, np.maximum(trees.threshold, np.finfo(np.float32).min))
    # The leaves' values; of a CATEGORY whether missing values go left.
    is_leaf = trees.left < 0
    left = np.where(is_leaf, trees.value, trees.value[trees.left])
    right = np.where(is_leaf, 0.0, trees.value[trees.right])
    repeated = np.flatnonzero((paths.earlier >= 0) & ~is_leaf)
    again = np.zeros(len(trees.left), np.int64)
    again[repeated] = 1 + np.arange(len(repeated))
    # Row 0 of the repeats is that of a split without an earlier one; it is never read.
    share = np.append(1.0, paths.earlier_share[repeated])[:, None]
    t, w = np.polynomial.legendre.leggauss(n_points)
    t, w = (t + 1.0) / 2.0, w / 2.0
    before = t + (1.0 - t) * share
    # A FOLLOW compares as its parent does.
    compared = np.where(code == FOLLOW, paths.parent[node], node)
    earlier = paths.earlier[compared]
    return Program(
        code=_places(code),
        frame=_places(paths.depth[node]),
        side=_places(paths.is_right[node]),
        column=_places(column[compared]),
        feature=_places(trees.feature[node]),
        again=_places(again[node]),
        earlier=_places(np.where(earlier >= 0, paths.depth[earlier] + 1, 0)),
        category_start=_places(trees.category_start[node]),
        category_end=_places(trees.category_end[node]),
        last=last,
        limit=_numbers(limit[compared]),
        ratio=_numbers(trees.left_ratio[node]),
        left=_numbers(np.where(code == CATEGORY, trees.default_left[node], left[node])),
        right=_numbers(right[node]),
        repeats=_numbers(np.stack([t / before, share / before**2], axis=1)),
        points=_numbers(np.stack([t, w])),
        column_feature=_places(columns // 2),
        column_left=columns % 2 == 1,
        category_left=trees.category_left,
    )


def _steps(trees: Trees, paths: _Paths, kind: Ints, follow: Flags, chosen: Ints) -> tuple[Ints, Ints, Flags]:
    """The steps of the chosen trees in their order: code, node, and whether it is its tree's last."""
    is_chosen = np.zeros(len(trees.root), bool)
    is_chosen[chosen] = True
    levels = [level[is_chosen[paths.tree[level]]] for level in trees.levels]
    by_category = trees.category_end > 0
    size, start = _sizes(trees, kind, follow, levels, by_category)
    reached = np.concatenate(levels)
    walked = reached[size[reached] > 0]
    split = walked[kind[walked] == SPLIT]
    turning = split[kind[trees.right[split]] != LEAF]
    follow, by_category = follow.astype(np.int64), by_category.astype(np.int64)
    placed = [
        (kind[walked], walked, start[walked] + follow[walked] + by_category[walked]),
        (np.full(len(turning), TURN), turning, start[trees.right[turning]] - 1),
        (np.full(len(split), CLOSE), split, start[split] + size[split] - 1),
    ]
    for step, asked, before in ((FOLLOW, follow, 0 * follow), (CATEGORY, by_category, follow)):
        nodes = walked[asked[walked] > 0]
        placed.append((np.full(len(nodes), step), nodes, start[nodes] + before[nodes]))
    code, node, position = (np.concatenate(parts) for parts in zip(*placed, strict=True))
    order = np.argsort(position)
    last = np.zeros(len(code), bool)
    last[size[trees.root[chosen]].cumsum() - 1] = True
    return code[order], node[order], last


def _places(values: NDArray[Any]) -> Places:
    return np.ascontiguousarray(values, dtype=np.uint32)


def _numbers(values: NDArray[Any]) -> Numbers:
    return np.ascontiguousarray(values, dtype=np.float32)


def _sizes(trees: Trees, kind: Ints, follow: Flags, levels: list[Ints], by_category: Flags) -> tuple[Ints, Ints]:
    """How many steps each node's subtree takes, and the position of the first; 0 for a leaf that is part of a TWIN."""
    size, start = np.zeros((2, len(trees.left)), np.int64)
    extra = follow.astype(np.int64) + by_category
    for level in reversed(levels):
        inner = trees.inner(level)
        size[level] = 1 + extra[level]
        a, b = trees.left[inner], trees.right[inner]
        size[a[kind[inner] == TWIN]] = size[b[kind[inner] == TWIN]] = 0
        is_split = kind[inner] == SPLIT
        turn = is_split & (kind[b] != LEAF)
        size[inner] += size[a] + size[b] + turn + is_split
    root = levels[0]
    start[root] = size[root].cumsum() - size[root]
    for level in levels:
        inner = trees.inner(level)
        a, b = trees.left[inner], trees.right[inner]
        start[a] = start[inner] + extra[inner] + 1
        start[b] = start[a] + size[a] + ((kind[inner] == SPLIT) & (kind[b] != LEAF))
    return size, start
