"""What the black-box tests share: stores, the server's process, and clients that speak to it."""
