//! Keeping keys out of core dumps and away from other processes of the same login.

/// Turns core dumps off and, on Linux, makes this process not dumpable: no core file, and no other
/// process of the same login may read its memory or attach to it.
///
/// Call it first thing in `main`. Errors are returned for the log, and are no reason to stop.
#[cfg(unix)]
pub fn harden_process() -> std::io::Result<()> {
    use rustix::process::{Resource, Rlimit, setrlimit};

    let none = Rlimit {
        current: Some(0),
        maximum: Some(0),
    };
    setrlimit(Resource::Core, none)?;
    #[cfg(target_os = "linux")]
    rustix::process::set_dumpable_behavior(rustix::process::DumpableBehavior::NotDumpable)?;
    Ok(())
}

/// Windows writes no core files of user processes unless its error reporting is told to.
#[cfg(not(unix))]
pub fn harden_process() -> std::io::Result<()> {
    Ok(())
}
