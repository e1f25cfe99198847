"""The agent table: AG Grid community, empty in the layout and filled by assets/js/team/grid.js through the grid's API.

Fields of a row are made by assets/js/team/grid_rows.js from the columns of the frame; ``order`` has no field: it is the order of
attention (away, review, watch, drop, then the evidence; too early and not assessed at the foot) and is renewed at most every
ten seconds. Colours and sizes come from the tokens, so the table follows the theme by itself. assets/js/team/columns.js keeps
which columns a reader has chosen.
"""

from typing import Any

import dash_ag_grid as dag
from dash.development.base_component import Component

from layouts.wording.words import Words

ROW_PX = 30
PADDING_PX = 4
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
    "headerColumnResizeHandleColor": "transparent",
}
_SIZES: dict[str, str | int] = {
    "fontSize": 13,
    "headerFontSize": 12,
    "headerFontWeight": 400,
    "rowHeight": ROW_PX,
    "headerHeight": 28,
    "cellHorizontalPadding": PADDING_PX,
    "spacing": 6,
    "wrapperBorderRadius": 0,
}


_FIRST = {"lockPosition": "left", "suppressMovable": True}


def agent_grid(words: Words, grid_id: str, direction: str, judged: bool, is_sortable: bool = True) -> Component:
    """The table of one team; the direction decides between sales and handling time, or has both.

    judged: with what is said of persons by evidence, and in its order; otherwise pace takes that place. is_sortable: the reader
    may order the table by a figure.
    """
    grid: Component = dag.AgGrid(
        id=grid_id,
        # No rowData: where there is one, the component compares and passes on all rows after every transaction.
        columnDefs=_columns(words, direction, judged),
        getRowId="params.data.id",
        columnSize=None,
        defaultColDef=_every_column(is_sortable),
        dashGridOptions=_options(),
        style={"height": "100%", "width": "100%"},
    )
    return grid


def theme() -> dict[str, str | int]:
    """What the table's theme is made of: colours and the face from the tokens, sizes in pixels."""
    return _THEME | _SIZES


def _options() -> dict[str, Any]:
    params = [f"{name}:{value!r}" for name, value in theme().items()]
    return {
        "theme": {"function": "themeQuartz.withParams({" + ",".join(params) + "})"},
        "animateRows": False,
        "enableBrowserTooltips": True,
        "suppressNoRowsOverlay": True,
        "suppressDragLeaveHidesColumns": True,
        # Values change all the time, the order only when assets/js/team/grid.js says so.
        "suppressModelUpdateAfterUpdateTransaction": True,
        "asyncTransactionWaitMillis": 50,
        "cellFlashDuration": 0,
        "cellFadeDuration": 600,
        "rowClassRules": {"away": "params.data.away", "mute": "params.data.mute", "missing": "params.data.missing"}
        | {"sel": "params.data.open"},
    }


def _every_column(is_sortable: bool) -> dict[str, Any]:
    comparator = {"comparator": {"function": "callfloorUnknownLast"}}
    return {"resizable": True, "sortable": is_sortable, "cellDataType": False, **comparator}


def _columns(words: Words, direction: str, judged: bool) -> list[dict[str, Any]]:
    sales, handle_time = _figure(words, "converted", 34), _figure(words, "aht", 52, "duration")
    thirds = {"outbound": [sales], "inbound": [handle_time]}.get(direction, [sales, handle_time])
    handled = _figure(words, "handled", 48, head=f"column.handled_{direction}", classes="n")
    pace = _figure(words, "pace", 100, "pace") | {"enableCellChangeFlash": False}
    return [
        {"field": "order", "hide": True, "sort": "asc", "comparator": {"function": "callfloorByEvidence"}},
        {
            "field": "label",
            "headerName": words["column.agent"],
            "cellClass": "nm",
            "tooltipField": "label",
            "sortable": True,
            **_FIRST,
            **_width(108),
        },
        _drawn(words, "state", "CallfloorState", 130),
        handled,
        _figure(words, "deducted", 30),
        _figure(words, "net", 40, classes="n net"),
        # What is due grows by the minute: no correction that an eye should go to.
        _figure(words, "due", 38, "due") | {"enableCellChangeFlash": False},
        *thirds,
        _drawn(words, "peers", "CallfloorPeers", 118) if judged else pace,
        _drawn(words, "spark", "CallfloorSpark", 44, 90) | {"sortable": False},
        _drawn(words, "quality", "CallfloorQuality", 80) if judged else _figure(words, "qa", 52, "score"),
        _figure(words, "csat", 44, "as_is") | {"sortable": False},
        _figure(words, "short", 46, "percent"),
        *([_drawn(words, "flag", "CallfloorFlag", 166, 190)] if judged else []),
    ]


def _drawn(words: Words, field: str, renderer: str, width: int, weight: int = 0) -> dict[str, Any]:
    """A React component of assets/js/team/grid_cells.js draws it. Its value is one text, so a cell is drawn when it changes."""
    style = {"headerClass": f"drawn-head {field}", "cellClass": f"drawn-cell {field}"}
    head = {"headerName": words[f"column.{field}"], **style}
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
    """The width of the content, the padding around it added; what is left of the table is shared by weight (0: by the widths)."""
    return {"flex": weight or least, "minWidth": least + 2 * PADDING_PX}
