"""Writes layouts/parts/chart_tokens.py from assets/10-tokens.css: ``python -m tests.layouts.chart_tokens``.

plotly takes no CSS variables, so the tokens that its charts are drawn with are written down for it; a test holds that they
are those of the style sheet.
"""

import re
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
SHEET = ROOT / "assets" / "10-tokens.css"
TARGET = ROOT / "layouts" / "parts" / "chart_tokens.py"
NAMES = ("ink-1", "ink-2", "ink-3", "line", "data", "data-line", "expect", "band")
_HEAD = '''"""The tokens of assets/10-tokens.css that charts are drawn with, by theme. Made by tests/layouts/chart_tokens.py."""

'''


def tokens(css: str) -> tuple[str, dict[str, dict[str, str]]]:
    """The style sheet -> the font's family, and per theme the colour of each name."""
    light, dark = (_block(css, start) for start in (":root{", '[data-theme="dark"]{'))
    families = re.findall(r'"([^"]+)"|([\w-]+)', light["font"])
    family = ", ".join(quoted or plain for quoted, plain in families)
    return family, {
        theme: {name: block[name] for name in NAMES} for theme, block in (("light", light), ("dark", light | dark))
    }


def written(css: str) -> str:
    """The text of the module."""
    family, themes = tokens(css)
    lines = [f'FONT = "{family}"', "COLOURS: dict[str, dict[str, str]] = {"]
    for theme, colours in themes.items():
        lines += [f'    "{theme}": {{', *(f'        "{name}": "{value}",' for name, value in colours.items()), "    },"]
    return _HEAD + "\n".join([*lines, "}", ""])


def _block(css: str, start: str) -> dict[str, str]:
    body = css.split(start, 1)[1].split("}", 1)[0]
    bare = re.sub(r"/\*.*?\*/", "", body, flags=re.DOTALL)
    return {name: value.strip() for name, value in re.findall(r"--([\w-]+):([^;]+);", bare)}


if __name__ == "__main__":
    TARGET.write_text(written(SHEET.read_text("utf-8")), "utf-8")
