//! `show version` and the other screens of the router itself.

use serde_json::json;

use super::Session;
use crate::daemon::router::wall_clock;
use crate::daemon::show::{PROGRAM, Shown, ix::system};

impl Session {
    pub(super) fn version(&self) -> Shown {
        let (started, source) = (self.router.started(), &self.running().source);
        let uptime = wall_clock().since(started);
        Shown {
            text: system::version(uptime, started.civil(self.zone()), self.zone(), source),
            json: json!({
                "program": PROGRAM,
                "uptime_seconds": uptime.as_secs(),
                "started": started,
                "configuration": source,
            }),
        }
    }

    pub(super) fn uptime(&self) -> Shown {
        let uptime = wall_clock().since(self.router.started());
        Shown { text: system::uptime(uptime), json: json!({ "uptime_seconds": uptime.as_secs() }) }
    }

    pub(super) fn clock(&self) -> Shown {
        let (now, zone) = (wall_clock(), self.zone());
        Shown {
            text: system::clock(now.civil(zone), zone),
            json: json!({ "now": now, "zone_minutes": zone.0 }),
        }
    }
}
