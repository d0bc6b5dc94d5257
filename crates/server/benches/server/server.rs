//! A server process of its own, on an empty store, and calls to it.

use std::io::{BufRead, BufReader};
use std::process::{Child, Command, Stdio};

use anyhow::{Context, Result, bail};
use balefire::signature::{Credentials, Secret, sign};
use bytes::Bytes;
use http::Request;
use tempfile::TempDir;

const ACCESS_KEY_ID: &str = "AKIABENCHBENCHBENCH1";
const SECRET: &str = "a-secret-that-only-benchmarks-use";
pub const ACCOUNT: &str = "111122223333";
pub const REGION: &str = "eu-central-1";

pub struct Server {
    child: Child,
    pub address: String,
    pub directory: TempDir,
}

impl Server {
    pub fn start() -> Result<Server> {
        Server::start_with("")
    }

    /// With the text of a balefire.toml.
    pub fn start_with(configuration: &str) -> Result<Server> {
        let directory = TempDir::new()?;
        std::fs::write(directory.path().join("balefire.toml"), configuration)?;
        let (child, address) = serve(directory.path())?;
        Ok(Server {
            child,
            address,
            directory,
        })
    }

    /// Kills the process and starts another on the same store.
    pub fn restart(&mut self) -> Result<()> {
        self.child.kill()?;
        self.start_again()
    }

    /// As `restart`, but the server is asked to end.
    pub fn restart_politely(&mut self) -> Result<()> {
        let process = rustix::process::Pid::from_child(&self.child);
        rustix::process::kill_process(process, rustix::process::Signal::TERM)?;
        self.start_again()
    }

    fn start_again(&mut self) -> Result<()> {
        self.child.wait()?;
        (self.child, self.address) = serve(self.directory.path())?;
        Ok(())
    }

    pub fn process(&self) -> u32 {
        self.child.id()
    }

    /// Resident memory in KiB.
    pub fn resident_kib(&self) -> Result<u64> {
        self.status_kib("VmRSS:")
    }

    /// The most that was ever resident, in KiB.
    pub fn peak_kib(&self) -> Result<u64> {
        self.status_kib("VmHWM:")
    }

    fn status_kib(&self, name: &str) -> Result<u64> {
        let status = std::fs::read_to_string(format!("/proc/{}/status", self.child.id()))?;
        let mut lines = status.lines();
        let line = lines
            .find_map(|line| line.strip_prefix(name))
            .with_context(|| format!("no {name}"))?;
        Ok(line.trim().trim_end_matches(" kB").trim().parse()?)
    }

    /// A signed request as it goes over the wire.
    pub fn request(&self, service: &str, method: &str, path: &str, body: &str) -> Result<Bytes> {
        let mut request = Request::builder()
            .method(method)
            .uri(format!("http://{}{path}", self.address))
            .header("host", &self.address)
            .body(())?;
        if !body.is_empty() {
            request.headers_mut().insert(
                "content-type",
                http::HeaderValue::from_static("application/json"),
            );
        }
        let credentials = Credentials {
            access_key_id: ACCESS_KEY_ID.into(),
            secret_access_key: Secret::new(SECRET),
            session_token: None,
        };
        let now_ms = jiff::Timestamp::now().as_millisecond();
        sign(
            &mut request,
            body.as_bytes(),
            &credentials,
            REGION,
            service,
            now_ms,
        )?;
        let mut wire = format!("{method} {path} HTTP/1.1\r\n");
        for (name, value) in request.headers() {
            wire.push_str(&format!("{name}: {}\r\n", value.to_str()?));
        }
        wire.push_str(&format!("content-length: {}\r\n\r\n{body}", body.len()));
        Ok(Bytes::from(wire))
    }
}

fn serve(directory: &std::path::Path) -> Result<(Child, String)> {
    let mut child = command()
        .args(["serve", "--listen", "127.0.0.1:0", "--data"])
        .arg(directory)
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()?;
    let address = address(&mut child)?;
    Ok((child, address))
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// The binary with the benchmark's account.
pub fn command() -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_balefire"));
    command
        .env("BALEFIRE_ACCOUNT_ID", ACCOUNT)
        .env("BALEFIRE_ACCESS_KEY_ID", ACCESS_KEY_ID)
        .env("BALEFIRE_SECRET_ACCESS_KEY", SECRET)
        .env("AWS_ACCESS_KEY_ID", ACCESS_KEY_ID)
        .env("AWS_SECRET_ACCESS_KEY", SECRET)
        .env("AWS_REGION", REGION);
    command
}

/// The address that a child prints when it listens.
pub fn address(child: &mut Child) -> Result<String> {
    let output = child.stdout.take().context("no output")?;
    for line in BufReader::new(output).lines() {
        if let Some((_, address)) = line?.split_once("http://") {
            return Ok(address.to_owned());
        }
    }
    bail!("the server ended before it listened")
}
