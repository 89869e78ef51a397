"""What a run leaves behind: the recorder, scores of its snapshots, its result, and the landscape of its networks."""
