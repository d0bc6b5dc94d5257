//! `balefire admin`: accounts, access keys and settings, on the store itself.

use anyhow::{Result, bail};
use balefire_store::{Page, Tx};
use clap::Subcommand;

use super::open::{Opened, readable};
use super::{Ended, StoreOptions, say, show};
use crate::access::{self, AccessKey, Account, NewKey};
use crate::failure::Failure;
use crate::incidents::replication_set::DELAY_SETTING;
use crate::setting;

#[derive(Subcommand)]
pub enum Admin {
    /// Make an account, a member of the organization, or name one that is there; and a key for it.
    CreateAccount {
        /// Twelve digits.
        id: String,
        #[arg(long, default_value = "")]
        name: String,
        #[command(flatten)]
        store: StoreOptions,
    },
    /// List the accounts.
    ListAccounts {
        #[command(flatten)]
        store: StoreOptions,
    },
    /// Make another access key of an account; its secret is shown once.
    CreateKey {
        account: String,
        /// Up to 64 letters, digits and + = , . @ _ -, as at IAM.
        #[arg(long, default_value = "user", value_parser = user_name)]
        user_name: String,
        #[command(flatten)]
        store: StoreOptions,
    },
    /// Make replication sets stay CREATING, UPDATING or DELETING for a while, as they do at AWS.
    SetReplicationDelay {
        /// In seconds; 0 is at once.
        #[arg(value_parser = clap::value_parser!(u32).range(..=86_400))]
        seconds: u32,
        #[command(flatten)]
        store: StoreOptions,
    },
    /// Withdraw an access key.
    DeactivateKey {
        key: String,
        #[command(flatten)]
        store: StoreOptions,
    },
}

impl Admin {
    pub fn run(self) -> Result<Ended> {
        match self {
            Admin::CreateAccount { id, name, store } => {
                create_account(&Opened::open_to_fill(&store)?, &id, name)?
            }
            Admin::ListAccounts { store } => list_accounts(&Opened::open(&store)?)?,
            Admin::CreateKey {
                account,
                user_name,
                store,
            } => {
                create_key(&Opened::open(&store)?, &account, &user_name)?;
            }
            Admin::SetReplicationDelay { seconds, store } => {
                set_replication_delay(&Opened::open_to_fill(&store)?, seconds)?;
            }
            Admin::DeactivateKey { key, store } => deactivate_key(&Opened::open(&store)?, &key)?,
        }
        Ok(Ended::Well)
    }
}

fn create_account(opened: &Opened, id: &str, name: String) -> Result<()> {
    if !Account::is_id(id) {
        bail!("'{id}' is no account id: it has twelve digits");
    }
    let account = Account {
        id: id.into(),
        name,
        administrator: false,
        created_ms: opened.clock.now().0,
    };
    // Findings may have brought the account in before it got a key, and a name.
    let keep = move |tx: &mut Tx<'_>| -> Result<(), Failure> {
        let Some(mut known) = tx.get::<Account>(&[(&account.id).into()])? else {
            return Ok(tx.insert(&account)?);
        };
        if !account.name.is_empty() {
            known.name.clone_from(&account.name);
            tx.replace(&mut known)?;
        }
        Ok(())
    };
    opened.store.write_blocking(id, keep)?.map_err(readable)?;
    create_key(opened, id, "user")
}

fn list_accounts(opened: &Opened) -> Result<()> {
    let all = opened.store.read_blocking(|tx| {
        tx.page::<Account>(&Page {
            order: &["id"],
            limit: 100_000,
            ..Page::default()
        })
    })??;
    for account in all {
        let role = if account.administrator {
            "administrator"
        } else {
            "member"
        };
        show(format_args!(
            "{}  {role:<13}  {}\n",
            account.id, account.name
        ))?;
    }
    Ok(())
}

fn create_key(opened: &Opened, account: &str, user_name: &str) -> Result<()> {
    // With one more key of its own a wrong sealing key would only look right.
    access::require_all_open(&opened.store, &opened.sealing)?;
    let key = NewKey::random()?;
    let row = AccessKey {
        id: key.id.clone(),
        account: account.into(),
        user_name: user_name.into(),
        sealed_secret: opened.sealing.seal(&key.id, &key.secret)?,
        active: true,
        created_ms: opened.clock.now().0,
    };
    let insert = move |tx: &mut Tx<'_>| -> Result<(), Failure> {
        if tx.get::<Account>(&[(&row.account).into()])?.is_none() {
            return Err(Failure::not_found("ACCOUNT", &row.account));
        }
        Ok(tx.insert(&row)?)
    };
    opened
        .store
        .write_blocking(account, insert)?
        .map_err(readable)?;
    say(format_args!(
        "export AWS_ACCESS_KEY_ID={} AWS_SECRET_ACCESS_KEY={}",
        key.id, key.secret
    ))
}

fn deactivate_key(opened: &Opened, id: &str) -> Result<()> {
    let id = id.to_owned();
    let withdraw = move |tx: &mut Tx<'_>| -> Result<(), Failure> {
        let Some(mut key) = tx.get::<AccessKey>(&[(&id).into()])? else {
            return Err(Failure::not_found("ACCESS_KEY", &id));
        };
        key.active = false;
        Ok(tx.replace(&mut key)?)
    };
    opened.store.write_blocking("", withdraw)?.map_err(readable)
}

fn set_replication_delay(opened: &Opened, seconds: u32) -> Result<()> {
    let set =
        move |tx: &mut Tx<'_>| setting::set_number(tx, DELAY_SETTING, i64::from(seconds) * 1000);
    opened.store.write_blocking("", set)?.map_err(readable)
}

/// A name that IAM would take: ARNs are made of it.
fn user_name(text: &str) -> Result<String, String> {
    let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || b"+=,.@_-".contains(&byte);
    match (1..=64).contains(&text.len()) && text.bytes().all(is_plain) {
        true => Ok(text.to_owned()),
        false => Err("a user name has 1 to 64 letters, digits and + = , . @ _ -".into()),
    }
}

#[cfg(test)]
mod tests {
    use super::user_name;

    #[test]
    fn user_names_are_as_at_iam() {
        for name in ["user", "ada@example.com", "a+b=c,d.e_f-9", &"a".repeat(64)] {
            assert!(user_name(name).is_ok(), "{name}");
        }
        for name in ["", "a b/c", "a/b", "a:b", "ä", &"a".repeat(65)] {
            assert!(user_name(name).is_err(), "{name}");
        }
    }
}
