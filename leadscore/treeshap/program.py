"""What the walk needs of each node, worked out once a model.

Walking the edge to a child multiplies the path's product by a factor and, coming back, adds the leaf sums times a
share to the edge's feature. Both depend on a row only through two bits: u, whether it followed the earlier splits of
the same feature on the path, and b, whether it goes left here. With Z the product of the cover ratios of the feature's
splits down to this edge, Z' down to the earlier one (1 without), f(o) = t * o + (1 - t) * Z and
g(o) = w * (o - Z) / f(o) at a quadrature point t of weight w:

    row              factor            share
    u = 0            ratio of covers   0
    u = 1, leaves    f(0) / f'(1)      g(0) - g'(1)
    u = 1, follows   f(1) / f'(1)      g(1) - g'(1)

The share is a difference because the leaves below were already counted with the earlier edge.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from leadscore.treeshap.trees import Flags, Floats, Ints, Trees, ratio

LEAF, OPEN, TWIN = 0, 1, 2


class Program(NamedTuple):
    """Nodes in the order of the walk, preorder tree by tree, without the leaves under a TWIN; arrays are (n_nodes,).

    Depths that name an edge mean the node it leads to; 0 means none, for no edge leads to a root. The constants are
    (n_nodes, 3, n_points): what a row counts with u = 0, what u adds, and what u * b adds to that.
    """

    tree_start: Ints  # (n_trees + 1,)
    tree_points: Ints  # (n_trees,) quadrature points that make the tree's integrals exact
    depth: Ints
    kind: Ints  # LEAF, OPEN, or TWIN: a split whose two children are leaves, done in one step
    feature: Ints
    threshold: NDArray[np.float32]
    default_left: Flags
    category_start: Ints
    category_end: Ints
    category_left: Flags
    is_left: Flags
    edge_feature: Ints
    edge_earlier: Ints  # depth of the edge with the same feature above
    twin_earlier: Ints  # the same for the two edges of a TWIN
    down: NDArray[np.float32]  # the edge's factor
    up: NDArray[np.float32]  # the edge's share
    leaf_sum: NDArray[np.float32]  # value times factor of a LEAF, summed over both of a TWIN
    leaf_share: NDArray[np.float32]  # value times factor times share, likewise


@dataclass(frozen=True)
class _Edges:
    """The edge that leads to each node; arrays are (n_nodes,) and mean nothing at a root."""

    tree: Ints
    depth: Ints
    is_left: Flags
    feature: Ints
    cover_ratio: Floats
    share: Floats  # Z
    earlier: Ints  # the node of the earlier edge, -1 without
    earlier_share: Floats  # Z'
    distinct: Ints  # features on the path


def program(trees: Trees) -> Program:
    """The model's trees as a program; trees of a single leaf have no nodes in it."""
    edges = _edges(trees)
    points = np.ones(len(trees.root), np.int64)
    np.maximum.at(points, edges.tree, (edges.distinct + 1) // 2)
    kind, place, size = _order(trees)
    ends = size[trees.root].cumsum()
    walked = np.flatnonzero(size)
    node = np.empty(len(walked), np.int64)
    node[(ends - size[trees.root])[edges.tree[walked]] + place[walked]] = walked

    quadrature = _quadrature(int(points.max(initial=1)))
    is_twin = kind[node] == TWIN
    # A LEAF is the first and only leaf of its own step, a TWIN has two.
    a, b = np.where(is_twin, trees.left[node], node), np.where(is_twin, trees.right[node], node)
    (factor_a, share_a), (factor_b, share_b) = (_by_bits(edges, leaf, points, quadrature) for leaf in (a, b))
    value_a, value_b = trees.value[a][:, None, None], np.where(is_twin, trees.value[b], 0.0)[:, None, None]
    factor, share = _by_bits(edges, node, points, quadrature)
    return Program(
        tree_start=np.append(0, ends),
        tree_points=points,
        depth=edges.depth[node],
        kind=kind[node],
        feature=trees.feature[node],
        threshold=trees.threshold[node],
        default_left=trees.default_left[node],
        category_start=trees.category_start[node],
        category_end=trees.category_end[node],
        category_left=trees.category_left,
        is_left=edges.is_left[node],
        edge_feature=edges.feature[node],
        edge_earlier=_depth_of(edges, edges.earlier[node]),
        twin_earlier=_depth_of(edges, edges.earlier[a]),
        down=_as_steps(factor, edges.earlier[node]),
        up=_as_steps(share, edges.earlier[node]),
        leaf_sum=_as_steps(value_a * factor_a + value_b * factor_b, edges.earlier[a]),
        leaf_share=_as_steps(value_a * factor_a * share_a + value_b * factor_b * share_b, edges.earlier[a]),
    )


def _edges(trees: Trees) -> _Edges:
    n = len(trees.left)
    tree, depth, feature, earlier, distinct = np.zeros((5, n), np.int64)
    ratio_, share, earlier_share = np.ones((3, n))
    is_left = np.zeros(n, bool)
    parent = np.full(n, -1, np.int64)
    earlier[:] = -1
    tree[trees.root] = np.arange(len(trees.root))
    for level_depth, level in enumerate(trees.levels[:-1], start=1):
        inner = trees.inner(level)
        node, above = np.concatenate([trees.left[inner], trees.right[inner]]), np.concatenate([inner, inner])
        parent[node], tree[node], depth[node] = above, tree[above], level_depth
        is_left[trees.left[inner]] = True
        feature[node] = trees.feature[above]
        ratio_[node] = ratio(trees.cover[node], trees.cover[above])
        ancestor, found = above, np.full(len(node), -1, np.int64)
        for _ in range(level_depth - 1):
            same = (found < 0) & (feature[ancestor] == feature[node])
            found[same] = ancestor[same]
            ancestor = parent[ancestor]
        earlier[node] = found
        earlier_share[node] = np.where(found >= 0, share[found], 1.0)
        share[node] = ratio_[node] * earlier_share[node]
        distinct[node] = distinct[above] + (found < 0)
    return _Edges(tree, depth, is_left, feature, ratio_, share, earlier, earlier_share, distinct)


def _order(trees: Trees) -> tuple[Ints, Ints, Ints]:
    """Of every node its kind, its place in its tree's walk, and how many nodes its subtree walks (0: left out)."""
    n = len(trees.left)
    kind = np.full(n, LEAF, np.int64)
    place, size = np.zeros((2, n), np.int64)
    for level in trees.levels[1:]:
        size[level] = 1
    for level in reversed(trees.levels):
        inner = trees.inner(level)
        a, b = trees.left[inner], trees.right[inner]
        twin = (trees.left[a] < 0) & (trees.left[b] < 0)
        kind[inner] = np.where(twin, TWIN, OPEN)
        size[a[twin]] = size[b[twin]] = 0
        size[inner] = 1 + size[a] + size[b]
    for level in trees.levels:
        inner = trees.inner(level)
        a, b = trees.left[inner], trees.right[inner]
        place[a] = place[inner] + 1
        place[b] = place[a] + size[a]
    return kind, place, size


def _quadrature(max_points: int) -> tuple[Floats, Floats]:
    """Gauss-Legendre points and weights on 0..1, (max_points, max_points): row k - 1 holds the k-point rule.

    Points a rule lacks have weight zero.
    """
    t, w = np.full((max_points, max_points), 0.5), np.zeros((max_points, max_points))
    for k in range(1, max_points + 1):
        x, weight = np.polynomial.legendre.leggauss(k)
        t[k - 1, :k], w[k - 1, :k] = (x + 1.0) / 2.0, weight / 2.0
    return t, w


def _by_bits(edges: _Edges, node: Ints, points: Ints, quadrature: tuple[Floats, Floats]) -> tuple[Floats, Floats]:
    """Factor and share of the edges to these nodes, each (n, 3, n_points) by the bits of a row.

    The rows of the middle axis are u = 0; u = 1 with b = 0; u = 1 with b = 1.
    """
    rule = points[edges.tree[node]] - 1
    t, w = quadrature[0][rule], quadrature[1][rule]
    z, earlier = edges.share[node][:, None], edges.earlier_share[node][:, None]
    follows, leaves, before = t + (1.0 - t) * z, (1.0 - t) * z, t + (1.0 - t) * earlier
    counted = w * (1.0 - earlier) / before
    factors = np.stack([np.broadcast_to(edges.cover_ratio[node][:, None], t.shape), leaves / before, follows / before])
    shares = np.stack([np.zeros_like(t), -w / (1.0 - t) - counted, w * (1.0 - z) / follows - counted])
    is_left = edges.is_left[node][:, None]

    def order(stack: Floats) -> Floats:
        never, gone, kept = stack
        return np.stack([never, np.where(is_left, gone, kept), np.where(is_left, kept, gone)], axis=1)

    return order(factors), order(shares)


def _as_steps(by_bits: Floats, earlier: Ints) -> NDArray[np.float32]:
    """Constants by bits as a start and two steps; an edge without an earlier one has u = 1 always."""
    steps = np.diff(by_bits, axis=1, prepend=0.0)
    alone = earlier < 0
    steps[alone, 0], steps[alone, 1] = 0.0, by_bits[alone, 1]
    return np.ascontiguousarray(steps, dtype=np.float32)


def _depth_of(edges: _Edges, node: Ints) -> Ints:
    return np.where(node >= 0, edges.depth[node], 0)
