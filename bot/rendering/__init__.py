"""Rendering: from blocks to what a channel can show, within its limits."""
