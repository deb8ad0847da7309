"""The cost as the work grows: one table, and the same as a small drawing."""

import math
from collections.abc import Mapping, Sequence
from pathlib import Path

WIDTH, HEIGHT, LEFT, BOTTOM, RIGHT = 560, 320, 64, 44, 150
COLOURS = ("#000091", "#e1000f", "#009081", "#a558a0", "#b34000", "#666666")

Series = Mapping[str, Sequence[tuple[int, float]]]


def drawn(title: str, unit: str, series: Series, path: Path) -> None:
    """
    Seconds against the size of the work, both on logarithmic scales, as SVG.

    A line that climbs one square a square is work that grows as its data; steeper grows faster.
    """
    points = [point for line in series.values() for point in line]
    x0, x1 = (f(math.log10(n)) for f, n in ((math.floor, min(p[0] for p in points)),
                                            (math.ceil, max(p[0] for p in points))))  # fmt: skip
    y0, y1 = (f(math.log10(s)) for f, s in ((math.floor, min(p[1] for p in points)),
                                            (math.ceil, max(p[1] for p in points))))  # fmt: skip

    def place(n: float, seconds: float) -> tuple[float, float]:
        across = (math.log10(n) - x0) / max(1, x1 - x0)
        up = (math.log10(seconds) - y0) / max(1, y1 - y0)
        return (
            LEFT + across * (WIDTH - LEFT - RIGHT),
            HEIGHT - BOTTOM - up * (HEIGHT - BOTTOM - 34),
        )

    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" role="img"'
        f' font-family="sans-serif" font-size="11"><title>{title}</title>',
        f'<rect width="{WIDTH}" height="{HEIGHT}" fill="#fff"/>',
        f'<text x="{LEFT}" y="18" font-size="13" font-weight="bold">{title}</text>',
    ]
    for power in range(x0, x1 + 1):
        (x, bottom), (_, top) = place(10**power, 10**y0), place(10**power, 10**y1)
        parts.append(f'<path d="M{x:.0f} {top:.0f}V{bottom:.0f}" stroke="#ddd"/>')
        parts.append(f'<text x="{x:.0f}" y="{bottom + 15:.0f}" text-anchor="middle">'
                     f"{10**power:,}</text>")  # fmt: skip
    for power in range(y0, y1 + 1):
        (left, y), (right, _) = place(10**x0, 10.0**power), place(10**x1, 10.0**power)
        parts.append(f'<path d="M{left:.0f} {y:.0f}H{right:.0f}" stroke="#ddd"/>')
        parts.append(f'<text x="{left - 6:.0f}" y="{y + 4:.0f}" text-anchor="end">'
                     f"{10.0**power:g} s</text>")  # fmt: skip
    parts.append(f'<text x="{LEFT}" y="{HEIGHT - 10}">{unit}</text>')
    for number, (name, line) in enumerate(series.items()):
        colour = COLOURS[number % len(COLOURS)]
        places = [place(n, seconds) for n, seconds in sorted(line)]
        path_ = " ".join(f"{x:.1f},{y:.1f}" for x, y in places)
        dash = "" if number == 0 else ' stroke-dasharray="5 3"'
        parts.append(f'<polyline points="{path_}" fill="none" stroke="{colour}"'
                     f' stroke-width="2"{dash}/>')  # fmt: skip
        x, y = places[-1]
        parts.append(f'<text x="{x + 6:.0f}" y="{y + 4:.0f}" fill="{colour}">{name}</text>')
    path.write_text("\n".join([*parts, "</svg>"]) + "\n", encoding="utf-8")


def machine() -> str:
    """The machine, so that a figure is never read without it."""
    text = Path("/proc/cpuinfo").read_text(encoding="utf-8")
    named = [line.split(":")[1].strip() for line in text.splitlines() if "model name" in line]
    model = named[0] if named else "unknown processor"
    memory = Path("/proc/meminfo").read_text(encoding="utf-8").split()[1]
    return f"Machine: {model}, {text.count('processor')} cores, {int(memory) // 2**20} GiB"
