"""The store: everything that must survive a crash, in one database. SQLite by default, PostgreSQL by URL."""
