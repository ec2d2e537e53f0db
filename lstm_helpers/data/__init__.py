"""Data: what networks are trained on, and stored results.

``tasks`` generates languages and loads real series from ``sources``; ``recorded`` holds results of other libraries,
``trained`` small trained networks, and ``measured`` long measurements.
"""
