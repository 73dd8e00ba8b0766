"""What every room stands on and that knows no HTTP: database, clock, money, jobs, errors."""
