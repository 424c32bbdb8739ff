"""Every export that is code is run against a running Space and must bring the picture."""
