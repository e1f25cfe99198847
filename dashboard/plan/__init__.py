"""What is asked of whom: schedules, timetables, targets by now."""
