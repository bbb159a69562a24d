"""How dates are written, per language; where none is given here, as Django does."""
