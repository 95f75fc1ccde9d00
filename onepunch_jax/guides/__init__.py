"""Guides: what a user may provide beside the line art. Colour hints, references, body parts."""
