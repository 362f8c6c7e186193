"""Content: YAML files in, a typed catalogue out, every fault with file, line and what to do."""
