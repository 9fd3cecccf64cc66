"""What runs Lamella on one machine without AWS."""
