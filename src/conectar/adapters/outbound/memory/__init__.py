"""Everything in memory: values, not references, and as strict as a database."""
