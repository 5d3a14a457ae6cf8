"""Draws benchmarks/drift.svg of benchmarks/drift.json: how far features moved beyond what is usual, with drift and without it."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path

HERE = Path(__file__).resolve().parent
WIDTH, HEIGHT, LEFT, TOP, BOTTOM = 760, 350, 46, 58, 60
PANEL = 300
SHOWN = {
    "others_decision_touches_30d": ("#b4442c", "late-stage visits of colleagues"),
    "ai_content_views_90d": ("#1f6feb", "AI content views"),
    "pricing_visits_90d": ("#8a6d00", "pricing visits"),
    "score": ("#2b8a57", "score"),
}
THRESHOLD = 0.1
HIGHEST = 0.4


def line(weeks: list[dict[str, object]], feature: str, left: float) -> str:
    """The points of a feature's line in the panel that begins at `left`."""
    rows = [row for row in weeks if row["feature"] == feature]
    first = min(date.fromisoformat(str(row["week"])) for row in rows)
    points = []
    for row in rows:
        weeks_since = (date.fromisoformat(str(row["week"])) - first).days / 7
        beyond = float(str(row["psi"])) - 2 * float(str(row["usual_psi"] or 0))
        points.append(f"{left + weeks_since * PANEL / 26:.1f},{y(beyond):.1f}")
    return " ".join(points)


def y(value: float) -> float:
    """The height of an index in the picture."""
    return TOP + (HEIGHT - TOP - BOTTOM) * (1 - min(max(value, 0), HIGHEST) / HIGHEST)


def picture(result: dict[str, dict[str, list[dict[str, object]]]]) -> str:
    """Both worlds of a seed beside each other as SVG."""
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" font-family="system-ui, sans-serif" font-size="12">',
        f'<rect width="{WIDTH}" height="{HEIGHT}" fill="#ffffff"/>',
    ]
    for place, (world, title) in enumerate(
        {"with": "A world that drifts", "without": "The same world without drift"}.items()
    ):
        left = LEFT + place * (PANEL + 60)
        parts.append(f'<text x="{left}" y="{TOP - 12}" font-weight="600">{title}</text>')
        for value in (0.0, 0.2, 0.4):
            parts.append(f'<line x1="{left}" x2="{left + PANEL}" y1="{y(value)}" y2="{y(value)}" stroke="#e3e3e3"/>')
            parts.append(f'<text x="{left - 6}" y="{y(value) + 4}" text-anchor="end" fill="#666">{value:g}</text>')
        at = y(THRESHOLD)
        parts.append(
            f'<line x1="{left}" x2="{left + PANEL}" y1="{at}" y2="{at}" stroke="#666" stroke-dasharray="4 3"/>'
        )
        for feature, (colour, _) in SHOWN.items():
            points = line(result[world]["weeks"], feature, left)
            parts.append(f'<polyline points="{points}" fill="none" stroke="{colour}" stroke-width="1.8"/>')
        for week in (0, 13, 26):
            x = left + week * PANEL / 26
            parts.append(
                f'<text x="{x}" y="{HEIGHT - BOTTOM + 18}" text-anchor="middle" fill="#666">week {week}</text>'
            )
    x = float(LEFT)
    for colour, label in SHOWN.values():
        parts.append(
            f'<rect x="{x}" y="12" width="12" height="4" fill="{colour}"/><text x="{x + 17}" y="19">{label}</text>'
        )
        x += 34 + 6.6 * len(label)
    note = "Population stability index beyond twice what was usual. Dashed: what makes an alert, five weeks in a row."
    parts.append(f'<text x="{LEFT}" y="{HEIGHT - 6}" fill="#666">{note}</text></svg>')
    return "\n".join(parts) + "\n"


if __name__ == "__main__":
    (HERE / "drift.svg").write_text(picture(json.loads((HERE / "drift.json").read_text())[0]))
