#!/usr/bin/env python3
import os

pid = os.fork()
if pid == 0:
    print("child")
else:
    os.wait()
