"""``duheng doctor``: what is missing here and in the target, and which checks stay undetermined because of it.

One subject a file; ``whole`` puts them together. Nothing here contacts the platform or its hosts.
"""
