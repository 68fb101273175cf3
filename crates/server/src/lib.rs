//! The sockeye server application.
