"""Files from strangers: looked through before anything is made of them."""
