"""The same six questions, built as usual on what others offer. Nothing of Lotse is imported here."""
