"""Calibration and coverage as one SVG picture: no script, no outside reference, colors that follow the page's."""

from __future__ import annotations

from collections.abc import Sequence

from mailhelper_core.model.mind.learning import CurvePoint, Quality

SIDE = 200
MARGIN = 34


def draw(quality: Quality) -> str:
    """Answer the picture: left how honest confidence is, right how many answers may be given how surely."""
    width, height = 2 * SIDE + 3 * MARGIN, SIDE + 2 * MARGIN
    left = _panel(MARGIN, "claimed confidence", "share right", quality.calibration, diagonal=True)
    right = _panel(2 * MARGIN + SIDE, "share answered", "share right", quality.coverage, diagonal=False)
    head = f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" font-size="10" fill="currentColor">'
    return f"{head}{left}{right}</svg>"


def _panel(x: int, across: str, up: str, points: Sequence[CurvePoint], *, diagonal: bool) -> str:
    line = " ".join(f"{x + SIDE * point.x:.1f},{MARGIN + SIDE * (1 - point.y):.1f}" for point in points)
    frame = f'<rect x="{x}" y="{MARGIN}" width="{SIDE}" height="{SIDE}" fill="none" stroke="currentColor"/>'
    ideal = (
        f'<line x1="{x}" y1="{MARGIN + SIDE}" x2="{x + SIDE}" y2="{MARGIN}" stroke="currentColor" '
        'stroke-dasharray="4"/>'
    )
    return "".join(
        (
            frame,
            ideal if diagonal else "",
            f'<polyline points="{line}" fill="none" stroke="currentColor" stroke-width="2"/>',
            f'<text x="{x}" y="{MARGIN + SIDE + 14}">0 .. {across} .. 1</text>',
            f'<text x="{x}" y="{MARGIN - 6}">{up}</text>',
        )
    )
