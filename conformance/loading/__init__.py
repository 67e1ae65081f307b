"""``duheng load``: the one who prepares a run of load, follows it, reads back what it left, and writes it down.

What pushes is in ``profiles/`` and runs in processes of its own; here is what happens before, beside and after.
"""
