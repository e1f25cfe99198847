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
    "cellHorizontalPadding": 10,
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
        "rowClassRules": {"away": "params.data.away"},
    }


def _columns(words: Words, direction: str) -> list[dict[str, Any]]:
    third = _figure(words, "converted") if direction == "outbound" else _figure(words, "aht", "duration")
    handled = _figure(words, "handled", head=f"column.handled_{direction}", classes="n")
    return [
        {"field": "order", "hide": True, "sort": "asc"},
        {"field": "label", "headerName": words["column.agent"], "cellClass": "nm", **_share(16)},
        {"field": "state", "headerName": words["column.state"], "cellRenderer": "CallfloorState", **_share(20)},
        handled,
        _figure(words, "deducted"),
        _figure(words, "net", classes="n net"),
        third,
        _spark(words),
        _figure(words, "qa", "score"),
        _figure(words, "csat", "as_is") | {"sortable": False},
        _figure(words, "short", "percent"),
    ]


def _spark(words: Words) -> dict[str, Any]:
    head = {
        "headerName": words["column.spark"],
        "headerClass": "spark-head",
        "cellClass": "spark-cell",
        "sortable": False,
    }
    return {"field": "spark", "cellRenderer": "CallfloorSpark", **head, **_share(30)}


def _figure(words: Words, field: str, fmt: str = "count", head: str = "", classes: str = "n dim") -> dict[str, Any]:
    return {
        "field": field,
        "headerName": words[head or f"column.{field}"],
        "headerClass": "ag-right-aligned-header",
        "cellClass": [*classes.split(), "ag-right-aligned-cell"],
        "cellClassRules": {"gone": "params.value == null"},
        "valueFormatter": {"function": f"callfloorFigure(params.value, '{fmt}')"},
        "enableCellChangeFlash": True,
        **_share(10),
    }


def _share(weight: int) -> dict[str, int]:
    """Columns share the width by weight, from a width that still holds their longest content."""
    return {"flex": weight, "minWidth": 8 * weight}
