"""Losses: pure functions of logits, images and codes, for the players of the methods."""
