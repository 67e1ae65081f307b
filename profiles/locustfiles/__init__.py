"""What runs inside Locust's processes. Importing Locust patches the process, so nobody outside imports this folder."""
