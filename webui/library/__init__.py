"""What came out: pictures on disk, their index and what they carry."""
