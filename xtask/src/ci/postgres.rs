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

/// A running server; dropping it stops it and removes its data.
pub struct Postgres {
    programs: PathBuf,
    folder: PathBuf,
    port: u16,
}

impl Postgres {
    pub fn start() -> Result<Postgres> {
        let programs =
            programs().context("no PostgreSQL: neither on the path nor as Debian's packages")?;
        let folder = std::env::temp_dir().join(format!("balefire-ci-{}", std::process::id()));
        std::fs::create_dir(&folder).with_context(|| format!("making {}", folder.display()))?;
        // A port that was free a moment ago; whoever takes it meanwhile makes the start fail.
        let port = TcpListener::bind("127.0.0.1:0")?.local_addr()?.port();
        let server = Postgres {
            programs,
            folder,
            port,
        };
        if is_root() {
            must(Command::new("chown").arg(USER).arg(&server.folder))?;
        }
        let mut make = server.program("initdb");
        make.args([
            "--auth=trust",
            "--username=postgres",
            "--locale=C",
            "--encoding=UTF8",
        ]);
        server.quietly(make.arg("--pgdata").arg(server.data()))?;
        let sockets = server.folder.display();
        // The store refuses a server that does not write to the disk, so this one does.
        let options =
            format!("-p {port} -c listen_addresses=127.0.0.1 -k {sockets} -c max_connections=300");
        let mut start = server.program("pg_ctl");
        start.args(["start", "-w", "-t", "60", "-o", &options]);
        start.arg("-l").arg(server.folder.join("log"));
        server.quietly(start.arg("-D").arg(server.data()))?;
        println!("PostgreSQL listens at 127.0.0.1:{port}");
        Ok(server)
    }

    /// Names a superuser.
    pub fn url(&self) -> String {
        format!("postgres://postgres@127.0.0.1:{}/postgres", self.port)
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

impl Drop for Postgres {
    fn drop(&mut self) {
        let mut stop = self.program("pg_ctl");
        stop.args(["stop", "-m", "immediate", "-D"])
            .arg(self.data());
        let stopped = self.quietly(&mut stop);
        let removed = stopped.and_then(|()| Ok(std::fs::remove_dir_all(&self.folder)?));
        if let Err(error) = removed {
            eprintln!("{} is left behind: {error:#}", self.folder.display());
        }
    }
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
