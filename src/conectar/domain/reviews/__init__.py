"""Reviews: what clients say of finished work, and what professionals answer."""
