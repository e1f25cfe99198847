"""What people ask and do: explanations, appeals, feedback, flags, coaching, closed months, notifications."""
