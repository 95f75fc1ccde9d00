"""What the evaluations of regions' colours have in common."""
