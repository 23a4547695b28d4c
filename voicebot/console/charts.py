"""Charts as SVG, drawn here: no script and no style in them, everything that is written is escaped."""

from __future__ import annotations

from collections.abc import Sequence

from markupsafe import Markup

WIDTH, HEIGHT = 400, 190
LEFT, RIGHT, TOP, BOTTOM = 58, 8, 12, 28
NAMES, COUNTS = 112, 62
"""Of lying bars: the room for the names before them, and for the figures behind."""
LONGEST_NAME = 8

Point = tuple[str, float]


def bars(points: Sequence[Point], title: str, unit: str = "") -> Markup:
    """Upright bars, a name under each as far as there is room."""
    top = _round_up(max((value for _, value in points), default=0.0))
    step = (WIDTH - LEFT - RIGHT) / max(1, len(points))
    drawn = [
        Markup(
            '<rect class="bar" x="{:.1f}" y="{:.1f}" width="{:.1f}" height="{:.1f}"><title>{}</title></rect>'
        ).format(
            LEFT + n * step + step * 0.1,
            _y(value, top),
            max(1.0, step * 0.8),
            HEIGHT - BOTTOM - _y(value, top),
            f"{name}：{_short(value)}{unit}",
        )
        for n, (name, value) in enumerate(points)
    ]
    return _framed([*drawn, *_names(points, step)], top, title, unit)


def curve(
    points: Sequence[tuple[str, float | None]], title: str, unit: str = "", top: float | None = None
) -> Markup:
    """A line over time; where there is no value it has a gap."""
    top = top or _round_up(max((value for _, value in points if value is not None), default=0.0))
    step = (WIDTH - LEFT - RIGHT) / max(1, len(points))
    places = [
        None if value is None else f"{LEFT + (n + 0.5) * step:.1f} {_y(value, top):.1f}"
        for n, (_, value) in enumerate(points)
    ]
    line = Markup('<path class="curve" d="{}"/>').format(" ".join(_strokes(places)))
    return _framed([line, *_names(points, step)], top, title, unit)


def _strokes(places: Sequence[str | None]) -> list[str]:
    """The path through these places; one that stands alone is a dash."""
    drawn: list[str] = []
    around = zip([None, *places], places, [*places[1:], None], strict=False)
    for before, place, after in around:
        if place is not None:
            drawn.append(f"{'M' if before is None else 'L'}{place}")
            if before is None and after is None:
                drawn.append("h3")
    return drawn


def rows(points: Sequence[Point], title: str, unit: str = "") -> Markup:
    """Lying bars, the name before each."""
    top = max((value for _, value in points), default=0.0) or 1.0
    height = 26 * max(1, len(points)) + 6
    drawn = []
    for n, (name, value) in enumerate(points):
        y, width = 6 + 26 * n, (WIDTH - NAMES - COUNTS) * value / top
        text = name if len(name) <= LONGEST_NAME else f"{name[: LONGEST_NAME - 1]}…"
        drawn.append(
            Markup(
                '<g><title>{}</title><text x="{}" y="{}" text-anchor="end">{}</text>'
                '<rect class="bar" x="{}" y="{}" width="{:.1f}" height="18"/>'
                '<text x="{:.1f}" y="{}">{}</text></g>'
            ).format(
                f"{name}：{_short(value)}{unit}",
                NAMES - 6,
                y + 14,
                text,
                NAMES,
                y,
                max(1.0, width),
                NAMES + 6 + width,
                y + 14,
                f"{_short(value)}{unit}",
            )
        )
    return _svg(drawn, height, title)


def moods(points: Sequence[tuple[float, int]], seconds: float, names: Sequence[str], title: str) -> Markup:
    """Mood over a call: (seconds, gravity) of each turn of the caller; gravity 0 is drawn on top."""
    count = max(1, len(names) - 1)

    def level(gravity: int) -> float:
        return TOP + (HEIGHT - TOP - BOTTOM) * gravity / count

    room, whole = WIDTH - LEFT - RIGHT - 20, max(seconds, 1.0)
    drawn = [
        Markup(
            '<text x="2" y="{:.1f}">{}</text><line class="axis" x1="{}" x2="{}" y1="{:.1f}" y2="{:.1f}"/>'
        ).format(level(n) + 4, name, LEFT + 8, WIDTH - RIGHT, level(n), level(n))
        for n, name in enumerate(names)
    ]
    places = [(LEFT + 12 + room * min(at, whole) / whole, level(gravity)) for at, gravity in points]
    if places:
        path = "M" + " L".join(f"{x:.1f} {y:.1f}" for x, y in places)
        drawn.append(Markup('<path class="mood-line" d="{}"/>').format(path))
        drawn += [
            Markup('<circle class="bar" cx="{:.1f}" cy="{:.1f}" r="4"/>').format(x, y) for x, y in places
        ]
    return _svg(drawn, HEIGHT, title)


def _framed(drawn: Sequence[Markup], top: float, title: str, unit: str) -> Markup:
    lines = [
        Markup(
            '<line class="axis" x1="{}" x2="{}" y1="{:.1f}" y2="{:.1f}"/>'
            '<text x="{}" y="{:.1f}" text-anchor="end">{}</text>'
        ).format(
            LEFT,
            WIDTH - RIGHT,
            _y(value, top),
            _y(value, top),
            LEFT - 4,
            _y(value, top) + 4,
            _short(value) + unit,
        )
        for value in (0.0, top / 2, top)
    ]
    return _svg([*lines, *drawn], HEIGHT, title)


def _names(points: Sequence[tuple[str, float | None]], step: float) -> list[Markup]:
    every = max(1, round(80 / step))
    return [
        Markup('<text x="{:.1f}" y="{}" text-anchor="middle">{}</text>').format(
            LEFT + (n + 0.5) * step, HEIGHT - 8, name
        )
        for n, (name, _) in enumerate(points)
        if n % every == 0
    ]


def _svg(drawn: Sequence[Markup], height: float, title: str) -> Markup:
    head = Markup('<svg class="chart" viewBox="0 0 {} {}" role="img" aria-label="{}">').format(
        WIDTH, height, title
    )
    return head + Markup("").join(drawn) + Markup("</svg>")


def _y(value: float, top: float) -> float:
    return HEIGHT - BOTTOM - (HEIGHT - BOTTOM - TOP) * min(1.0, value / top if top else 0.0)


def _round_up(value: float) -> float:
    if value <= 0:
        return 1.0
    scale = 10.0 ** (len(str(int(value))) - 1) if value >= 1 else 0.1
    return next(step * scale for step in (1, 2, 4, 5, 8, 10) if step * scale >= value)


def _short(value: float) -> str:
    return f"{value:,.0f}" if value >= 100 or value == int(value) else f"{value:.3g}"
