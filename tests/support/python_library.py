"""Prints the folder of the standard library."""

import sysconfig

print(sysconfig.get_path("stdlib"))
