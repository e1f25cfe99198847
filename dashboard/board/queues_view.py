"""The figures of one queue, as walls show them."""

from dashboard.board.frame_types import QueueFigures
from dashboard.board.json_numbers import share
from dashboard.floor.lines import Lines
from dashboard.floor.queues import QueueNow

_SAME = ("waiting", "longest_wait_s", "ready", "offered", "answered", "in_time", "timed", "abandoned")


def queue_figures(queue: QueueNow, lines: Lines) -> QueueFigures:
    """A queue of today with its name."""
    same = {name: getattr(queue, name) for name in _SAME}
    return QueueFigures(*lines.queue(queue.id), at=queue.at_ms, in_time_share=share(queue.in_time, queue.timed), **same)
