"""Floor 5: checkpoints by their headers: what a file holds, what a network wants, and how the two fit. No torch."""
