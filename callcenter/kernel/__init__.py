"""What every room stands on: database, clock, money, jobs, errors. It knows no HTTP."""
