//! The table of the inventory: how rows are counted up and down, and read.

use balefire_store::{Error, Row, Tx, Value};

use super::counting;
use super::installed::{Installed, Package, Resource};
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
    let sets = sets.concat();
    for chunk in added.chunks(ADDED_AT_ONCE) {
        let mut place = 0;
        let tuples = chunk.iter().map(|row| {
            let marks = row.iter().map(|_| {
                place += 1;
                format!("${place}")
            });
            format!("({})", marks.collect::<Vec<_>>().join(", "))
        });
        let tuples: Vec<String> = tuples.collect();
        let sql = format!(
            "INSERT INTO software ({COLUMNS}, finding_count) VALUES {} \
             ON CONFLICT (account, id) DO UPDATE SET {sets}\
             finding_count = software.finding_count + excluded.finding_count",
            tuples.join(", ")
        );
        tx.execute(&sql, &chunk.concat())?;
    }
    Ok(())
}

/// So many findings less name a row, which goes with the last of them.
pub fn subtract(tx: &mut Tx<'_>, account: &str, id: &str, count: i64) -> Result<(), Failure> {
    let params = [account.into(), id.into(), count.into()];
    let less =
        "UPDATE software SET finding_count = finding_count - $3 WHERE account = $1 AND id = $2";
    tx.execute(less, &params)?;
    let gone = "DELETE FROM software WHERE account = $1 AND id = $2 AND finding_count <= 0";
    tx.execute(gone, &params[..2])?;
    Ok(())
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
            let installed = installed(row)?;
            if visible.includes(&installed.resource.account) {
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

fn installed(row: &Row) -> Result<Installed, Error> {
    let text = |place: usize| row.text(place).map(str::to_owned);
    Ok(Installed {
        package: Package {
            name: text(2)?,
            version: text(3)?,
            kind: text(4)?,
        },
        resource: Resource {
            account: text(0)?,
            region: text(5)?,
            id: text(6)?,
            kind: text(7)?,
            provider: text(8)?,
            owner_account: text(9)?,
            owner_organization: text(10)?,
            partition: text(11)?,
            native_region: text(12)?,
        },
    })
}
