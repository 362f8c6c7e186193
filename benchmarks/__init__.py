"""`make bench`: what a person waits for, measured on this machine, in one run."""
