//! The automaton against the table as RFC 1661 section 4.1 prints it.

use super::{Action, Event, State};

const STATES: [State; 10] = [
    State::Initial,
    State::Starting,
    State::Closed,
    State::Stopped,
    State::Closing,
    State::Stopping,
    State::RequestSent,
    State::AckReceived,
    State::AckSent,
    State::Opened,
];

/// A row for each event, a cell for each state: actions, then the state after them.
const TABLE: [(Event, &str); 16] = [
    (Event::Up, "2 irc,scr/6 - - - - - - - -"),
    (Event::Down, "- - 0 tls/1 0 1 1 1 1 tld/1"),
    (Event::Open, "tls/1 1 irc,scr/6 3 5 5 6 7 8 9"),
    (Event::Close, "0 tlf/0 2 2 4 4 irc,str/4 irc,str/4 irc,str/4 tld,irc,str/4"),
    (Event::Timeout, "- - - - str/4 str/5 scr/6 scr/6 scr/8 -"),
    (Event::TimeoutLast, "- - - - tlf/2 tlf/3 tlf/3 tlf/3 tlf/3 -"),
    (Event::Request, "- - sta/2 irc,scr,sca/8 4 5 sca/8 sca,tlu/9 sca/8 tld,scr,sca/8"),
    (Event::BadRequest, "- - sta/2 irc,scr,scn/6 4 5 scn/6 scn/7 scn/6 tld,scr,scn/6"),
    (Event::Ack, "- - sta/2 sta/3 4 5 irc/7 scr/6 irc,tlu/9 tld,scr/6"),
    (Event::NakOrReject, "- - sta/2 sta/3 4 5 irc,scr/6 scr/6 irc,scr/8 tld,scr/6"),
    (Event::TerminateRequest, "- - sta/2 sta/3 sta/4 sta/5 sta/6 sta/6 sta/6 tld,zrc,sta/5"),
    (Event::TerminateAck, "- - 2 3 tlf/2 tlf/3 6 6 8 tld,scr/6"),
    (Event::UnknownCode, "- - scj/2 scj/3 scj/4 scj/5 scj/6 scj/7 scj/8 scj/9"),
    (Event::RejectPermitted, "- - 2 3 4 5 6 6 8 9"),
    (Event::RejectCatastrophic, "- - tlf/2 tlf/3 tlf/2 tlf/3 tlf/3 tlf/3 tlf/3 tld,irc,str/5"),
    (Event::Echo, "- - 2 3 4 5 6 7 8 ser/9"),
];

fn action(word: &str) -> Action {
    match word {
        "tlu" => Action::LayerUp,
        "tld" => Action::LayerDown,
        "tls" => Action::LayerStarted,
        "tlf" => Action::LayerFinished,
        "irc" => Action::InitializeRestartCount,
        "zrc" => Action::ZeroRestartCount,
        "scr" => Action::SendRequest,
        "sca" => Action::SendAck,
        "scn" => Action::SendNakOrReject,
        "str" => Action::SendTerminateRequest,
        "sta" => Action::SendTerminateAck,
        "scj" => Action::SendCodeReject,
        "ser" => Action::SendEchoReply,
        other => panic!("{other} is no action"),
    }
}

#[test]
fn every_cell_is_as_in_the_rfc() {
    for (event, row) in TABLE {
        let cells: Vec<&str> = row.split(' ').collect();
        assert_eq!(cells.len(), STATES.len(), "{event:?}");
        for (state, cell) in STATES.into_iter().zip(cells) {
            let (actions, after) = match cell.rsplit_once('/') {
                Some((actions, after)) => (actions.split(',').map(action).collect(), after),
                None => (Vec::new(), cell),
            };
            // A dash is an event that cannot happen there: nothing follows.
            let after = after.parse().map_or(state, |number: usize| STATES[number]);
            assert_eq!(state.after(event), (after, &actions[..]), "{state:?}, {event:?}");
        }
    }
}
