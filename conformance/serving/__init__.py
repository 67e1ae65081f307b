"""What `duheng serve` does: judge what the ledger holds again and again, and tell the last judging over HTTP."""
