"""What people do: the log of their actions, and how it is written."""
