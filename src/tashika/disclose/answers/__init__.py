"""What an organisation answers: the file format, proposals, checks, forms that are read in."""
