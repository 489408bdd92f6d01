"""Haggling: from the first terms to a job, or to nothing."""
