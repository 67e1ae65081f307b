"""Child processes that end when this one does."""
