"""The agent table: AG Grid community, empty in the layout and filled by assets/grid.js through the grid's API.

Fields of a row are made by assets/grid.js from the columns of the frame; ``order`` puts who is away on top and is
renewed at most every ten seconds. Colours and sizes come from the tokens, so the table follows the theme by itself.
"""

from typing import Any

import dash_ag_grid as dag
from dash.development.base_component import Component

from layouts.wording.words import Words

ROW_PX = 30
_THEME: dict[str, str | int] = {
    "backgroundColor": "var(--surface)",
    "foregroundColor": "var(--ink-1)",
    "headerBackgroundColor": "var(--surface)",
    "headerTextColor": "var(--ink-3)",
    "borderColor": "var(--line)",
    "rowHoverColor": "var(--sunken)",
    "selectedRowBackgroundColor": "var(--sunken)",
    "accentColor": "var(--ink-1)",
    "fontFamily": "var(--font)",
    "browserColorScheme": "inherit",
    "rowBorder": "none",
}
_SIZES: dict[str, str | int] = {
    "fontSize": 13,
    "headerFontSize": 12,
    "headerFontWeight": 400,
    "rowHeight": ROW_PX,
    "headerHeight": 28,
    "cellHorizontalPadding": 8,
    "spacing": 6,
    "wrapperBorderRadius": 0,
}


def agent_grid(words: Words, grid_id: str, direction: str) -> Component:
    """The table of one team; the direction decides between sales and handling time."""
    grid: Component = dag.AgGrid(
        id=grid_id,
        columnDefs=_columns(words, direction),
        rowData=[],
        getRowId="params.data.id",
        columnSize=None,
        defaultColDef={"resizable": False, "sortable": True, "suppressMovable": True, "cellDataType": False},
        dashGridOptions=_options(),
        style={"height": "100%", "width": "100%"},
    )
    return grid


def _options() -> dict[str, Any]:
    params = [f"{name}:{value!r}" for name, value in (_THEME | _SIZES).items()]
    return {
        "theme": {"function": "themeQuartz.withParams({" + ",".join(params) + "})"},
        "animateRows": False,
        "suppressNoRowsOverlay": True,
        "suppressCellFocus": True,
        "suppressDragLeaveHidesColumns": True,
        # Values change all the time, the order only when assets/grid.js says so.
        "suppressModelUpdateAfterUpdateTransaction": True,
        "asyncTransactionWaitMillis": 50,
        "cellFlashDuration": 0,
        "cellFadeDuration": 600,
        "rowClassRules": {"away": "params.data.away", "mute": "params.data.mute", "sel": "params.data.open"},
    }


def _columns(words: Words, direction: str) -> list[dict[str, Any]]:
    third = _figure(words, "converted", 56) if direction == "outbound" else _figure(words, "aht", 72, "duration")
    handled = _figure(words, "handled", 66, head=f"column.handled_{direction}", classes="n")
    return [
        {"field": "order", "hide": True, "sort": "asc"},
        {"field": "label", "headerName": words["column.agent"], "cellClass": "nm", **_width(124)},
        {"field": "state", "headerName": words["column.state"], "cellRenderer": "CallfloorState", **_width(142)},
        handled,
        _figure(words, "deducted", 50),
        _figure(words, "net", 54, classes="n net"),
        # What is due grows by the minute: no correction that an eye should go to.
        _figure(words, "due", 54, "due") | {"enableCellChangeFlash": False},
        _figure(words, "pace", 100, "pace") | {"enableCellChangeFlash": False, "sortable": False},
        third,
        _drawn(words, "spark", "CallfloorSpark", 84, 200),
        _figure(words, "qa", 52, "score"),
        _drawn(words, "trend", "CallfloorTrend", 86, 86),
        _figure(words, "csat", 64, "as_is") | {"sortable": False},
        _figure(words, "short", 78, "percent"),
    ]


def _drawn(words: Words, field: str, renderer: str, width: int, weight: int) -> dict[str, Any]:
    head = {
        "headerName": words[f"column.{field}"],
        "headerClass": "drawn-head",
        "cellClass": "drawn-cell",
        "sortable": False,
    }
    return {"field": field, "cellRenderer": renderer, **head, **_width(width, weight)}


def _figure(
    words: Words, field: str, width: int, fmt: str = "count", head: str = "", classes: str = "n dim"
) -> dict[str, Any]:
    return {
        "field": field,
        "headerName": words[head or f"column.{field}"],
        "headerClass": "ag-right-aligned-header",
        "cellClass": [*classes.split(), "ag-right-aligned-cell"],
        "cellClassRules": {"gone": "params.value == null"},
        "valueFormatter": {"function": f"callfloorFigure(params.value, '{fmt}')"},
        "enableCellChangeFlash": True,
        **_width(width),
    }


def _width(least: int, weight: int = 0) -> dict[str, int]:
    """The width that holds the longest content; what is left of the table is shared by weight (0: by the widths)."""
    return {"flex": weight or least, "minWidth": least}
