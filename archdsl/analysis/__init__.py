"""What follows from a network: one module a fact, beside the tree."""
