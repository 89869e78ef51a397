"""What the Training page shows of a job and of a run's files; other pages show the same of theirs."""
