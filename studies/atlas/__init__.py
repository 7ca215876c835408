"""Makes docs/atlas/ and the maps of the principles that the package ships."""
