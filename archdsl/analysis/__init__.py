"""Floor 5: what the tree means. Names and values, shapes, costs, claims."""
