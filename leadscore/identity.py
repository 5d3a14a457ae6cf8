"""Who is who: records become persons."""

import numpy as np
import pyarrow as pa
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components


def clusters(keys: pa.Table) -> pa.Table:
    """Connected components of the graph in which records meet through the keys they share.

    Args:
        keys: columns `record_id` and `match_key`, a row per key that a record holds.

    Returns:
        A row per record: `record_id` and `cluster_no` (int64, numbered by first appearance, so the same rows give the
        same numbers).
    """
    records = keys.column("record_id").combine_chunks().dictionary_encode()
    held = keys.column("match_key").combine_chunks().dictionary_encode()
    n_records, n_keys = len(records.dictionary), len(held.dictionary)
    rows = records.indices.to_numpy(zero_copy_only=False).astype(np.int64)
    columns = held.indices.to_numpy(zero_copy_only=False).astype(np.int64) + n_records
    size = n_records + n_keys
    graph = coo_array((np.ones(len(rows), dtype=np.int8), (rows, columns)), shape=(size, size))
    _, component = connected_components(graph, directed=False)
    return pa.table(
        {"record_id": records.dictionary.cast(pa.string()), "cluster_no": component[:n_records].astype(np.int64)}
    )
