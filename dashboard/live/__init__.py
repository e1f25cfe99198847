"""Frames on their way to viewers: one subscription per web worker, the streams of all its viewers, snapshots in memory."""
