"""Python's way in: models as objects, weights of compiled modules."""
