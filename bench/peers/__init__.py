"""Other programs that do some of the same work, to stand beside: the way such a backend is often
begun (`seed_way`), the same done well with the usual tools (`async_peer`), and one that answers at
once (`bare`)."""
