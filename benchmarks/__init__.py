"""The package beside PyTorch, ONNX Runtime and JAX, in one run and as ratios: ``make bench``.

Speed is never asserted by a test: it belongs to a machine. What is tested is the arithmetic behind the tables.
"""
