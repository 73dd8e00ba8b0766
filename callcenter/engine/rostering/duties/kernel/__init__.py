"""The compiled search for one employee's cheapest legal lines."""
