//! Recording what every interface of a host carries, as pcap files.
//!
//! One packet socket a host sees all interfaces, those too that are made later; each gets a file
//! with its first packet. The file format is libpcap's classic one, with microseconds.

use std::collections::BTreeMap;
use std::fs::{self, File};
use std::io::{self, Write};
use std::os::fd::{AsRawFd, OwnedFd};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::{self, JoinHandle};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use nix::errno::Errno;
use nix::net::if_::if_indextoname;
use nix::sys::socket::{
    AddressFamily, LinkAddr, SockFlag, SockProtocol, SockType, recvfrom, setsockopt, socket, sockopt,
};
use nix::sys::time::{TimeVal, TimeValLike};

use super::LabError;
use super::host::Host;

/// The largest packet of a Linux interface: segmentation is left to the far end of a cable.
const LARGEST: usize = 1 << 16;

/// How often a recorder looks whether it shall end.
const TICK: i64 = 50;

/// The recorders of all hosts; ends them, with what is on its way, when it is dropped.
pub(super) struct Capture {
    over: Arc<AtomicBool>,
    threads: Vec<JoinHandle<()>>,
}

impl Capture {
    /// Records into `DIRECTORY/HOST-INTERFACE.pcap`.
    pub(super) fn start(hosts: &[Host], directory: &Path) -> Result<Self, LabError> {
        let file = |source| LabError::File { path: directory.to_owned(), source };
        fs::create_dir_all(directory).map_err(file)?;
        let mut capture = Self { over: Arc::default(), threads: Vec::new() };
        for host in hosts {
            let mut recorder = Recorder::new(host, directory)?;
            let over = Arc::clone(&capture.over);
            // Started on the host, whose interfaces it asks for their names.
            let thread = host.run(move || thread::spawn(move || recorder.record(&over)))?;
            capture.threads.push(thread);
        }
        Ok(capture)
    }
}

impl Drop for Capture {
    fn drop(&mut self) {
        self.over.store(true, Ordering::Relaxed);
        for thread in self.threads.drain(..) {
            let _ = thread.join();
        }
    }
}

struct Recorder {
    socket: OwnedFd,
    stem: PathBuf,
    files: BTreeMap<usize, File>,
}

impl Recorder {
    fn new(host: &Host, directory: &Path) -> Result<Self, LabError> {
        let wrong = |errno: Errno| LabError::Wiring {
            host: host.name().to_owned(),
            doing: "packet socket".to_owned(),
            words: errno.to_string(),
        };
        let flags = SockFlag::SOCK_CLOEXEC;
        let socket = host
            .run(move || socket(AddressFamily::Packet, SockType::Raw, flags, SockProtocol::EthAll))?
            .map_err(wrong)?;
        setsockopt(&socket, sockopt::ReceiveTimeout, &TimeVal::milliseconds(TICK)).map_err(wrong)?;
        setsockopt(&socket, sockopt::RcvBuf, &(8 << 20)).map_err(wrong)?;
        Ok(Self { socket, stem: directory.join(host.name()), files: BTreeMap::new() })
    }

    fn record(&mut self, over: &AtomicBool) {
        let mut packet = vec![0; LARGEST];
        loop {
            match recvfrom::<LinkAddr>(self.socket.as_raw_fd(), &mut packet) {
                // What cannot be written is missing from the file; the lab goes on.
                Ok((length, Some(from))) => drop(self.write(from, &packet[..length])),
                Err(Errno::EAGAIN) if over.load(Ordering::Relaxed) => return,
                // Interfaces come and go below an open socket.
                Ok((_, None)) | Err(_) => {}
            }
        }
    }

    fn write(&mut self, from: LinkAddr, packet: &[u8]) -> io::Result<()> {
        let index = from.ifindex();
        let mut file = match self.files.get(&index) {
            Some(file) => file,
            None => {
                let interface = if_indextoname(u32::try_from(index).unwrap_or_default())?;
                let name = format!("{}-{}.pcap", self.stem.display(), interface.to_string_lossy());
                let mut file = File::create(name)?;
                file.write_all(&header(from.hatype()))?;
                self.files.entry(index).or_insert(file)
            }
        };
        let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
        file.write_all(&record(since, packet))
    }
}

/// The file's first 24 bytes.
fn header(hardware: u16) -> Vec<u8> {
    /// `ARPHRD_NONE`: no header before the IP packet, as on a TUN.
    const NO_HEADER: u16 = 65534;
    const ETHERNET: u32 = 1;
    const RAW_IP: u32 = 101;
    let link_type = if hardware == NO_HEADER { RAW_IP } else { ETHERNET };
    let mut bytes = Vec::from(0xa1b2_c3d4_u32.to_le_bytes());
    bytes.extend([2_u16, 4].map(u16::to_le_bytes).concat()); // version
    bytes.extend([0_u32, 0, LARGEST as u32, link_type].map(u32::to_le_bytes).concat());
    bytes
}

/// A packet with its header, at a time since 1970.
fn record(since: Duration, packet: &[u8]) -> Vec<u8> {
    let length = u32::try_from(packet.len()).unwrap_or(u32::MAX);
    let seconds = u32::try_from(since.as_secs()).unwrap_or(u32::MAX);
    let mut bytes = [seconds, since.subsec_micros(), length, length].map(u32::to_le_bytes).concat();
    bytes.extend_from_slice(packet);
    bytes
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_has_the_classic_form() {
        let mut file = header(1);
        file.extend(record(Duration::new(2, 3_000), &[0xaa, 0xbb]));
        let expected = [
            0xd4, 0xc3, 0xb2, 0xa1, 2, 0, 4, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 0, 1, 0, 0, 0, // file
            2, 0, 0, 0, 3, 0, 0, 0, 2, 0, 0, 0, 2, 0, 0, 0, 0xaa, 0xbb, // packet
        ];
        assert_eq!(file, expected);
        assert_eq!(header(65534)[20..], [101, 0, 0, 0]);
    }
}
