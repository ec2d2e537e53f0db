"""What the book is learned from and measured by, in rooms of their own.

``tasks`` generates languages and reads real series from ``sources``; ``recorded`` holds other libraries' numbers,
``trained`` small trained networks, ``measured`` long measurements.
"""
