"""Texts in other notations, read to the same tree as a spec."""
