"""How gunicorn serves; FORWARDED_ALLOW_IPS (the proxy's address) comes from the environment."""

bind = "0.0.0.0:8000"
worker_class = "gthread"
workers = 2
threads = 4
timeout = 60
graceful_timeout = 30
keepalive = 75
max_requests = 10_000
max_requests_jitter = 1_000
worker_tmp_dir = "/dev/shm"
control_socket_disable = True
# The proxy writes the access log, without query strings and tokens.
accesslog = None
