"""Bytes to text and back, written whole or not at all."""
