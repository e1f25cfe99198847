"""What a text of others does to a terminal: nothing; what it is in a file: the same."""

import os
import pty
import subprocess
import sys

ODD = "a\\x1b[2J\\u202e\\x9b"
PROGRAM = f"""
import logging
from dashboard.wiring.terminal import Progress, log_to_terminal, say, write_table
say("{ODD}")
Progress().done("{ODD}")
log_to_terminal()
logging.getLogger("dashboard").warning("%s", "{ODD}")
for form in ("csv", "json"):
    write_table({{"agent": "string", "n": "Int64"}}, [{{"agent": "{ODD}", "n": -1}}], form, "t", raw=True)
"""


def on_terminal(program: str) -> str:
    """What a program writes to its terminal."""
    ours, theirs = pty.openpty()
    with subprocess.Popen([sys.executable, "-c", program], stdout=theirs, stderr=theirs, stdin=theirs) as child:
        os.close(theirs)
        written = b""
        while chunk := _read(ours):
            written += chunk
    os.close(ours)
    assert child.returncode == 0, written
    return written.decode()


def _read(terminal: int) -> bytes:
    try:
        return os.read(terminal, 65536)
    except OSError:  # the end of a terminal, on Linux
        return b""


def test_no_text_steers_the_terminal_of_a_command() -> None:
    shown = on_terminal(PROGRAM).replace("\x1b[K", "")  # of our own line of progress
    assert shown.count(r"a\x1b[2J\u202e\x9b") == 4
    assert r"a\u001b[2J\u202e\x9b" in shown
    assert not {"\x1b", "\u202e", "\x9b"} & set(shown)


def test_a_file_gets_every_character() -> None:
    """The control: the same table, not on a terminal."""
    written = subprocess.run([sys.executable, "-c", PROGRAM], capture_output=True, check=True)
    assert "a\x1b[2J\u202e\x9b,-1\n" in written.stdout.decode()
    assert "\x1b" not in written.stderr.decode()
