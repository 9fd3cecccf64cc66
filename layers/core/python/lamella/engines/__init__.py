"""What the ports are made of: stores, indexes, models and buses, one vendor a file."""
