"""What every page stands on and that knows no room: layout, components, errors, PDF."""
