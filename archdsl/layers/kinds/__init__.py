"""The kinds of layer: one class each, a file for each family, imported when one of its kinds is asked for."""
