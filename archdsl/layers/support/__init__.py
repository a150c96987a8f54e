"""Source of the few modules that PyTorch does not have, by family; a compiled file holds those that it needs."""
