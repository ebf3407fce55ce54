//! Options of CCP (RFC 1962 section 4): methods to compress, and MPPE to encrypt (RFC 3078).

use super::control::ConfigurationOption;

/// A method, and its parameters as they are.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CcpOption {
    /// Which method.
    pub method: Method,
    /// Its parameters.
    pub value: Vec<u8>,
}

/// A method to compress or encrypt.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Method {
    /// Predictor type 1 (RFC 1978).
    Predictor1,
    /// Predictor type 2 (RFC 1978).
    Predictor2,
    /// Stac LZS (RFC 1974).
    StacLzs,
    /// MPPE, or MPPC (RFC 3078, RFC 2118).
    Mppe,
    /// BSD Compress (RFC 1977).
    BsdCompress,
    /// Deflate (RFC 1979).
    Deflate,
    /// Anything else, by number.
    Unknown(u8),
}

impl From<u8> for Method {
    fn from(number: u8) -> Self {
        match number {
            1 => Self::Predictor1,
            2 => Self::Predictor2,
            17 => Self::StacLzs,
            18 => Self::Mppe,
            21 => Self::BsdCompress,
            26 => Self::Deflate,
            unknown => Self::Unknown(unknown),
        }
    }
}

impl From<Method> for u8 {
    fn from(method: Method) -> Self {
        match method {
            Method::Predictor1 => 1,
            Method::Predictor2 => 2,
            Method::StacLzs => 17,
            Method::Mppe => 18,
            Method::BsdCompress => 21,
            Method::Deflate => 26,
            Method::Unknown(number) => number,
        }
    }
}

impl ConfigurationOption for CcpOption {
    fn parse(kind: u8, value: &[u8]) -> Self {
        Self { method: kind.into(), value: value.to_owned() }
    }

    fn kind(&self) -> u8 {
        self.method.into()
    }

    fn emit_value(&self, buffer: &mut Vec<u8>) {
        buffer.extend_from_slice(&self.value);
    }
}

#[cfg(test)]
mod tests {
    use super::super::control::{emit_options, parse_options};
    use super::*;

    #[test]
    fn methods_are_read_and_written() {
        let bytes = [18, 6, 1, 0, 0, 0x60, 26, 4, 0x78, 0, 21, 3, 0x2f, 99, 2];
        let options: Vec<CcpOption> = parse_options(&bytes, "ccp").unwrap();
        let methods: Vec<Method> = options.iter().map(|option| option.method).collect();
        assert_eq!(methods, [Method::Mppe, Method::Deflate, Method::BsdCompress, Method::Unknown(99)]);
        assert_eq!(emit_options(&options), bytes);
    }
}
