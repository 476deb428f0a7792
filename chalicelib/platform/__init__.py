"""What every domain stands on: settings, AWS clients, clock, logging, tables."""
