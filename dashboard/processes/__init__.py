"""Child processes: started, guarded and stopped."""
