//! The table of the inventory: how rows are counted up and down, and read.

use std::collections::BTreeSet;

use balefire_store::{Error, Row, Tx, Value};

use super::counting;
use super::installed::{Installed, Package, Resource};
use super::named::{GLOBAL, OTHER};
use crate::context::Visible;
use crate::failure::Failure;

/// Rows that one statement adds.
const ADDED_AT_ONCE: usize = 32;
/// Rows that are in memory at once.
const CHUNK: i64 = 1000;
const COLUMNS: &str = "account, id, package_name, package_version, package_type, region, resource, \
                       resource_type, resource_provider, owner_account, owner_organization, \
                       cloud_partition, resource_region";
/// What documents may describe in other words: those of the newest count.
const DESCRIBING: [&str; 6] = [
    "resource_type",
    "resource_provider",
    "owner_account",
    "owner_organization",
    "cloud_partition",
    "resource_region",
];

/// A row that so many more findings name.
pub fn values(id: &str, installed: &Installed, count: i64) -> Vec<Value> {
    let Installed { package, resource } = installed;
    let texts = [
        resource.account.as_str(),
        id,
        &package.name,
        &package.version,
        &package.kind,
        &resource.region,
        &resource.id,
        &resource.kind,
        &resource.provider,
        &resource.owner_account,
        &resource.owner_organization,
        &resource.partition,
        &resource.native_region,
    ];
    let texts = texts.into_iter().map(Value::from);
    texts.chain([count.into()]).collect()
}

/// Adds rows, or their counts to those that are there. No two have the same key.
pub fn add(tx: &mut Tx<'_>, added: &[Vec<Value>]) -> Result<(), Failure> {
    let sets = DESCRIBING.map(|column| format!("{column} = excluded.{column}, "));
    let sets = sets.concat() + "finding_count = software.finding_count + excluded.finding_count";
    insert(tx, added, 0, &sets)
}

/// Adds rows that a scan found, as many findings as name them; what these say of a resource stays.
pub fn add_scanned(tx: &mut Tx<'_>, added: &[Vec<Value>]) -> Result<(), Failure> {
    insert(tx, added, 1, "scanned = 1")
}

fn insert(tx: &mut Tx<'_>, added: &[Vec<Value>], scanned: i64, sets: &str) -> Result<(), Failure> {
    for chunk in added.chunks(ADDED_AT_ONCE) {
        let mut place = 0;
        let tuples = chunk.iter().map(|row| {
            let marks = row.iter().map(|_| {
                place += 1;
                format!("${place}")
            });
            let marks = marks.collect::<Vec<_>>();
            format!("({}, {scanned})", marks.join(", "))
        });
        let tuples: Vec<String> = tuples.collect();
        let sql = format!(
            "INSERT INTO software ({COLUMNS}, finding_count, scanned) VALUES {} \
             ON CONFLICT (account, id) DO UPDATE SET {sets}",
            tuples.join(", ")
        );
        tx.execute(&sql, &chunk.concat())?;
    }
    Ok(())
}

/// So many findings less name a row, which goes with the last of them unless a scan found it.
pub fn subtract(tx: &mut Tx<'_>, account: &str, id: &str, count: i64) -> Result<(), Failure> {
    let params = [account.into(), id.into(), count.into()];
    let less =
        "UPDATE software SET finding_count = finding_count - $3 WHERE account = $1 AND id = $2";
    tx.execute(less, &params)?;
    drop_unnamed(tx, &params[..2])
}

/// The scan of its resource found a row no longer, which goes unless findings name it.
pub fn drop_scanned(tx: &mut Tx<'_>, account: &str, id: &str) -> Result<(), Failure> {
    let key = [account.into(), id.into()];
    let not_scanned = "UPDATE software SET scanned = 0 WHERE account = $1 AND id = $2";
    tx.execute(not_scanned, &key)?;
    drop_unnamed(tx, &key)
}

fn drop_unnamed(tx: &mut Tx<'_>, key: &[Value]) -> Result<(), Failure> {
    let gone = "DELETE FROM software WHERE account = $1 AND id = $2 AND finding_count <= 0 \
                AND scanned = 0";
    tx.execute(gone, key)?;
    Ok(())
}

/// The ids of what the last scan of a resource found, by how they all begin.
pub fn scanned_ids(
    tx: &mut Tx<'_>,
    account: &str,
    of_resource: &str,
) -> Result<BTreeSet<String>, Failure> {
    // Behind all hexadecimal digits.
    let end = format!("{of_resource}g");
    let rows = tx.query(
        "SELECT id FROM software WHERE account = $1 AND id > $2 AND id < $3 AND scanned = 1",
        &[account.into(), of_resource.into(), end.into()],
    )?;
    let ids = rows.iter().map(|row| Ok(row.text(0)?.to_owned()));
    ids.collect()
}

/// Which of the rows that may be seen.
#[derive(Clone, Copy)]
pub enum Which<'a> {
    All,
    /// Those of a package: its name and type.
    Package(&'a str, &'a str),
}

/// Shows each package on each resource that may be seen, once.
pub fn each(
    tx: &mut Tx<'_>,
    visible: Visible<'_>,
    which: Which<'_>,
    mut show: impl FnMut(Installed),
) -> Result<(), Failure> {
    if counting::is_going_on(tx)? {
        return Err(Failure::Reading);
    }
    let (first, end) = match visible {
        Visible::Organization => ("", ":"),
        Visible::Account(account) => (account, account),
    };
    let of_package = match which {
        Which::All => "",
        Which::Package(..) => "AND package_name = $5 AND package_type = $6 ",
    };
    let sql = format!(
        "SELECT {COLUMNS} FROM software WHERE (account, id) > ($1, $2) AND account <= $3 {of_package}\
         ORDER BY account, id LIMIT $4"
    );
    let mut after: [Value; 2] = [first.into(), "".into()];
    loop {
        let mut params = Vec::from(after);
        params.extend([end.into(), CHUNK.into()]);
        if let Which::Package(name, kind) = which {
            params.extend([name.into(), kind.into()]);
        }
        let rows = tx.query(&sql, &params)?;
        for row in &rows {
            if let Some(installed) = installed(row)?
                && visible.includes(&installed.resource.account)
            {
                show(installed);
            }
        }
        match rows.last() {
            Some(last) if rows.len() as i64 == CHUNK => {
                after = [last.text(0)?.into(), last.text(1)?.into()];
            }
            _ => return Ok(()),
        }
    }
}

/// What a row says. Documents may say blanks, and rows were counted by what they say; no answer can hold
/// them, so they are as good as nothing said. What has no name then is left out.
fn installed(row: &Row) -> Result<Option<Installed>, Error> {
    let said = |place: usize| Ok(Some(row.text(place)?).filter(|text| !text.trim().is_empty()));
    let or = |place: usize, otherwise: &str| Ok(said(place)?.unwrap_or(otherwise).to_owned());
    let text = |place: usize| or(place, "");
    let installed = Installed {
        package: Package {
            name: text(2)?,
            version: text(3)?,
            kind: text(4)?,
        },
        resource: Resource {
            account: text(0)?,
            region: or(5, GLOBAL)?,
            id: text(6)?,
            kind: or(7, OTHER)?,
            provider: text(8)?,
            owner_account: text(9)?,
            owner_organization: text(10)?,
            partition: text(11)?,
            native_region: text(12)?,
        },
    };
    let is_named = !installed.package.name.is_empty() && !installed.resource.id.is_empty();
    Ok(is_named.then_some(installed))
}
