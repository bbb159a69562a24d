"""Looking back over the trail: who read what, what was unusual, what was refused, and a signed review every month."""
