"""Relational storage on SQLAlchemy Core: today SQLite, one set of tables for every dialect."""
