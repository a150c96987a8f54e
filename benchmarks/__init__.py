"""Measurements of archdsl against the figures that it is to reach; `python benchmarks/run.py` runs them."""
