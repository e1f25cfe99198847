"""The board as it is now: read model, views, frames, and the way to the browsers."""
