//! Whether an address is free on a link (RFC 5227 section 2.1).
