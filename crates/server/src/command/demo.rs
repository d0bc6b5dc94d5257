//! `balefire demo`: the same server on a temporary store, with a small invented company already in trouble.

mod story;

use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use anyhow::{Context, Result};
use balefire_api::Timestamp;
use clap::Args;

use super::open::{FirstKey, Opened};
use super::serve::Server;
use super::{Ended, StoreOptions};
use crate::configuration::Configuration;
use crate::context::{Caller, Clock};
use crate::outside::Outside;
use crate::settings::Settings;

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
        let behind_ms = Arc::new(AtomicI64::new(0));
        let clock = shifted(Arc::clone(&behind_ms));
        let configuration = Configuration::default();
        let outside = Outside::new(&configuration)?;
        let (opened, hooks) = {
            let clock = clock.clone();
            let open = move || {
                let opened = Opened::open_with(&options, clock, Settings::default())?;
                let hooks = opened.hooks(&configuration)?;
                anyhow::Ok((opened, hooks))
            };
            tokio::task::spawn_blocking(open).await??
        };
        let told = story::tell(&opened, &behind_ms)
            .await
            .context("telling the demo's story")?;
        let server =
            Server::bind(opened, hooks, outside, self.listen, None, Vec::new().into()).await?;
        let base = format!("http://{}", server.address);
        let first = server
            .opened
            .first
            .as_ref()
            .context("the temporary store was not empty")?;
        let caller = Caller {
            user_id: first.key.id.clone(),
            ..server.opened.administrator()?.as_ref().clone()
        };
        println!(
            "{}",
            introduction(
                first,
                &told,
                &base,
                &server.console.sign_in_link(&base, &caller)
            )
        );
        server.run().await?;
        Ok(Ended::Well)
    }
}

/// The machine's clock, so many milliseconds behind.
fn shifted(behind_ms: Arc<AtomicI64>) -> Clock {
    let system = Clock::system();
    Clock::from_source(move || Timestamp(system.now().0 - behind_ms.load(Ordering::Relaxed)))
}

fn introduction(first: &FirstKey, told: &story::Told, base: &str, link: &str) -> String {
    let (id, secret) = (&first.key.id, &first.key.secret);
    let incident = told.kept("incident");
    format!(
        "Larkfield, an invented company that sells tickets, has a failing checkout.\n\n\
         Look at it:   {link}\n              (the link signs in once, within five minutes)\n\n\
         Ask for it, in another terminal:\n\n  \
         export AWS_ENDPOINT_URL={base} AWS_DEFAULT_REGION={}\n  \
         export AWS_ACCESS_KEY_ID={id} AWS_SECRET_ACCESS_KEY={secret}\n\n  \
         aws ssm-incidents get-incident-record --arn {incident}\n  \
         aws ssm-incidents list-incident-findings --incident-record-arn {incident}\n  \
         aws securityhub get-findings-v2 --sort-criteria Field=severity_id,SortOrder=desc --max-results 3\n  \
         aws inspector2 list-findings --sort-criteria field=SEVERITY,sortOrder=DESC\n  \
         aws inspector2 batch-get-finding-details --finding-arns \\\n    \
         $(aws inspector2 list-findings --query 'findings[].findingArn' --output text)\n\n\
         Nothing of it is kept. Ctrl-C ends it.",
        story::REGION
    )
}
