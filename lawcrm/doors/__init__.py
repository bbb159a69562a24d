"""The four doors: the only modules through which data leaves or enters the product."""
