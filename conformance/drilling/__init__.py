"""``duheng drill``: brings one thing down on purpose, watches how it comes back, and leaves no wound.

What a fault is stands in ``profiles/drills/``; here it is put in, watched, taken out, compared, and written down.
"""
