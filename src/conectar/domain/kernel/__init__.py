"""The few words every noun of the domain is made of."""
