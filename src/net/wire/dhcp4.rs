//! DHCP messages (RFC 2131 section 2, options of RFC 2132 and RFC 3442).
