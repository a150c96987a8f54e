"""Texts that mend a fault: proposed from what its author was likely to mean, and shown only where a check accepts them."""
