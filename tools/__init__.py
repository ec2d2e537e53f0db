"""What makes, measures and publishes the book: one module for each task, run as ``python -m tools.notebooks``."""
