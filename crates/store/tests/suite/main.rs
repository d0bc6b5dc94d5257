//! One suite, run on both engines: SQLite always, PostgreSQL where `TEST_POSTGRES` names a server.

mod dead_jobs;
mod fixture;
mod jobs;
mod log;
mod migrations;
mod model;
mod postgres_only;
mod postgres_sessions;
mod records;
mod snapshots;
mod sqlite_only;
mod writes;

/// Makes of each function a test on each engine.
macro_rules! on_both_engines {
    ($($module:ident::$name:ident;)*) => {
        mod sqlite {
            $(#[test]
            fn $name() {
                crate::$module::$name(&mut crate::fixture::Fixture::sqlite());
            })*
        }
        mod postgres {
            $(#[test]
            fn $name() {
                if let Some(mut fixture) = crate::fixture::Fixture::postgres() {
                    crate::$module::$name(&mut fixture);
                }
            })*
        }
    };
}

on_both_engines! {
    records::a_record_is_inserted_read_replaced_and_deleted;
    records::a_duplicate_key_leaves_the_transaction_usable;
    records::a_stale_replace_is_run_again;
    records::a_replace_that_stays_stale_is_reported;
    records::pages_follow_the_order_in_both_directions;
    records::keys_compare_bytewise;
    records::every_type_comes_back_as_it_went;
    records::parameters_are_bound_by_number;
    writes::a_write_that_holds_another_account_runs_beside_none_of_its_writes;
    writes::an_operation_that_fails_leaves_its_neighbours;
    writes::a_refused_statement_cannot_be_passed_over;
    writes::a_single_write_that_declines_leaves_nothing;
    writes::a_token_claimed_first_gives_one_winner;
    writes::what_is_attempted_leaves_nothing_where_it_fails;
    writes::increments_are_not_lost;
    writes::a_full_queue_is_busy_at_once;
    writes::closing_finishes_what_waits;
    writes::a_caller_that_goes_away_changes_nothing;
    writes::a_read_sees_one_snapshot;
    writes::a_read_cannot_write;
    snapshots::a_read_after_an_answer_sees_the_write_from_any_thread;
    snapshots::a_long_read_keeps_its_snapshot_and_the_next_has_the_newest;
    snapshots::long_reads_wait_for_each_other_alone;
    writes::a_panic_in_a_read_is_an_error;
    writes::what_was_written_is_there_after_reopening;
    model::random_writes_in_one_batch_end_as_if_run_one_by_one;
    log::numbers_have_no_gaps_and_a_tailer_misses_none;
    log::a_rolled_back_change_takes_no_number;
    log::a_block_of_changes_is_numbered_in_order;
    log::cursors_only_move_forward;
    log::the_counter_moves_with_changes_and_jobs_only;
    jobs::due_jobs_are_claimed_in_order;
    jobs::two_claimers_share_no_job;
    jobs::a_lease_that_ran_out_is_claimed_again;
    jobs::a_failed_job_waits_for_its_retry;
    jobs::all_leases_are_given_back_at_once;
    jobs::a_lease_is_renewed_by_its_owner_alone;
    jobs::jobs_of_a_busy_subject_or_kind_are_passed_over;
    jobs::a_released_job_was_never_claimed;
    dead_jobs::a_buried_job_is_listed_until_it_is_revived;
    dead_jobs::dead_jobs_are_chosen_by_account_and_kind;
    jobs::a_job_goes_away_with_its_transaction;
    migrations::applying_twice_changes_nothing;
    migrations::a_newer_database_is_refused;
    migrations::a_changed_migration_is_refused;
    migrations::a_failing_migration_leaves_those_before_it;
    migrations::a_name_used_twice_is_refused;
}
