"""What words, values and options of a line mean."""
