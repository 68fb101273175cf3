//! The sans-I/O WebSocket protocol core (RFC 6455, RFC 7692).
