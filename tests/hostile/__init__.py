"""Texts that cost a careless checker its time, its memory or its stack."""
