"""Ask this container's own web server whether it is ready; exits with 1 when it is not."""

import http.client
import os
import sys

connection = http.client.HTTPConnection("127.0.0.1", 8000, timeout=4)
connection.request("GET", "/health/ready", headers={"Host": os.environ["ALLOWED_HOSTS"].split(",")[0].strip()})
sys.exit(connection.getresponse().status != http.client.OK)
