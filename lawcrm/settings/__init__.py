"""Settings by deployment: `demo` on embedded servers, `test`, `production`."""
