"""A job: from the accepted offer to the released, refunded or divided money."""
