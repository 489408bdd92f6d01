"""Private files, on obstore."""
