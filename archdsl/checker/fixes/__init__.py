"""Texts that mend a fault: proposed from what was probably meant, and shown only if a check accepts them."""
