"""The compiled walk through days that move; imported only where one begins."""
