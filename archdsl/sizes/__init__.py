"""Sizes, whole or symbolic, shapes made of them, and what is known of symbols."""
