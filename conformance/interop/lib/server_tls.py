"""What a server in Python shows over TLS. Imported by the servers; no peer by itself."""

import ssl


def server_tls(files):
    """TLS with `files`, a certificate and its key; none, if there are none."""
    if not files:
        return None
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    certificate, key = files
    context.load_cert_chain(certificate, key)
    return context
