"""Language models: ``ngrams`` counts, and ``sampling`` turns a model's logits into a text."""
