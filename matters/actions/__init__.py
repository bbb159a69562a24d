"""What people do with matters."""
