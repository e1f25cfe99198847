"""Cells of CSV that a spreadsheet would take for formulas: an apostrophe before them makes them text.

Excel and its likes run a cell that begins with ``=``, ``+``, ``-`` or ``@``, past space and quotes before it. Where decimals have
a comma they cut rows at semicolons, tabs and line ends too, so what follows one of these is a cell. Source: OWASP, CSV injection.
"""

import re

_CELL = r"(^|[;\t\r\n])"
_FORMULA = r"""(?='*[\t\r\n]|['"\s]*[=+\-@＝＋－＠])"""  # noqa: RUF001  wide signs of Chinese and Japanese are taken alike
_TO_DEFUSE, _DEFUSED = re.compile(_CELL + _FORMULA), re.compile(_CELL + "'" + _FORMULA)


def defuse(text: str) -> str:
    """A text that no spreadsheet takes for a formula; most texts as they are."""
    return _TO_DEFUSE.sub(r"\1'", text)


def restore(text: str) -> str:
    """The mirror of ``defuse``: what was exported comes back as it was."""
    return _DEFUSED.sub(r"\1", text)
