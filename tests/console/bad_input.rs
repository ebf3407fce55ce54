//! Input that no person means: B45 of the hostile cases.

use std::io::Write;
use std::thread;
use std::time::Duration;

use super::fake_daemon::daemon;
use super::terminal::Terminal;

#[test]
fn b45_a_line_of_ten_megabytes_is_one_error() {
    for kind in ["xterm", "dumb"] {
        let directory = daemon(&format!("megabytes-{kind}"));
        let mut terminal = Terminal::open(&directory, kind);
        terminal.expect("Router# ");
        terminal.type_keys("configure\r");
        terminal.expect("Router(config)# ");
        let line = [b"hostname ".to_vec(), vec![b'x'; 10 << 20], b"\r".to_vec()].concat();
        let mut keyboard = terminal.keyboard.try_clone().unwrap();
        let typing = thread::spawn(move || keyboard.write_all(&line).unwrap());
        terminal.expect("% the line is longer than 4095 bytes and was not taken");
        terminal.expect("Router(config)# ");
        typing.join().unwrap();
        terminal.type_keys("show candidate | count\r");
        terminal.expect("0 lines");
        terminal.type_keys("exit\rexit\r");
        terminal.leave();
        std::fs::remove_dir_all(directory).unwrap();
    }
}

#[test]
fn b45_control_signs_and_broken_bytes_are_refused_and_nothing_is_lost() {
    for kind in ["xterm", "dumb"] {
        let directory = daemon(&format!("broken-{kind}"));
        let mut terminal = Terminal::open(&directory, kind);
        terminal.expect("Router# ");
        terminal.type_keys("configure\r");
        terminal.expect("Router(config)# ");
        for line in [&b"hostname a\xff\xfeb"[..], b"hostname \xe8\xbe", b"hostname caf\xe9"] {
            thread::sleep(Duration::from_millis(60));
            terminal.keyboard.write_all(line).unwrap();
            terminal.keyboard.write_all(b"\r").unwrap();
            terminal.expect("% ");
            terminal.expect("Router(config)# ");
        }
        for keys in ["\x1b[99~", "\x1b[1;99Z", "\x1bOz", "\x1b]0;x\x07"] {
            terminal.type_keys(keys);
        }
        terminal.type_keys(&format!("\x15hostname {}\r", "n".repeat(10_000)));
        terminal.expect("% the line is longer than 4095 bytes and was not taken");
        terminal.type_keys("hostname Whole\r");
        terminal.type_keys("show candidate\r");
        terminal.expect("hostname Whole\r\n!\r\n");
        terminal.type_keys("\x15discard\rexit\rexit\r");
        terminal.leave();
        std::fs::remove_dir_all(directory).unwrap();
    }
}
