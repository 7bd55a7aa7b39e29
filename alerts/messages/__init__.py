"""What mails and pushes say, and the links in them."""
