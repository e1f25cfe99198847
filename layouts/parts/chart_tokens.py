"""The tokens of assets/10-tokens.css that charts are drawn with, by theme. Made by tests/layouts/chart_tokens.py."""

FONT = "Inter, Noto Sans CJK SC, Noto Sans SC, PingFang SC, Microsoft YaHei, system-ui, sans-serif"
COLOURS: dict[str, dict[str, str]] = {
    "light": {
        "ink-1": "#14181C",
        "ink-2": "#434C55",
        "ink-3": "#5F6973",
        "line": "#E3E6E9",
        "data": "#74828F",
        "data-line": "#2D3842",
        "expect": "#14181C",
        "band": "#E6EAED",
    },
    "dark": {
        "ink-1": "#F2F4F6",
        "ink-2": "#BFC7CF",
        "ink-3": "#98A2AC",
        "line": "#262C32",
        "data": "#75828F",
        "data-line": "#D3DAE1",
        "expect": "#F2F4F6",
        "band": "#222930",
    },
}
