//! `balefire deliveries`: what could not be delivered, tried again or dropped.

use anyhow::{Result, bail};
use balefire_api::own::{
    DeadJob, DropDeadJob, DropDeadJobInput, ListDeadJobs, ListDeadJobsInput, RetryDeadJob,
    RetryDeadJobInput, RetryDeadJobs, RetryDeadJobsInput,
};
use clap::{ArgGroup, Args, Subcommand};
use serde_json::{Value, json};

use super::reach::Reach;
use super::{Ended, Format, ReachOptions, say, show};

#[derive(Subcommand)]
pub enum Deliveries {
    /// List what was given up: messages to topics, calls to other systems.
    List {
        /// Only jobs of this kind, such as notify.
        #[arg(long, value_name = "KIND")]
        kind: Option<String>,
        #[command(flatten)]
        reach: ReachOptions,
    },
    /// Try again what was given up. A server does it at once; without one it waits for the next start.
    Retry(Retry),
    /// Forget what was given up.
    Drop {
        #[arg(required = true, value_name = "ID")]
        ids: Vec<String>,
        #[command(flatten)]
        reach: ReachOptions,
    },
}

#[derive(Args)]
#[command(group(ArgGroup::new("which").args(["ids", "all"]).required(true)))]
pub struct Retry {
    #[arg(value_name = "ID")]
    ids: Vec<String>,
    /// All that are dead.
    #[arg(long)]
    all: bool,
    /// Of all, only jobs of this kind.
    #[arg(long, value_name = "KIND", conflicts_with = "ids")]
    kind: Option<String>,
    #[command(flatten)]
    reach: ReachOptions,
}

impl Deliveries {
    pub async fn run(self) -> Result<Ended> {
        match self {
            Deliveries::List { kind, reach } => list(kind, &reach).await,
            Deliveries::Retry(retry) => retry.run().await,
            Deliveries::Drop { ids, reach } => {
                let way = Reach::open(&reach.way).await?;
                let mut refused = Vec::new();
                for id in &ids {
                    let input = DropDeadJobInput { id: id.clone() };
                    note(&mut refused, id, way.call::<DropDeadJob>(input).await);
                }
                report("dropped", ids.len(), &refused, reach.format)
            }
        }
    }
}

async fn list(kind: Option<String>, options: &ReachOptions) -> Result<Ended> {
    let reach = Reach::open(&options.way).await?;
    let mut input = ListDeadJobsInput {
        kind,
        max_results: Some(1000),
        next_token: None,
    };
    let mut found = 0;
    loop {
        let page = reach.call::<ListDeadJobs>(input.clone()).await?;
        found += page.dead_jobs.len();
        for job in &page.dead_jobs {
            match options.format {
                Format::Json => show(format_args!("{}\n", document(job)))?,
                Format::Text => show(format_args!("{}\n", line(job)))?,
            }
        }
        input.next_token = page.next_token;
        if input.next_token.is_none() {
            break;
        }
    }
    if options.format == Format::Text {
        show(format_args!("{found} given up\n"))?;
    }
    Ok(Ended::Well)
}

/// One object a line, so that any number of them can be read as they come.
fn document(job: &DeadJob) -> Value {
    json!({
        "id": job.id, "kind": job.kind, "account": job.account, "subject": job.subject,
        "reason": job.reason, "attempts": job.attempts,
        "created": job.created_time.date_time(), "died": job.died_time.date_time(),
    })
}

fn line(job: &DeadJob) -> String {
    // What another system has answered may hold anything; a terminal gets one plain line of it.
    let plain = |c: char| if c.is_control() { ' ' } else { c };
    let reason: String = job.reason.chars().map(plain).collect();
    format!(
        "{}  {}  {}  {}  {} attempts  {reason}",
        job.id,
        job.died_time.date_time(),
        job.kind,
        job.subject,
        job.attempts
    )
}

impl Retry {
    async fn run(self) -> Result<Ended> {
        let reach = Reach::open(&self.reach.way).await?;
        if self.all {
            let input = RetryDeadJobsInput { kind: self.kind };
            let retried = reach.call::<RetryDeadJobs>(input).await?.retried;
            return report("retried", usize::try_from(retried)?, &[], self.reach.format);
        }
        let mut refused = Vec::new();
        for id in &self.ids {
            let input = RetryDeadJobInput { id: id.clone() };
            note(&mut refused, id, reach.call::<RetryDeadJob>(input).await);
        }
        report("retried", self.ids.len(), &refused, self.reach.format)
    }
}

/// A job that was refused, and why.
type Refused = (String, String);

fn note<T>(refused: &mut Vec<Refused>, id: &str, called: Result<T>) {
    if let Err(error) = called {
        refused.push((id.to_owned(), format!("{error:#}")));
    }
}

fn report(what: &str, asked: usize, refused: &[Refused], format: Format) -> Result<Ended> {
    let done = asked - refused.len();
    if format == Format::Json {
        let refused = refused
            .iter()
            .map(|(id, reason)| json!({"id": id, "reason": reason}));
        let refused: Vec<Value> = refused.collect();
        say(json!({what: done, "refused": refused}))?;
    } else {
        for (id, reason) in refused {
            eprintln!("{id}: {reason}");
        }
        say(format_args!("{done} {what}"))?;
    }
    if done == 0 && asked > 0 {
        bail!("nothing was {what}");
    }
    Ok(match refused {
        [] => Ended::Well,
        _ => Ended::InPart,
    })
}

#[cfg(test)]
mod tests {
    use clap::Parser;

    use crate::command::Command;

    /// What is said of a command line that is not taken.
    fn refused(words: &str) -> Option<String> {
        let words = format!("balefire deliveries retry {words}");
        let parsed = Command::try_parse_from(words.split_whitespace());
        parsed.err().map(|error| error.to_string())
    }

    #[test]
    fn jobs_are_named_or_all_are_meant() {
        for taken in ["a", "a b", "--all", "--all --kind notify"] {
            assert_eq!(refused(taken), None, "{taken}");
        }
        for (words, named) in [
            ("", "--all"),
            ("--kind notify", "--all"),
            ("a --all", "cannot be used with"),
            // It would be retried whatever its kind.
            ("a --kind notify", "cannot be used with"),
        ] {
            let said = refused(words).expect(words);
            assert!(said.contains(named), "{words}: {said}");
        }
    }
}
