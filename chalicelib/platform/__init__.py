"""What every domain stands on: settings, AWS clients, clock, logging, queues, tables."""
