"""What 1, 10 and 100 million leads take on Snowflake, calculated: `python benchmarks/snowflake_plan.py [--check]`.

Reads the growth that `snowflake_growth.py` measured on DuckDB and writes the tables of docs/snowflake_scale.md between its
markers. Nothing here was run on Snowflake. Each constant says whether it is published, measured or assumed.
"""

from __future__ import annotations

import argparse
import json
import math
import sys
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

PROJECT = Path(__file__).resolve().parent.parent
GROWTH = PROJECT / "benchmarks" / "snowflake_growth.json"
PAGE = PROJECT / "docs" / "snowflake_scale.md"
BEGIN, END = "<!-- calculated: begin -->", "<!-- calculated: end -->"

SIZES = (1_000_000, 10_000_000, 100_000_000)
LAYERS = ("raw", "identity", "timeline", "features", "learning", "scoring", "marts")

# Published: 50 to 500 MB of uncompressed data, stored compressed. Assumed: 16 MB of them compressed.
MICRO_PARTITION_BYTES = 16e6
# Assumed: Snowflake's files are like Parquet with zstd; ids repeat less in a large table, so bytes per row may double.
BYTES_MARGIN = 2.0
# Published: credits per hour of a standard warehouse.
CREDITS_PER_HOUR = {"XS": 1, "S": 2, "M": 4, "L": 8, "XL": 16, "2XL": 32, "3XL": 64, "4XL": 128}
# Published: memory of a node, standard and Snowpark-optimised (MEMORY_16X from size M, MEMORY_64X from size L).
NODE_BYTES = {"standard": 16e9, "MEMORY_16X": 256e9, "MEMORY_64X": 1e12}
# The smallest warehouse of each memory and its credits per hour. Standard XS: published. The others are what Snowflake's consumption
# table has said of a Snowpark-optimised M, and assumed (the double of an L's 12) for MEMORY_64X: look them up in yours.
MEMORY_WAREHOUSE = {"standard": ("XS", 1.0), "MEMORY_16X": ("M", 6.0), "MEMORY_64X": ("L", 24.0)}
# Assumed: an XS is one node, each size doubles the nodes, a node has 8 cores, one Python worker a core.
NODE_CORES = 8
# Assumed: half of a node's memory is free for Python; the rest is the engine's and the sandbox's.
PYTHON_SHARE = 0.5
# Assumed: a batch costs this many times its measured memory, because Snowpark hands over pandas instead of Arrow.
PANDAS_FACTOR = 3.0
# Assumed: of the cores' time so much is useful once work is spread over nodes (skew, shuffles, writing).
EFFICIENCY = 0.5
# Measured with 2 threads for 2 models at a time, so a second of a model is a second of one core.
CORES_PER_MODEL = 1.0
# Assumed: to start a statement or a Python procedure; eight statements run at a time (threads of the profile).
STATEMENT_SECONDS, PROCEDURE_SECONDS, DBT_THREADS = 1.0, 20.0, 8
# Chosen: the warehouse is the smallest that ends the spread work in this time.
WANTED_SECONDS = 1800.0
# A setting of the library: rows of a batch.
BATCH_ROWS = 25_000
# Models that are one process on one node; the training ones stop growing at training_max_rows.
ONE_PROCESS = (
    "int_identity__clusters",
    "int_learning__holdout_predictions",
    "int_learning__gates",
    "int_learning__trained_model",
    "int_learning__metrics",
)
BATCHED = {"int_features__rhythm": "rhythm", "ml_lead_explanations": "explanation"}
# Measured by itself: core seconds of a build of so many leads on an idle machine (benchmarks/README.md).
IDLE_LEADS = 200_000
IDLE_SECONDS = {"identity": 14, "timeline": 15, "features": 31, "scoring": 26, "marts": 6}
# Below this exponent a table has a bound (a sample, a vocabulary); above it, it is planned as linear.
LINEAR_FROM = 0.9


def exponent(leads: Sequence[float], values: Sequence[float]) -> float:
    """Slope of least squares through (log leads, log values): 1 is linear, 0 does not grow. Values must be positive."""
    x, y = [math.log(one) for one in leads], [math.log(one) for one in values]
    mx, my = sum(x) / len(x), sum(y) / len(y)
    return sum((a - mx) * (b - my) for a, b in zip(x, y, strict=True)) / sum((a - mx) ** 2 for a in x)


def extrapolate(value: float, grows: float, factor: float) -> float:
    """A quantity of the largest world in one `factor` times as large: linear, or unchanged where it is bounded."""
    return value * factor if grows >= LINEAR_FROM else value


def partitions(size: float) -> int:
    """Micro-partitions of so many compressed bytes."""
    return max(1, math.ceil(size / MICRO_PARTITION_BYTES))


def nodes(size: str) -> int:
    """Nodes of a warehouse: as many as its credits per hour (assumed)."""
    return CREDITS_PER_HOUR[size]


def spread_seconds(core_seconds: float, statements: int, size: str) -> float:
    """Elapsed seconds of work that all cores of a warehouse share, with the start of its statements."""
    start = statements * STATEMENT_SECONDS / DBT_THREADS
    return core_seconds / (nodes(size) * NODE_CORES * EFFICIENCY) + start


def smallest_warehouse(core_seconds: float, statements: int) -> str:
    """The smallest warehouse that ends the spread work within WANTED_SECONDS, the largest if none does."""
    fitting = [one for one in CREDITS_PER_HOUR if spread_seconds(core_seconds, statements, one) <= WANTED_SECONDS]
    return fitting[0] if fitting else list(CREDITS_PER_HOUR)[-1]


def credits_of(seconds: float, per_hour: float) -> float:
    """Credits of a warehouse that runs so long."""
    return seconds / 3600 * per_hour


def node_for(needed: float) -> str | None:
    """The smallest node whose Python share holds so many bytes, None if none does."""
    return next((node for node, size in NODE_BYTES.items() if size * PYTHON_SHARE >= needed), None)


def largest_for(bytes_per_row: float, node: str) -> int:
    """Rows that one Python process can hold on a node."""
    return int(NODE_BYTES[node] * PYTHON_SHARE / bytes_per_row)


class Growth:
    """What was measured, and what it becomes at another number of leads."""

    def __init__(self, measured: Mapping[str, Any]) -> None:
        self.worlds = measured["worlds"]
        self.reads: Mapping[str, list[str]] = measured["reads"]
        self.memory = {step: found["bytes"] / found["rows"] for step, found in measured["memory"].items()}
        self.leads = [world["leads"] for world in self.worlds]
        self.largest = self.worlds[-1]
        self.grows = {name: self._exponent(name) for name in self.largest["tables"]}

    def _exponent(self, table: str) -> float:
        rows = [world["tables"].get(table, {"rows": 0})["rows"] for world in self.worlds]
        return exponent(self.leads, [max(1, one) for one in rows])

    def table(self, name: str, measure: str, leads: float) -> float:
        """`rows`, `bytes` (compressed, with the margin) or `uncompressed` of a table."""
        value = extrapolate(self.largest["tables"][name][measure], self.grows[name], leads / self.leads[-1])
        return value * (BYTES_MARGIN if measure == "bytes" else 1.0)

    def layer(self, layer: str, measure: str, leads: float) -> float:
        """The same of all tables of a layer."""
        return sum(
            self.table(name, measure, leads) for name, one in self.largest["tables"].items() if one["layer"] == layer
        )

    def scanned(self, layer: str, leads: float) -> float:
        """Compressed bytes that a layer's models read, every column of each input once: an upper bound."""
        models = [name for name in self.reads if self.largest["tables"][name]["layer"] == layer]
        return sum(self.table(name, "bytes", leads) for model in models for name in self.reads[model])

    def model_seconds(self, model: str, leads: float) -> float:
        """Core seconds of a model, from the slope between the two largest worlds; a bounded one as in the largest."""
        earlier, last = self.worlds[-2], self.worlds[-1]
        if model in ONE_PROCESS and model != "int_identity__clusters":
            return float(last["seconds"][model] * CORES_PER_MODEL)
        slope = (last["seconds"][model] - earlier["seconds"][model]) / (last["leads"] - earlier["leads"])
        # A slope that noise turned downwards: as if all of the time grew.
        slope = slope if slope > 0 else last["seconds"][model] / last["leads"]
        return float(slope * leads * CORES_PER_MODEL)

    def seconds(self, layer: str, leads: float) -> float:
        """Core seconds of a layer's spread work."""
        return sum(
            self.model_seconds(name, leads)
            for name in self.reads
            if self.largest["tables"][name]["layer"] == layer and name not in ONE_PROCESS
        )


def markdown(header: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """A markdown table."""
    lines = [header, ["---"] + ["---:"] * (len(header) - 1), *rows]
    return "\n".join("| " + " | ".join(line) + " |" for line in lines)


def amount(number: float) -> str:
    """Three significant digits with k, M, G (a thousand million) or T behind them."""
    for unit, letter in ((1e12, "T"), (1e9, "G"), (1e6, "M"), (1e3, "k")):
        if abs(number) >= unit:
            return f"{number / unit:.3g} {letter}"
    return f"{number:.3g}"


def millions(leads: int) -> str:
    """1 M, 10 M, 100 M."""
    return f"{leads // 1_000_000} M leads"


def growth_table(growth: Growth) -> str:
    """Rows and bytes of each layer, measured, their exponents, and how well the smaller worlds foretell the largest."""
    rows = []
    factor = growth.leads[-1] / growth.leads[-2]
    for layer in LAYERS:
        per = {
            measure: [
                sum(one[measure] for one in world["tables"].values() if one["layer"] == layer)
                for world in growth.worlds
            ]
            for measure in ("rows", "bytes")
        }
        rows.append(
            [layer]
            + [f"{one:,}" for one in per["rows"]]
            + [f"{exponent(growth.leads, per['rows']):.3f}", f"{per['rows'][-2] * factor / per['rows'][-1] - 1:+.1%}"]
            + [f"{per['bytes'][-1] / growth.leads[-1]:.0f}", f"{exponent(growth.leads, per['bytes']):.3f}"]
            + [f"{per['bytes'][-2] * factor / per['bytes'][-1] - 1:+.0%}"]
        )
    worlds = [f"rows, {leads:,} leads" for leads in growth.leads]
    return markdown(
        ["layer", *worlds, "exponent", "rows foretold", "bytes a lead", "exponent", "bytes foretold"],
        rows,
    )


def bytes_table(growth: Growth) -> str:
    """Stored and scanned bytes and micro-partitions of each layer."""
    rows = []
    for layer in LAYERS:
        cells = [layer]
        for leads in SIZES:
            stored, scanned = growth.layer(layer, "bytes", leads), growth.scanned(layer, leads)
            cells += [amount(stored), amount(partitions(stored)), amount(scanned) if scanned else "-"]
        rows.append(cells)
    total = ["all"]
    for leads in SIZES:
        stored = sum(growth.layer(layer, "bytes", leads) for layer in LAYERS)
        scanned = sum(growth.scanned(layer, leads) for layer in LAYERS)
        total += [amount(stored), amount(partitions(stored)), amount(scanned)]
    header = [
        f"{leads // 1_000_000} M: {what}"
        for leads in SIZES
        for what in ("stored bytes", "micro-partitions", "scanned bytes")
    ]
    return markdown(["layer", *header], [*rows, total])


def batches_table(growth: Growth) -> str:
    """Batches of the Python models that are spread, with the memory of a worker and a node."""
    rows = []
    for model, step in BATCHED.items():
        per_row = growth.memory[step] * PANDAS_FACTOR
        counts = [math.ceil(growth.table(model, "rows", leads) / BATCH_ROWS) for leads in SIZES]
        worker = per_row * BATCH_ROWS
        free = NODE_BYTES["standard"] * PYTHON_SHARE
        rows.append(
            [
                f"`{model}`",
                f"{per_row:,.0f}",
                f"{worker / 1e9:.2f} GB",
                f"{worker * NODE_CORES / 1e9:.1f} of {free / 1e9:.0f} GB",
                f"{int(free / NODE_CORES / per_row):,}",
            ]
            + [f"{count:,}" for count in counts]
        )
    header = [
        "model",
        "bytes a row",
        f"a worker, {BATCH_ROWS:,} rows",
        f"{NODE_CORES} workers of a standard node",
        "rows a batch may have there",
    ]
    return markdown([*header, *(f"batches, {millions(leads)}" for leads in SIZES)], rows)


def one_process_table(growth: Growth) -> str:
    """What the models that are one process need, and how far each node's memory carries them."""
    keys_per_lead = growth.table("int_identity__links", "rows", 1e6) / 1e6
    training = growth.table("int_learning__training_rows", "rows", 1e6)
    rows = []
    for leads in SIZES:
        carries = [
            f"{amount(largest_for(growth.memory['clusters'], node) / keys_per_lead)} leads" for node in NODE_BYTES
        ]
        edges = keys_per_lead * leads
        size = f"{growth.memory['clusters'] * edges / 1e9:.1f} GB"
        step = f"clusters, {millions(leads)}: {amount(edges)} edges"
        rows.append([step, f"{growth.memory['clusters']:,.0f}", size, *(carries if leads == SIZES[0] else [""] * 3)])
    per_row = growth.memory["training"]
    rows.append(
        [f"training, any size: {amount(training)} rows", f"{per_row:,.0f}", f"{per_row * training / 1e9:.1f} GB"]
        + [f"{amount(largest_for(per_row, node))} rows" for node in NODE_BYTES]
    )
    header = ["step", "bytes an edge or row", "memory"]
    return markdown([*header, *(f"{name} ({size / 1e9:.0f} GB) carries" for name, size in NODE_BYTES.items())], rows)


def seconds_table(growth: Growth) -> str:
    """The seconds that the plan foretells for a build that was measured apart, beside those measured."""
    rows = [
        ["foretold from the slopes", *(f"{growth.seconds(layer, IDLE_LEADS):.0f}" for layer in IDLE_SECONDS)],
        ["measured", *(f"{seconds}" for seconds in IDLE_SECONDS.values())],
    ]
    return markdown([f"seconds, {IDLE_LEADS:,} leads", *IDLE_SECONDS], rows)


def credits_table(growth: Growth, price: float) -> str:
    """Warehouse, time and credits of one whole build, layer by layer."""
    spreading = [name for name in growth.reads if name not in ONE_PROCESS]
    work = {leads: {layer: growth.seconds(layer, leads) for layer in LAYERS[1:]} for leads in SIZES}
    all_work = {leads: sum(work[leads].values()) for leads in SIZES}
    size = {leads: smallest_warehouse(all_work[leads], len(spreading)) for leads in SIZES}
    elapsed = {leads: spread_seconds(all_work[leads], len(spreading), size[leads]) for leads in SIZES}
    spread = {leads: credits_of(elapsed[leads], nodes(size[leads])) for leads in SIZES}
    alone = {
        leads: sum(growth.model_seconds(name, leads) + PROCEDURE_SECONDS for name in ONE_PROCESS) for leads in SIZES
    }
    edges = {leads: growth.table("int_identity__links", "rows", leads) for leads in SIZES}
    node = {leads: node_for(growth.memory["clusters"] * edges[leads]) or "MEMORY_64X" for leads in SIZES}
    single = {leads: credits_of(alone[leads], MEMORY_WAREHOUSE[node[leads]][1]) for leads in SIZES}
    total = {leads: spread[leads] + single[leads] for leads in SIZES}
    slower = {leads: spread_seconds(2 * all_work[leads], len(spreading), size[leads]) for leads in SIZES}
    twice = {leads: credits_of(slower[leads], nodes(size[leads])) + single[leads] for leads in SIZES}
    year = {leads: growth.table("fct_lead_score_history", "bytes", leads) * 365 for leads in SIZES}

    def row(title: str, cell: Callable[[int], str]) -> list[str]:
        return [title, *(cell(leads) for leads in SIZES)]

    rows = [[f"{layer}: core seconds", *(amount(work[leads][layer]) for leads in SIZES)] for layer in LAYERS[1:]]
    rows += [
        row("spread work on", lambda leads: f"{size[leads]}, {nodes(size[leads])} x {NODE_CORES} cores"),
        row("spread work, elapsed", lambda leads: f"{elapsed[leads] / 60:.1f} min"),
        row("spread work, credits", lambda leads: f"{spread[leads]:.2f}"),
        row("one-process work on", lambda leads: f"{MEMORY_WAREHOUSE[node[leads]][0]}, {node[leads]}"),
        row("one-process work, elapsed", lambda leads: f"{alone[leads] / 60:.1f} min"),
        row("one-process work, credits", lambda leads: f"{single[leads]:.2f}"),
        row("**a build, credits**", lambda leads: f"**{total[leads]:.2f}**"),
        row(f"a build at {price:.2f} a credit", lambda leads: f"{total[leads] * price:.2f}"),
        row("a build a day, credits a year", lambda leads: f"{total[leads] * 365:,.0f}"),
        row("a build, credits, were the efficiency half of it", lambda leads: f"{twice[leads]:.2f}"),
        row("a year of daily `fct_lead_score_history`, bytes", lambda leads: amount(year[leads])),
    ]
    return markdown(["one build of everything", *(millions(leads) for leads in SIZES)], rows)


def calculated(measured: Mapping[str, Any], price: float) -> str:
    """Everything that stands between the markers of the page."""
    growth = Growth(measured)
    parts = (
        ("Measured growth", growth_table(growth)),
        ("Bytes and micro-partitions", bytes_table(growth)),
        ("Batches of the Python models that spread", batches_table(growth)),
        ("Python models that are one process", one_process_table(growth)),
        ("Seconds, held against a larger build", seconds_table(growth)),
        ("Credits", credits_table(growth, price)),
    )
    return "\n\n".join(f"### {title}\n\n{text}" for title, text in parts)


def with_calculated(page: str, text: str) -> str:
    """The page with the text between its markers."""
    before, rest = page.split(BEGIN)
    return f"{before}{BEGIN}\n\n{text}\n\n{END}{rest.split(END)[1]}"


def main() -> None:
    """Write the page, or say that it is stale."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--check", action="store_true", help="write nothing, fail if the page would change")
    parser.add_argument("--price", type=float, default=3.0, help="price of a credit in the example, from your contract")
    options = parser.parse_args()
    page = PAGE.read_text()
    wanted = with_calculated(page, calculated(json.loads(GROWTH.read_text()), options.price))
    if options.check and wanted != page:
        sys.exit(f"{PAGE.name} is not what the stored measurements give: run `python benchmarks/snowflake_plan.py`.")
    if not options.check:
        PAGE.write_text(wanted)


if __name__ == "__main__":
    main()
