"""The language as programs that show text have it: which part of a text has which colour."""
