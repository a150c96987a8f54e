"""One text at its settings: what a check finds, numbers of holes, numbers within a budget."""
