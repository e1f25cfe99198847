"""What the outer layer and the gate ask of a request before its route runs."""

from typing import NamedTuple

MOST_BODY_BYTES = 64 * 1024
"""The longest body of a route that declares no other."""


class RouteRules(NamedTuple):
    """``is_page``: a link on another site may open it. ``is_stream``: the answer lasts as long as its reader stays.

    ``machine``: it is called by programs, so neither Origin nor Fetch Metadata is asked for. ``any_host``: it has no data, and a
    load balancer may ask for it by a name of its own. ``embeddable``: pages of the origins that may embed it may show it in a
    frame. ``is_static``: a file without data, which a cache may keep. ``needs_confirmation``:
    the person has proved within the hour who they are.
    """

    most_body_bytes: int = 0
    is_page: bool = False
    is_stream: bool = False
    machine: bool = False
    any_host: bool = False
    embeddable: bool = False
    is_static: bool = False
    needs_confirmation: bool = False
