"""Access reviews: opened by the schedule, asked about, answered or ended by silence, closed and signed."""
