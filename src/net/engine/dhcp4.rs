//! The DHCP client (RFC 2131).
