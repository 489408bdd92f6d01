"""What clients say of finished work."""
