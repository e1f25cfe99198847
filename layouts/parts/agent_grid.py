"""The agent table: AG Grid community, empty in the layout and filled by assets/js/team/grid.js through the grid's API.

Fields of a row are made by assets/js/team/grid_rows.js from the columns of the frame; ``order`` has no field: it is the order of
attention (away, review, watch, drop, then the evidence; too early and not assessed at the foot) and is renewed at most every
ten seconds. Colours and sizes come from the tokens, so the table follows the theme by itself. assets/js/team/columns.js keeps
which columns a reader has chosen.
"""

from typing import Any, NamedTuple

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


class Column(NamedTuple):
    """A column of the table: a new one is a row of COLUMNS and its words.

    ``field``: a column of the frame, or a field that assets/js/team/grid_rows.js makes. ``words``: the key of its head.
    ``fmt``: a figure of assets/js/core/format.js. ``cell``: the component of assets/js/team/grid_cells.js that draws it instead.
    ``directions`` and ``judged``: the pages that have it; judged pages say what evidence says of persons.
    """

    field: str
    width: int
    """Of the content, px."""
    fmt: str = ""
    cell: str = ""
    words: str = "column.{field}"
    classes: str = "n dim"
    directions: tuple[str, ...] = ("outbound", "inbound", "both")
    judged: tuple[bool, ...] = (True, False)
    is_count: bool = True
    """A count or a name; the others judge a person and are on no page of a site that judges none."""
    flashes: bool = True
    """A correction catches the eye; what changes by the minute does not."""
    is_sortable: bool = True
    weight: int = 0
    gives_way: int = 0
    """Its turn where there is little room, the first is 1; 0: never."""


COLUMNS = (
    Column("label", 108, words="column.agent"),
    Column("state", 130, cell="CallfloorState"),
    Column("handled", 48, "count", words="column.handled_{direction}", classes="n"),
    Column("deducted", 30, "count"),
    Column("net", 40, "count", classes="n net"),
    Column("due", 38, "due", flashes=False, is_count=False),
    Column("converted", 34, "count", directions=("outbound", "both")),
    Column("aht", 52, "duration", directions=("inbound", "both"), gives_way=4, is_count=False),
    Column("peers", 118, cell="CallfloorPeers", judged=(True,)),
    Column("pace", 100, "pace", judged=(False,), flashes=False, is_count=False),
    Column("spark", 44, cell="CallfloorSpark", weight=90, is_sortable=False, gives_way=1),
    Column("quality", 80, cell="CallfloorQuality", judged=(True,)),
    Column("qa", 52, "score", judged=(False,), is_count=False),
    Column("csat", 44, "as_is", is_sortable=False, gives_way=2),
    Column("short", 46, "percent", gives_way=3),
    Column("flag", 166, cell="CallfloorFlag", judged=(True,), weight=190),
)


def agent_grid(words: Words, grid_id: str, direction: str, judged: bool, judges_persons: bool = True) -> Component:
    """The table of one team; the direction decides between sales and handling time, or has both.

    judged: with what is said of persons by evidence, and in its order; otherwise pace takes that place. judges_persons
    False: the table has counts alone, and the reader may not order it by a figure.
    """
    grid: Component = dag.AgGrid(
        id=grid_id,
        # No rowData: where there is one, the component compares and passes on all rows after every transaction.
        columnDefs=_columns(words, direction, judged, judges_persons),
        getRowId="params.data.id",
        columnSize=None,
        defaultColDef={
            "resizable": True,
            "sortable": judges_persons,
            "cellDataType": False,
            "comparator": {"function": "callfloorUnknownLast"},
        },
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


def _columns(words: Words, direction: str, judged: bool, judges_persons: bool) -> list[dict[str, Any]]:
    order = {"field": "order", "hide": True, "sort": "asc", "comparator": {"function": "callfloorByEvidence"}}
    of_page = (each for each in COLUMNS if direction in each.directions and judged in each.judged)
    shown = (each for each in of_page if each.is_count or judges_persons)
    return [order, *(_column_def(words, each, direction) for each in shown)]


def _column_def(words: Words, column: Column, direction: str) -> dict[str, Any]:
    field = column.field
    head = {"field": field, "headerName": words[column.words.format(field=field, direction=direction)]}
    turn = {"context": {"givesWay": column.gives_way}} if column.gives_way else {}
    cell = _drawn(column) if column.cell else _figure(column) if column.fmt else _name()
    return head | turn | cell | _width(column) | ({} if column.is_sortable else {"sortable": False})


def _name() -> dict[str, Any]:
    return {
        "cellClass": "nm",
        "tooltipField": "label",
        "sortable": True,
        "lockPosition": "left",
        "suppressMovable": True,
    }


def _drawn(column: Column) -> dict[str, Any]:
    """A React component draws it. Its value is one text, so a cell is drawn when it changes."""
    style = {"headerClass": f"drawn-head {column.field}", "cellClass": f"drawn-cell {column.field}"}
    return {"cellRenderer": column.cell, **style}


def _figure(column: Column) -> dict[str, Any]:
    return {
        "headerClass": "ag-right-aligned-header",
        "cellClass": [*column.classes.split(), "ag-right-aligned-cell"],
        "cellClassRules": {"gone": "params.value == null"},
        "valueFormatter": {"function": f"callfloorFigure(params.value, '{column.fmt}')"},
        "enableCellChangeFlash": column.flashes,
    }


def _width(column: Column) -> dict[str, int]:
    """The width of the content, the padding around it added; what is left of the table is shared by weight (0: by the widths)."""
    return {"flex": column.weight or column.width, "minWidth": column.width + 2 * PADDING_PX}
