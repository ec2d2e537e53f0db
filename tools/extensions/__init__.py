"""Extensions of Sphinx for the web edition; docs/site/conf.py names them."""
