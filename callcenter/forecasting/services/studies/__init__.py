"""What is worked out about requirements when somebody asks."""
