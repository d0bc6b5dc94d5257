//! The first reading of the inventory, and how it is given up.

use std::sync::Arc;

use balefire_columns::Plan;

use super::*;
use crate::context::Visible;
use crate::securityhub::resource::Inventory;

/// How many resources an inventory has when it is asked in a transaction of its own.
fn count(t: &Testing, inventory: &Arc<Inventory>) -> Result<u64, Failure> {
    let inventory = Arc::clone(inventory);
    let read = t.store.read_blocking(move |tx| {
        let current = inventory.current(tx)?;
        Ok(current.count(Visible::Organization, Plan::All(Vec::new())))
    });
    read.expect("a read")
}

#[test]
fn an_inventory_is_read_page_after_page_and_follows_what_comes() {
    let t = enabled();
    let many: Vec<Value> = (0..7).map(|n| json!({"uid": format!("r{n}")})).collect();
    import(&t, &[about("a", json!(many))]);
    let inventory = Arc::new(Inventory::new(Arc::clone(&t.index)));
    assert_eq!(count(&t, &inventory).unwrap(), 7);
    import(&t, &[about("b", json!([bucket(), many[0]]))]);
    assert_eq!(count(&t, &inventory).unwrap(), 8);
}

#[test]
fn a_server_that_ends_gives_up_reading_and_goes_on_with_what_was_read() {
    let t = enabled();
    import(&t, &[about("a", json!([bucket()]))]);
    let inventory = || Arc::new(Inventory::new(Arc::clone(&t.index)));
    let (read, unread) = (inventory(), inventory());
    assert_eq!(count(&t, &read).unwrap(), 1);
    t.index.stop();
    assert!(matches!(count(&t, &unread), Err(Failure::Reading)));
    assert_eq!(count(&t, &read).unwrap(), 1);
}
