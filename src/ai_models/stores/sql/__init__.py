"""The store that keeps its models in a database: SQLite or PostgreSQL, from one code."""
