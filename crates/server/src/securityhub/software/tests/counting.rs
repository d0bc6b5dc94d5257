//! The count of findings that came before the inventory.

use super::*;
use crate::testing::migrate_rows;

/// Makes a store as it is after the migration: findings, no inventory, and the job that counts.
fn before_the_inventory(t: &Testing) {
    let forget = |tx: &mut Tx<'_>| -> Result<(), balefire_store::Error> {
        tx.execute("DELETE FROM software", &[])?;
        migrate_rows(tx, include_str!("../../../../migrations/0020_software.sql"))
    };
    t.store.write_blocking("", forget).unwrap().unwrap();
}

fn many(count: usize) -> Vec<Value> {
    let number = |number: usize| {
        let version = (number % 10).to_string();
        vulnerable(&format!("f{number}"), &[("anvil", &version)], &["a", "b"])
    };
    (0..count).map(number).collect()
}

#[test]
fn old_findings_are_counted_part_by_part() {
    let t = enabled();
    // More than two jobs' findings.
    import(&t, &many(2100));
    import(&t, &[vulnerable_of(MEMBER, "m", &[("bolt", "1")], &["c"])]);
    let expected = rows(&t);
    before_the_inventory(&t);
    let reading = list_as(&t, ADMINISTRATOR, json!({})).unwrap_err();
    assert!(matches!(reading, Failure::Reading), "{reading:?}");
    t.step();
    assert_eq!(rows(&t), expected);
    assert_eq!(all(&t).len(), 11);
}

#[test]
fn what_changes_while_they_are_counted_counts_once() {
    let t = enabled();
    let documents = many(1500);
    import(&t, &documents);
    before_the_inventory(&t);
    // One part of two: some of what follows has been counted, and some has not.
    let engine = t.engine(&crate::configuration::Configuration::default());
    assert_eq!(t.wait(engine.step()).unwrap(), 1);
    assert!(matches!(
        list_as(&t, MEMBER, json!({})),
        Err(Failure::Reading)
    ));
    let changed: Vec<Value> = (0..1500)
        .filter(|number| number % 7 == 0)
        .map(|number| vulnerable(&format!("f{number}"), &[("bolt", "1")], &["a"]))
        .collect();
    import(&t, &changed);
    let new: Vec<Value> = (0..50)
        .map(|number| vulnerable(&format!("new{number}"), &[("nut", "1")], &["a"]))
        .collect();
    import(&t, &new);
    t.step();
    let fresh = enabled();
    import(&fresh, &documents);
    import(&fresh, &changed);
    import(&fresh, &new);
    assert_eq!(rows(&t), rows(&fresh));
}

#[test]
fn an_empty_store_has_nothing_to_count() {
    let t = enabled();
    assert_eq!(all(&t), [""; 0]);
    let engine = t.engine(&crate::configuration::Configuration::default());
    assert_eq!(t.wait(engine.step()).unwrap(), 0);
}

#[test]
fn what_earlier_versions_left_of_packages_that_are_gone_goes() {
    let t = filled();
    let expected = rows(&t);
    let leave = |tx: &mut Tx<'_>| -> Result<(), balefire_store::Error> {
        for (id, scanned) in [("phantom", 0_i64), ("scanned", 1)] {
            let sql = "INSERT INTO software SELECT account, $1, package_name, package_version, \
                       package_type, region, resource, resource_type, resource_provider, \
                       owner_account, owner_organization, cloud_partition, resource_region, 0, $2 \
                       FROM software WHERE package_name = 'bolt' AND finding_count = 1";
            tx.execute(sql, &[id.into(), scanned.into()])?;
        }
        let migration = include_str!("../../../../migrations/0031_phantoms_of_software.sql");
        let statement = migration.trim_end().trim_end_matches(';');
        assert_eq!(tx.execute(statement, &[])?, 1);
        let scanned = "DELETE FROM software WHERE id = 'scanned'";
        assert_eq!(tx.execute(scanned, &[])?, 1);
        Ok(())
    };
    t.store.write_blocking("", leave).unwrap().unwrap();
    assert_eq!(rows(&t), expected);
}

#[test]
fn what_was_written_in_other_words_is_counted_anew() {
    let t = filled();
    let expected = rows(&t);
    let other_words = |tx: &mut Tx<'_>| -> Result<(), balefire_store::Error> {
        let id = "UPDATE software SET id = id || 'x', package_version = '3', finding_count = 7";
        tx.execute(id, &[])?;
        let migration = include_str!("../../../../migrations/0034_counts_and_analyses.sql");
        migrate_rows(tx, migration)
    };
    t.store.write_blocking("", other_words).unwrap().unwrap();
    t.step();
    assert_eq!(rows(&t), expected);
}
