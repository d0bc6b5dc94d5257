//! The processes that a command started, killed together.

use rustix::process::{Pid, Signal, kill_process_group};
use tokio::process::Child;

/// The process group that a child leads. It is killed when this goes, unless it is spared.
///
/// Invariant: the leader has not been waited for, so no other group can have its id.
pub struct Group(Option<Pid>);

impl Group {
    pub fn of(child: &Child) -> Group {
        let id = child.id().and_then(|id| i32::try_from(id).ok());
        Group(id.and_then(Pid::from_raw))
    }

    /// The leader has ended by itself.
    pub fn spare(mut self) {
        self.0 = None;
    }
}

impl Drop for Group {
    fn drop(&mut self) {
        if let Some(leader) = self.0
            && let Err(error) = kill_process_group(leader, Signal::KILL)
        {
            tracing::warn!("a command's processes could not be killed: {error}");
        }
    }
}
