"""The compiled roster search and its bound; imported only where one begins."""
