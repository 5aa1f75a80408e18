print("wordlength")
