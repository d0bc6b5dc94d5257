//! `balefire demo`: the same server on a temporary store.

use std::net::SocketAddr;

use anyhow::Result;
use clap::Args;

use super::open::Opened;
use super::serve::Server;
use super::{Ended, StoreOptions};

#[derive(Args)]
pub struct Demo {
    /// The address to listen at.
    #[arg(long, value_name = "ADDR", default_value = "127.0.0.1:4747")]
    listen: SocketAddr,
}

impl Demo {
    pub async fn run(self) -> Result<Ended> {
        crate::command::log_to_stderr();
        let directory = tempfile::TempDir::new()?;
        let options = StoreOptions {
            data: directory.path().to_owned(),
            database: None,
        };
        let opened = tokio::task::spawn_blocking(move || Opened::open(&options)).await??;
        let server = Server::bind(opened, self.listen, None, Vec::new().into()).await?;
        server.run().await?;
        Ok(Ended::Well)
    }
}
