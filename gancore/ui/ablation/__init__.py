"""The Ablation page by its sections: what is chosen, the verdicts, the table, the comparison, a run, and exports."""
