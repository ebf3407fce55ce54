use super::entry::{Entry, type_line};
use super::*;

/// A tree, a cursor and a dialect to type in.
struct Session {
    tree: Tree,
    cursor: Cursor,
    dialect: Dialect,
}

impl Session {
    fn new(dialect: Dialect) -> Self {
        Self { tree: Tree::default(), cursor: Cursor::default(), dialect }
    }

    fn type_line(&mut self, line: &str) -> Entry {
        type_line(&mut self.tree, &mut self.cursor, self.dialect, line).unwrap()
    }

    fn kept(&mut self, line: &str) -> Effect {
        match self.type_line(line) {
            Entry::Kept { effect, .. } => effect,
            other => panic!("{line}: {other:?}"),
        }
    }

    fn print(&self) -> String {
        self.tree.print(self.dialect, Masking::No)
    }
}

#[test]
fn a_line_keeps_its_identity_until_it_is_removed() {
    let mut session = Session::new(Dialect::Ix);
    assert_eq!(session.kept("hostname a"), Effect::Added(LineId(1)));
    assert_eq!(session.kept("hostname a"), Effect::Unchanged(LineId(1)));
    let before = session.tree.clone();
    assert_eq!(session.kept("hostname b"), Effect::Replaced(LineId(1)));
    assert_eq!(session.kept("interface GigaEthernet0.0"), Effect::Added(LineId(2)));
    assert_eq!(session.kept("no shutdown"), Effect::Added(LineId(3)));
    assert_eq!(session.kept("interface GigaEthernet0.0"), Effect::Unchanged(LineId(2)));
    assert_eq!(session.kept("shutdown"), Effect::Replaced(LineId(3)));
    assert_eq!(session.type_line("no hostname"), Entry::Removed(1));
    assert_eq!(session.kept("hostname a"), Effect::Added(LineId(4)));
    assert_eq!(before.line(LineId(1)).unwrap().text, "hostname a");
    assert_eq!(session.tree.line(LineId(1)), None);
    let line = session.tree.line(LineId(3)).unwrap();
    assert_eq!(line.to_string(), r#""shutdown" in "interface GigaEthernet0.0""#);
}

#[test]
fn one_thing_in_two_spellings_is_one_line() {
    let mut session = Session::new(Dialect::Rtx);
    session.kept("ip route 10.0.0.0/8 gateway 192.0.2.1");
    assert!(matches!(session.kept("ip route 10.0.0.0/255.0.0.0 gateway null"), Effect::Replaced(_)));
    session.kept("ip route default gateway 192.0.2.1");
    assert!(matches!(session.kept("ip route 0.0.0.0/0 gateway null"), Effect::Replaced(_)));
    session.kept("nat descriptor type 1 masquerade");
    assert!(matches!(session.kept("nat descriptor type 1 nat"), Effect::Replaced(_)));
}

#[test]
fn a_removal_takes_what_it_leads_to_and_nothing_else() {
    let mut session = Session::new(Dialect::Ix);
    for line in [
        "ip route default 192.0.2.1",
        "ip route default 192.0.2.2",
        "ip route 10.0.0.0/8 192.0.2.1",
        "ip access-list a permit ip src any dest any",
        "ip access-list a deny ip src any dest any",
        "ip access-list ab deny ip src any dest any",
        "interface GigaEthernet0.0",
        "ip filter a 10 in",
        "ip filter ab 20 in",
    ] {
        session.type_line(line);
    }
    assert_eq!(session.type_line("no ip filter a"), Entry::Removed(1));
    assert_eq!(session.type_line("no ip filter a"), Entry::Removed(0));
    assert_eq!(session.type_line("no ip access-list a permit ip src any dest any"), Entry::Removed(1));
    assert_eq!(session.type_line("no ip access-list a"), Entry::Removed(1));
    assert_eq!(session.type_line("no ip route default"), Entry::Removed(2));
    let left = "ip route 10.0.0.0/8 192.0.2.1\nip access-list ab deny ip src any dest any\n!\n\
                interface GigaEthernet0.0\n  ip filter ab 20 in\n!\n";
    assert_eq!(session.print(), left);
    assert!(type_line(&mut session.tree, &mut session.cursor, Dialect::Ix, "no ip").is_err());
    assert_eq!(session.print(), left);
}

#[test]
fn a_context_goes_with_its_lines_and_comes_back_with_the_next_one() {
    let mut session = Session::new(Dialect::Ix);
    session.type_line("interface GigaEthernet0.0");
    session.type_line("no shutdown");
    let mut other = session.cursor.clone();
    assert_eq!(session.type_line("no interface GigaEthernet0.0"), Entry::Removed(2));
    assert_eq!(session.cursor.context(), None);
    type_line(&mut session.tree, &mut other, Dialect::Ix, "shutdown").unwrap();
    assert_eq!(session.print(), "interface GigaEthernet0.0\n  shutdown\n!\n");
}

#[test]
fn lines_after_a_context_that_is_not_understood_do_not_go_astray() {
    let mut session = Session::new(Dialect::Ix);
    session.type_line("interface GigaEthernet0.0");
    session.type_line("no shutdown");
    for refused in ["int Gigabit1.0", "shutdown", "ip address 192.0.2.1/24"] {
        let entry = type_line(&mut session.tree, &mut session.cursor, Dialect::Ix, refused);
        assert!(entry.is_err(), "{refused}: {entry:?}");
    }
    assert_eq!(session.print(), "interface GigaEthernet0.0\n  no shutdown\n!\n");
}

#[test]
fn yamaha_ignores_the_values_after_those_that_name_a_line() {
    let mut session = Session::new(Dialect::Rtx);
    session.type_line("ip lan1 address 192.168.0.1/24");
    session.type_line("ip lan2 address 192.168.1.1/24");
    session.type_line("ip filter 1 pass * *");
    assert_eq!(session.type_line("no ip lan1 address 10.0.0.1/24"), Entry::Removed(1));
    assert_eq!(session.type_line("no ip filter 1 reject *"), Entry::Removed(1));
    assert_eq!(session.type_line("no ip lan2 address"), Entry::Removed(1));
    assert_eq!(session.print(), "");
}

#[test]
fn the_other_dialect_is_taken_only_in_full_and_never_to_remove_or_run() {
    let mut session = Session::new(Dialect::Ix);
    session.type_line("interface GigaEthernet0.0");
    let Entry::Kept { command, .. } = session.type_line("ip lan1 address 192.168.0.1/24") else { panic!() };
    assert_eq!(command.dialect, Dialect::Rtx);
    session.type_line("no shutdown");
    for refused in ["ip lan1 addr 192.168.0.2/24", "no ip lan1 address", "show status lan1", "save"] {
        let entry = type_line(&mut session.tree, &mut session.cursor, Dialect::Ix, refused);
        assert!(entry.is_err(), "{refused}: {entry:?}");
    }
    let printed = "interface GigaEthernet0.0\n  no shutdown\n!\n! Lines of the Yamaha RTX command line:\n!\n\
                   ip lan1 address 192.168.0.1/24\n";
    assert_eq!(session.print(), printed);
}

#[test]
fn a_file_is_read_in_the_dialect_that_knows_more_of_it() {
    let dialect = |text: &str| reader::read(text, None).dialect;
    assert_eq!(dialect(""), Dialect::Ix);
    assert_eq!(dialect("interface GigaEthernet0.0\nno shutdown\nip lan1 address dhcp\n"), Dialect::Ix);
    assert_eq!(dialect("# a comment\nip lan1 address dhcp\n"), Dialect::Rtx);
    assert_eq!(dialect("ip lan1 address dhcp\nip lan2 address dhcp\nhostname a\n"), Dialect::Rtx);
}

#[test]
fn yamaha_prints_by_interface_and_number() {
    let text = "ip filter 20 pass *\nip filter 3 pass *\nip lan2 secure filter in 3\nip lan1 secure filter in 20\n\
                ip lan10 address dhcp\nip lan1 address dhcp\nip route 10.0.0.0/8 gateway null\n\
                ip route default gateway null\n";
    let printed = "ip route default gateway null\nip route 10.0.0.0/8 gateway null\nip lan1 address dhcp\n\
                   ip lan1 secure filter in 20\nip lan2 secure filter in 3\nip lan10 address dhcp\n\
                   ip filter 3 pass *\nip filter 20 pass *\n";
    assert_eq!(reader::read(text, None).tree.print(Dialect::Rtx, Masking::No), printed);
}

#[test]
fn the_way_to_another_tree_can_be_typed() {
    let read = |text: &str| reader::read(text, Some(Dialect::Rtx)).tree;
    let old = read(
        "ip route default gateway pp 1\npp select 1\n pp auth myname a b\n pppoe use lan2\npp select 2\n pp bind x\n",
    );
    let new = read("pp select 1\n pp auth myname a c\ndns server 192.0.2.1\n");
    let way = old.lines_to(&new, Masking::No);
    assert_eq!(
        way,
        "no ip route default gateway pp 1\npp select 1\n no pppoe use lan2\nno pp select 2\npp select 1\n pp auth myname a c\ndns server 192.0.2.1\n"
    );
    let mut tree = old.clone();
    let mut cursor = Cursor::default();
    for line in way.lines() {
        entry::type_line(&mut tree, &mut cursor, Dialect::Rtx, line).unwrap();
    }
    assert_eq!(tree.print(Dialect::Rtx, Masking::No), new.print(Dialect::Rtx, Masking::No));
}
