"""Regions of line art: found, described, joined, split and coloured, on the host in NumPy."""
