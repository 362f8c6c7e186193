"""Emulators of the services that Lotse talks to, for tests of its channels."""
