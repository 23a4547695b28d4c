"""What is kept, and where: the database by its URL, and the migrations of every table."""
