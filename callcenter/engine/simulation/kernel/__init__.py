"""The compiled event loop; imported only where a simulation begins."""
