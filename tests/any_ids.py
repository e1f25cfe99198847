"""Ids that mean something to a path, a selector, a query, a spreadsheet, a template or a dictionary somewhere: all are opaque."""

SIGNS = [
    "a.b", "a/b", "a//b", "../up", "a:b", "a,b", "a#b", "50%", "a%2Fb", "it's", 'q"q', "<b>x</b>", "a&b=c", "who?x=1",
    "back\\slash", "pipe|pipe", "a~b", "a b", "a+b", "a;b", "]},{", "${a}", "{name}", "$&", "*", ".", "..", "team:sales.de",
]  # fmt: skip
NAMES_OF_CODE = ["constructor", "__proto__", "hasOwnProperty", "null", "undefined", "NaN", "true", "None"]
LETTERS = ["😀", "👩\u200d💻", "e\u0301", "\u00e9", "漢字", "אבג", "می\u200cخواهم", "x", "n" * 200]
FIGURES = ["0", "-1", "+1", "=1+1", "@x", "1e5", "007", "1.0"]
IDS = [*SIGNS, *NAMES_OF_CODE, *LETTERS, *FIGURES]
TEAMS = ["sales.de", "b c_d-.é", "晨 曦", "N" * 64, "~everyone"[1:], ".x"]
"""Ids of teams are the centre's own, so there are fewer kinds of them."""
