"""Mail into the mailbox of the sandbox."""
