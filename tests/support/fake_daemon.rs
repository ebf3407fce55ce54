//! A daemon with a real socket and a fake kernel.

use std::path::PathBuf;
use std::sync::mpsc::channel;
use std::thread;

use tsuji::apply::Applier;
use tsuji::apply::kernel::fake::FakeKernel;
use tsuji::daemon::listen::Listener;
use tsuji::daemon::router::{Router, Store};
use tsuji::run::log::Log;

/// A daemon whose Linux is a fake, in a thread of its own until the test process ends.
pub fn daemon(name: &str) -> PathBuf {
    let directory = std::env::temp_dir().join(format!("tsuji-console-{name}-{}", std::process::id()));
    let _ = std::fs::remove_dir_all(&directory);
    let (ready, is_ready) = channel();
    let at = directory.clone();
    thread::spawn(move || {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        runtime.block_on(async {
            let store = Store::open(None, &at, &at.join("state")).unwrap();
            let kernel = FakeKernel::with_devices(["eth0"]);
            let journal = store.journal().to_owned();
            let (applier, _) = Applier::start(kernel.clone(), kernel.workers(), journal).await.unwrap();
            let (_events, events_in) = tokio::sync::mpsc::unbounded_channel();
            let (mut router, handle) = Router::new(applier, store, events_in, Log::default());
            router.boot(&[]).await.unwrap();
            let listener = Listener::bind(&at).unwrap();
            tokio::spawn(router.run());
            ready.send(()).unwrap();
            listener.run(handle).await;
        });
    });
    is_ready.recv().unwrap();
    directory
}
