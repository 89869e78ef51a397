"""The diagnoses that gancore brings, one a file."""
