"""Faults that are put in on purpose: what each does to a host, how that is proven, and how it is taken out."""
