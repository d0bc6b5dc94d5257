//! A PostgreSQL server of our own, on a free port, that goes when the steps end.

use std::fs::File;
use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, bail};

use super::must;
use super::tools::is_root;

/// The user whom Debian's packages make. The server refuses to run as root.
const USER: &str = "postgres";

/// What the folders of all runs begin with; the rest is the run's process id.
const PREFIX: &str = "balefire-ci-";

/// A running server.
pub struct Postgres {
    _cluster: Cluster,
    port: u16,
}

impl Postgres {
    pub fn start() -> Result<Postgres> {
        let programs =
            programs().context("no PostgreSQL: neither on the path nor as Debian's packages")?;
        remove_left_behind(&programs)?;
        let cluster = Cluster::make(programs)?;
        // A port that was free a moment ago; whoever takes it meanwhile makes the start fail.
        let port = TcpListener::bind("127.0.0.1:0")?.local_addr()?.port();
        cluster.start(port)?;
        println!("PostgreSQL listens at 127.0.0.1:{port}");
        Ok(Postgres {
            _cluster: cluster,
            port,
        })
    }

    /// Names a superuser.
    pub fn url(&self) -> String {
        format!("postgres://postgres@127.0.0.1:{}/postgres", self.port)
    }
}

/// A folder with a server's data and its log. Dropping it stops the server and removes the folder.
struct Cluster {
    programs: PathBuf,
    folder: PathBuf,
}

impl Cluster {
    /// Makes the data of a server that does not run yet.
    fn make(programs: PathBuf) -> Result<Cluster> {
        let folder = std::env::temp_dir().join(format!("{PREFIX}{}", std::process::id()));
        std::fs::create_dir(&folder).with_context(|| format!("making {}", folder.display()))?;
        let cluster = Cluster { programs, folder };
        if is_root() {
            must(Command::new("chown").arg(USER).arg(&cluster.folder))?;
        }
        let mut make = cluster.program("initdb");
        make.args([
            "--auth=trust",
            "--username=postgres",
            "--locale=C",
            "--encoding=UTF8",
        ]);
        cluster.quietly(make.arg("--pgdata").arg(cluster.data()))?;
        Ok(cluster)
    }

    fn start(&self, port: u16) -> Result<()> {
        let sockets = self.folder.display();
        // The store refuses a server that does not write to the disk, so this one does.
        let options =
            format!("-p {port} -c listen_addresses=127.0.0.1 -k {sockets} -c max_connections=300");
        let mut start = self.program("pg_ctl");
        start.args(["start", "-w", "-t", "60", "-o", &options]);
        start.arg("-l").arg(self.folder.join("log"));
        self.quietly(start.arg("-D").arg(self.data()))
    }

    /// Stops the server if it runs: it may never have been started, or have ended by itself.
    fn remove(&self) -> Result<()> {
        if self.is_running()? {
            let mut stop = self.program("pg_ctl");
            stop.args(["stop", "-m", "immediate", "-D"]);
            self.quietly(stop.arg(self.data()))?;
        }
        Ok(std::fs::remove_dir_all(&self.folder)?)
    }

    fn is_running(&self) -> Result<bool> {
        let mut status = self.program("pg_ctl");
        let output = status.args(["status", "-D"]).arg(self.data()).output()?;
        match output.status.code() {
            Some(0) => Ok(true),
            // Not running, and no data to run on.
            Some(3 | 4) => Ok(false),
            _ => bail!("{status:?}: {}", String::from_utf8_lossy(&output.stderr)),
        }
    }

    fn data(&self) -> PathBuf {
        self.folder.join("data")
    }

    /// A program of the server, as a user who may run it.
    fn program(&self, name: &str) -> Command {
        let program = self.programs.join(name);
        let mut command = if is_root() {
            let mut command = Command::new("runuser");
            command.args(["-u", USER, "--"]).arg(program);
            command
        } else {
            Command::new(program)
        };
        // The server's user may not be able to enter the folder we are in.
        command.current_dir(&self.folder);
        command
    }

    /// Runs a command whose output matters only when it fails. The output goes to a file, since the
    /// server that a command starts would keep a pipe open.
    fn quietly(&self, command: &mut Command) -> Result<()> {
        let shown = format!("{command:?}");
        let log = self.folder.join("command.log");
        let out = File::create(&log).with_context(|| format!("making {}", log.display()))?;
        command.stdout(out.try_clone()?).stderr(out);
        let status = command
            .status()
            .with_context(|| format!("running {shown}"))?;
        if !status.success() {
            let text = std::fs::read_to_string(&log).unwrap_or_default();
            bail!("{shown} ended with {status}: {text}");
        }
        Ok(())
    }
}

impl Drop for Cluster {
    fn drop(&mut self) {
        if let Err(error) = self.remove() {
            eprintln!("{} is left behind: {error:#}", self.folder.display());
        }
    }
}

/// Stops the servers of runs that were killed before they could, and removes their folders.
fn remove_left_behind(programs: &Path) -> Result<()> {
    for entry in std::fs::read_dir(std::env::temp_dir())? {
        let entry = entry?;
        let run = entry.file_name().to_str().and_then(run_of);
        // A folder of our own number is of an earlier run too: ours is not made yet.
        let is_over = |run: u32| run == std::process::id() || !is_alive(run);
        if run.is_some_and(is_over) && entry.file_type()?.is_dir() {
            println!(
                "removing what a killed run left: {}",
                entry.path().display()
            );
            drop(Cluster {
                programs: programs.to_owned(),
                folder: entry.path(),
            });
        }
    }
    Ok(())
}

/// The process whose folder has this name, if it is the folder of a run.
fn run_of(name: &str) -> Option<u32> {
    let digits = name.strip_prefix(PREFIX)?;
    // Parsing alone would take a sign.
    let is_number = digits.bytes().all(|byte| byte.is_ascii_digit());
    digits.parse().ok().filter(|_| is_number)
}

/// Whether a process is there. Where the system does not tell, every one may be.
fn is_alive(process: u32) -> bool {
    let processes = Path::new("/proc");
    !processes.join("self").exists() || processes.join(process.to_string()).exists()
}

/// The folder of the server's programs: the path's, or the newest of Debian's.
pub fn programs() -> Option<PathBuf> {
    let path = std::env::var_os("PATH")?;
    let on_path = std::env::split_paths(&path).find(|folder| has_programs(folder));
    on_path.or_else(|| {
        let versions = std::fs::read_dir("/usr/lib/postgresql").ok()?;
        let version = |folder: &PathBuf| folder.file_name()?.to_str()?.parse::<u32>().ok();
        let folders = versions.flatten().map(|entry| entry.path());
        let newest = folders.max_by_key(version)?.join("bin");
        has_programs(&newest).then_some(newest)
    })
}

fn has_programs(folder: &Path) -> bool {
    ["initdb", "pg_ctl", "postgres"]
        .iter()
        .all(|name| folder.join(name).is_file())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_folders_of_dead_runs_are_taken_for_such() {
        for (name, run) in [
            ("balefire-ci-12", Some(12)),
            ("balefire-ci-", None),
            ("balefire-ci-+12", None),
            ("balefire-ci-12.log", None),
            ("balefire-ci-99999999999", None),
            ("my-balefire-ci-12", None),
            ("balefire-12", None),
        ] {
            assert_eq!(run_of(name), run, "{name}");
        }
        assert!(is_alive(std::process::id()));
        #[cfg(target_os = "linux")]
        assert!(!is_alive(u32::MAX));
    }

    #[test]
    fn what_a_killed_run_left_goes_with_the_next() {
        let Some(programs) = programs() else {
            assert_ne!(std::env::var("CI").as_deref(), Ok("true"), "no PostgreSQL");
            println!("skipped: there is no PostgreSQL");
            return;
        };
        let folder = std::env::temp_dir().join(format!("{PREFIX}{}", std::process::id()));
        // One that was killed before its server ran.
        std::mem::forget(Cluster::make(programs).unwrap());
        let killed = Postgres::start().unwrap();
        let answers = |port| std::net::TcpStream::connect(("127.0.0.1", port)).is_ok();
        let killed_port = killed.port;
        assert!(answers(killed_port));
        std::mem::forget(killed);
        let next = Postgres::start().unwrap();
        assert!(answers(next.port) && !answers(killed_port));
        drop(next);
        assert!(!folder.exists());
    }
}
