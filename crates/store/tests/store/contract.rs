//! Every promise, on every engine. A new engine is one more line at the end.

use crate::{
    accounts, claims, holders, isolation, listings, lmx, log, notices, pool, returns, round_trip, unique,
    units, vendor,
};

/// Each promise is a function of a world that was just opened, if it can be here.
macro_rules! promises {
    ($engine:ident, $open:expr, { $($module:ident: $($promise:ident),+;)+ }) => {
        mod $engine {
            $($(
                #[test]
                fn $promise() {
                    if let Some(world) = $open {
                        super::$module::$promise(&world);
                    }
                }
            )+)+
        }
    };
}

macro_rules! engine {
    ($engine:ident, $open:expr) => {
        promises!($engine, $open, {
            round_trip:
                a_tenant_comes_back_as_it_was_written,
                products_are_added_and_renamed,
                a_license_comes_back_as_it_was_written,
                an_activation_comes_back_as_it_was_written,
                documents_and_issued_files_come_back_byte_for_byte,
                d_12_an_issued_file_is_read_out_of_the_answer_that_it_stands_in,
                cases_come_back_in_the_order_of_opening,
                totals_and_transfers_add_up;
            accounts:
                lsp_24_seats_are_counted_as_they_are_taken_and_given_back,
                hex_03_a_returned_activation_is_found_however_many_came_after,
                d_10_the_same_hardware_is_found_however_many_came_after,
                d_10_a_part_that_all_share_does_not_crowd_out_the_machine,
                d_40_the_newest_fill_up_a_hundred,
                d_40_of_a_license_with_many_seats_enough_are_found,
                d_10_with_seats_left_only_those_are_found_that_a_decision_needs,
                the_devices_own_activation_is_the_taken_one,
                lsp_28_the_first_document_with_a_number_is_found,
                an_account_that_is_not_there_is_none;
            claims:
                lsp_17_a_license_follows_its_policys_flag_as_it_is_now,
                lsp_03_a_login_is_one_persons_without_regard_to_case,
                lsp_03_a_users_licenses_are_found_by_product,
                lsp_27_usage_adds_up_by_period,
                lsp_24_activations_that_there_ever_were_are_counted;
            returns:
                hex_06_a_retired_activation_comes_back_as_it_was_written,
                d_26_seats_are_counted_as_they_are_released_and_proven,
                hex_06_a_retired_activation_is_found_by_no_request,
                hex_rehost_those_of_a_year_are_counted_without_those_that_were_proven,
                d_28_what_staff_ask_for_is_kept_and_decided_once,
                hex_late_proof_closes_the_orphans_cases_and_no_others;
            holders:
                ice_01_a_customer_comes_back_as_it_was_written,
                ice_01_customers_are_found_by_any_part_of_them,
                ice_01_a_customer_whom_a_license_names_is_not_deleted,
                ice_02_licenses_of_an_order_are_found_with_what_became_of_them,
                ice_12_13_users_of_a_license_come_back_and_are_counted,
                ice_12_of_many_users_at_once_one_gets_the_last_seat,
                ice_14_licenses_that_may_be_over_the_limit_are_found,
                ice_10_licenses_whose_maintenance_ends_in_some_days_are_found,
                ice_25_transfers_come_back_with_what_was_said_for_them,
                ice_03_05_what_devices_say_is_kept_and_added_up_while_they_hold_a_seat,
                ice_05_a_reading_is_claimed_once_goes_on_and_sets_the_source,
                ice_05_a_reading_that_was_called_off_changes_nothing;
            isolation:
                threat_cross_tenant_access_another_tenant_sees_nothing,
                threat_cross_tenant_access_another_tenant_changes_nothing,
                threat_cross_tenant_access_an_unknown_tenant_can_be_given_nothing,
                both_tenants_may_use_the_same_names;
            unique:
                d_14_a_document_is_filed_once,
                d_14_of_many_at_once_exactly_one_files_the_document,
                names_and_keys_are_taken_once,
                an_activation_stays_with_its_license,
                a_stale_license_is_not_written,
                what_is_missing_is_named,
                the_last_seat_is_taken_once;
            listings:
                licenses_page_by_id,
                activations_page_newest_first,
                cases_and_log_page_by_place,
                a_foreign_cursor_is_refused;
            log:
                d_28_the_log_of_each_tenant_is_a_chain_of_its_own,
                d_28_the_chain_is_the_documented_one,
                d_28_rolled_back_work_leaves_no_gap;
            lmx:
                lmx_07_an_upgrade_comes_back_as_it_was_written,
                lmx_12_an_upgrades_id_is_taken_once_even_when_it_was_withdrawn,
                lmx_13_what_this_server_is_comes_with_the_upgrades,
                lmx_14_changes_of_counts_are_found_at_their_midnights,
                lmx_16_an_account_has_the_upgrades_of_its_license,
                lmx_15_places_are_counted_once_each_while_their_sessions_are_open,
                lmx_15_a_session_comes_back_as_it_was_written,
                lmx_15_open_sessions_are_listed_and_ended_ones_cleared,
                lmx_15_concurrent_licenses_of_a_product_come_in_their_order;
            pool:
                alt_19_a_pool_entry_comes_back_as_it_was_written,
                alt_09_a_license_has_one_holder_at_a_time,
                alt_09_files_for_a_site_are_counted,
                d_15_pool_files_that_were_taken_in_are_known,
                alt_08_12_what_the_clock_changes_is_found_at_its_instant,
                ice_18_19_questions_and_notices_are_found_when_they_are_due,
                alt_05_20_renewals_and_failures_are_found,
                alt_22_23_the_pool_is_filtered_by_every_column_as_of_now,
                alt_22_the_status_of_the_listing_is_the_one_of_the_rules,
                alt_23_the_pool_is_sorted_by_every_column_and_pages_through;
            notices:
                alt_19_a_message_is_posted_once,
                messages_page_by_place_and_are_filtered,
                what_a_job_has_done_comes_back_as_it_was_noted,
                webhooks_come_back_and_go,
                a_message_is_addressed_once,
                of_many_at_once_exactly_one_claims_a_delivery,
                a_claim_that_ends_is_due_again_and_settles_nothing_but_success,
                each_target_has_its_oldest_delivery_due,
                deliveries_are_listed_and_counted,
                another_tenant_sees_no_notices;
            vendor:
                a_token_is_found_by_its_hash_in_its_tenant_only,
                an_answer_is_kept_once_for_token_and_key_and_forgotten_by_age,
                a_product_has_features_and_a_revision_that_rises,
                activations_are_found_by_what_is_known_of_them,
                a_case_is_closed_once_and_keeps_its_reason,
                files_and_documents_of_an_activation_are_listed_in_their_order;
            units:
                work_that_fails_leaves_nothing,
                work_that_panics_leaves_nothing_and_the_store_goes_on,
                in_one_batch_only_what_failed_is_missing,
                a_read_never_sees_what_is_not_committed,
                a_read_cannot_write,
                a_read_sees_one_state,
                work_that_nobody_waits_for_does_not_begin,
                too_much_waiting_work_is_refused,
                closing_finishes_what_is_queued,
                ping_answers_until_the_store_is_closed;
        });
    };
}

engine!(sqlite_file, Some(crate::world::World::file()));
engine!(sqlite_memory, Some(crate::world::World::memory()));
engine!(postgresql, crate::world::World::server());
