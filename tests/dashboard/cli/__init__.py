"""The commands, as people run them: in processes of their own."""
