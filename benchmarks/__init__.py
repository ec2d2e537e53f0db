"""The package beside PyTorch, ONNX Runtime and JAX, in one run and as ratios: ``make bench``.

No test asserts a speed, which depends on the machine. The tests check the arithmetic behind the tables.
"""
