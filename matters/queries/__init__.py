"""What is asked about matters."""
