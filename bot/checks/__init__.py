"""`lotse check`: one module a concern; each yields findings, none stops at the first."""
