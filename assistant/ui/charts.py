"""Draws the chart specifications of the tools with Plotly: fan, bars, line.

Colours are those of Okabe and Ito, which people with any of the common colour-vision deficiencies can tell apart;
bands also differ in lightness, and marks are dashed and named, so that no meaning rests on colour alone.
"""

from collections.abc import Callable, Sequence
from datetime import date, timedelta
from textwrap import wrap
from typing import TYPE_CHECKING, Any

from assistant.ui.words import ScreenWords

if TYPE_CHECKING:
    from plotly.graph_objects import Figure

BLUE, VERMILION, INK, GRID = "#0072B2", "#B5460F", "#1F2A33", "#DDE3E8"
HALF_BAND, MOST_BAND = "rgba(0, 114, 178, 0.38)", "rgba(0, 114, 178, 0.16)"
FONT_SIZE = 14
LEAST_HISTORY, HISTORY_PER_DAY = 14, 3
TITLE_LINE, FEW_DAYS, FEWEST_BARS = 34, 3, 2
DASHES = ("dash", "dot", "dashdot")
FONT = "system-ui, 'Segoe UI', 'Noto Sans', 'Noto Sans CJK SC', 'Microsoft YaHei', 'PingFang SC', sans-serif"
BANDS = (("0.1", "0.9", MOST_BAND, "chart.most"), ("0.25", "0.75", HALF_BAND, "chart.half"))


def figure(spec: dict[str, Any], words: ScreenWords) -> "Figure | None":
    """The figure of a specification; None for a kind that is not known here or holds no points."""
    import plotly.graph_objects as go  # takes a second to load; only answers with charts need it

    draw = _DRAWERS.get(str(spec.get("kind")))
    chart = go.Figure()
    if draw is None or not draw(chart, spec, words):
        return None
    _marks(chart, spec, words)
    _lay_out(chart, spec)
    return chart


def _fan(chart: "Figure", spec: dict[str, Any], words: ScreenWords) -> bool:
    """History, then the median within its 5-in-10 and 8-in-10 bands."""
    days, levels = spec.get("x") or [], spec.get("quantiles") or {}
    history = spec.get("history") or {}
    if not days or "0.5" not in levels:
        return False
    recent = -max(LEAST_HISTORY, HISTORY_PER_DAY * len(days))  # more would squeeze the forecast
    _curve(chart, (history.get("x") or [])[recent:], (history.get("y") or [])[recent:], words("chart.history"), INK)
    for low, high, colour, name in BANDS:
        if low in levels and high in levels:
            _band(chart, days, levels[low], levels[high], colour, words(name))
    _curve(chart, days, levels["0.5"], words("chart.median"), BLUE, dots=len(days) <= 31)
    _dates(chart, [*(history.get("x") or [])[recent:], *days], words)
    return True


def _band(chart: "Figure", days: list[str], low: list[float], high: list[float], colour: str, name: str) -> None:
    chart.add_scatter(
        x=[*days, *reversed(days)],
        y=[*high, *reversed(low)],
        fill="toself",
        fillcolor=colour,
        line={"width": 0},
        mode="lines",
        name=name,
        hoverinfo="skip",
    )


def _curve(chart: "Figure", x: list[str], y: list[float], name: str, colour: str, dots: bool = False) -> None:
    chart.add_scatter(
        x=x,
        y=y,
        name=name,
        mode="lines+markers" if dots else "lines",
        line={"color": colour, "width": 2.5 if dots else 2},
        marker={"size": 7},
        # A point of time of day is told with its clock time.
        hovertemplate=("%{x|%Y-%m-%d %H:%M}" if x and "T" in x[0] else "%{x|%Y-%m-%d}") + ": %{y:.4~g}<extra></extra>",
    )


def _dates(chart: "Figure", days: list[str], words: ScreenWords) -> None:
    """Short dates in the reader's language on one line; over a few days the clock time is left to Plotly."""
    if days and days[0][:10] <= (date.fromisoformat(days[-1][:10]) - timedelta(days=FEW_DAYS)).isoformat():
        chart.update_xaxes(tickformat="%-m/%-d" if words.language == "zh" else "%-d %b")


def _line(chart: "Figure", spec: dict[str, Any], words: ScreenWords) -> bool:
    points = spec.get("points") or []
    x, y = [point["x"] for point in points], [point["y"] for point in points]
    _curve(chart, x, y, words("chart.history"), BLUE, dots=len(points) <= 31)
    _dates(chart, x, words)
    return bool(points)


def _bars(chart: "Figure", spec: dict[str, Any], words: ScreenWords) -> bool:
    points = spec.get("points") or []
    if len(points) < FEWEST_BARS:  # one bar compares nothing; the sentence says it better
        return False
    values = [point["y"] for point in points]
    chart.add_bar(
        x=[str(point["x"]) for point in points],
        y=values,
        marker={"color": BLUE},
        text=[f"{value:g}" for value in values],
        textposition="inside",  # at the foot, where no mark crosses
        insidetextanchor="start",
        textangle=0,
        textfont={"size": FONT_SIZE, "color": "white"},
        hovertemplate="%{x}: %{y:.4~g}<extra></extra>",
        showlegend=False,
    )
    chart.update_xaxes(type="category")
    return True


_DRAWERS: dict[str, Callable[["Figure", dict[str, Any], ScreenWords], bool]] = {
    "fan": _fan,
    "bars": _bars,
    "line": _line,
}


def _marks(chart: "Figure", spec: dict[str, Any], words: ScreenWords) -> None:
    """Horizontal broken lines, each named in the legend: a name beside it would squeeze a narrow plot."""
    marks = [float(mark) for mark in spec.get("marks") or []]
    given = spec.get("mark_labels") or [spec.get("mark_label") or words("chart.mark")] * len(marks)
    for place, (mark, told) in enumerate(sorted(zip(marks, given, strict=True))):
        label = _plain(str(told))
        line = {"color": VERMILION, "width": 2, "dash": DASHES[place % len(DASHES)]}
        chart.add_hline(y=mark, line=line)
        chart.add_scatter(x=[None], y=[None], mode="lines", line=line, name=f"{label}: {mark:g}", showlegend=True)


def _lay_out(chart: "Figure", spec: dict[str, Any]) -> None:
    x_label, y_label = (_plain(str(spec.get(key) or "")) for key in ("x_label", "y_label"))
    title = _title_lines(str(spec.get("title") or ""))
    several = len(chart.data) > 1
    height = 430 if several else 380
    chart.update_layout(
        template="none",
        title={
            "text": "<br>".join(title),
            "font": {"size": 17},
            "x": 0.01,
            "xanchor": "left",
            "y": 1 - (14 + 6 * (len(title) - 1)) / height,
            "yanchor": "top",
        },
        font={"family": FONT, "size": FONT_SIZE, "color": INK},
        margin={"l": 64, "r": 24, "t": 28 + 26 * len(title), "b": 110 if several else 64},
        height=height,
        showlegend=several,
        legend={"orientation": "h", "x": 0, "xanchor": "left", "y": -0.3, "yanchor": "top", "itemclick": False},
        paper_bgcolor="white",
        plot_bgcolor="white",
        hovermode="closest",
        bargap=0.35,
        dragmode=False,
    )
    chart.update_xaxes(title={"text": x_label, "standoff": 10}, showgrid=False, linecolor=INK, ticks="outside")
    chart.update_yaxes(title={"text": y_label, "standoff": 8}, gridcolor=GRID, zeroline=False)
    # From zero, so that a small change does not look like a large one.
    chart.update_yaxes(range=[0, _top(chart, spec)])


def _top(chart: "Figure", spec: dict[str, Any]) -> float:
    """The end of the value axis, with a little room above the highest value or mark."""
    values = [float(value) for trace in chart.data for value in _ys(trace) if value is not None]
    return max([*values, *(float(mark) for mark in spec.get("marks") or [])], default=0.0) * 1.1 or 1.0


def _title_lines(title: str) -> list[str]:
    """A title in lines that a telephone can show: what stands before a colon, then the rest."""
    parts = title.replace("：", ": ").split(": ")
    return [_plain(line) for part in parts for line in wrap(part, TITLE_LINE)]


def _ys(trace: Any) -> Sequence[Any]:
    return [] if trace.y is None else list(trace.y)


def _plain(text: str) -> str:
    """Plotly reads a few HTML tags in texts; names from records must not bring any."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
