"""The programs that the comparison with QEMU consists of, by what they are about: census.py fails
when one of them does not take part, or one takes part that is not named here."""

SUBJECTS = {
    'exceptions': '''
        svc_stacks_and_returns svc_on_the_process_stack svc_from_unprivileged_code
        misaligned_stack_is_aligned svc_inside_an_it_block pendsv_preempts_svc
        pendsv_tail_chains_after_svc pendsv_can_be_withdrawn nmi_ignores_every_mask
        nmi_pended_within_itself_chains exc_return_switches_the_stack
        return_to_thread_with_another_active return_to_handler_without_a_handler
        return_to_thread_with_an_exception_number return_without_the_thumb_bit
        returned_flags_and_registers_hold interrupt_pends_and_runs
        interrupt_pended_within_itself_runs_again masked_interrupt_ends_wfi
        event_register_ends_wfe barriers_and_hints_do_nothing
    '''.split(),
    'late arrival': '''
        stacking_fault_overtakes_its_interrupt stacking_fault_waits_for_its_interrupt
        stacking_fault_of_equal_priority_overtakes
        stacking_fault_of_equal_group_priority_overtakes_by_subpriority
        stacking_bus_fault_overtakes_its_interrupt stacking_bus_fault_waits_for_its_interrupt
        stack_overflow_overtakes_its_interrupt stack_overflow_waits_for_its_interrupt
        disabled_stacking_fault_overtakes_as_a_hard_fault
        non_secure_stacking_fault_overtakes_a_non_secure_interrupt
        non_secure_stacking_fault_waits_for_a_non_secure_interrupt
        non_secure_stacking_fault_overtakes_a_secure_interrupt
        non_secure_stacking_fault_waits_for_a_secure_interrupt
        pris_lets_a_secure_interrupt_go_before_a_non_secure_stacking_fault
        secure_stacking_fault_overtakes_a_non_secure_interrupt
        secure_stacking_fault_waits_for_a_non_secure_interrupt
    '''.split(),
    'priorities': '''
        higher_priority_preempts equal_priority_waits lower_priority_waits
        subpriority_does_not_preempt pending_run_by_number_when_equal
        pending_run_by_priority pending_run_by_subpriority system_exceptions_order
        priority_registers_are_banked non_secure_sees_only_its_interrupts
        non_secure_preempts_secure_by_priority pris_halves_non_secure_priorities
        non_secure_masks_and_secure_interrupts raising_a_pending_priority_preempts
        svc_that_cannot_preempt_is_a_hard_fault secure_hard_fault_holds_off_a_non_secure_nmi
    '''.split(),
    'TrustZone transitions': '''
        call_there_and_back calls_nest blxns_leaves_its_frame call_out_of_a_handler
        called_out_of_a_handler_sees_one bxns_with_bit_0_stays_secure
        sg_within_secure_code_is_a_nop sg_in_non_secure_memory_is_a_nop
        branches_into_secure_memory sg_across_the_end_of_the_region
        sg_that_the_secure_mpu_refuses
        secure_branch_to_non_secure_memory non_secure_data_access_to_secure_memory
        secure_instructions_are_undefined_elsewhere
        function_return_with_a_wrong_exception_number function_return_to_a_faked_frame
        function_return_without_the_thumb_bit function_return_value_in_secure_code
        blxns_at_the_stack_limit
        function_return_of_a_handler_that_shows_its_number blxns_just_at_the_stack_limit
    '''.split(),
    'stacking, Secure to Secure': '''
        secure_thread_to_secure_handler secure_process_stack_to_secure_handler
    '''.split(),
    'stacking, Secure to Non-secure': '''
        secure_thread_to_non_secure_handler secure_process_stack_to_non_secure_handler
        secure_handler_to_non_secure_handler flags_are_hidden_from_a_non_secure_handler
    '''.split(),
    'stacking, Non-secure to Secure': '''
        non_secure_thread_to_secure_handler non_secure_process_stack_to_secure_handler
        non_secure_handler_to_secure_handler
    '''.split(),
    'stacking, Non-secure to Non-secure': '''
        non_secure_thread_to_non_secure_handler
        non_secure_process_stack_to_non_secure_handler
    '''.split(),
    'stacking, returns and tail chains': '''
        tail_chain_secure_to_non_secure tail_chain_non_secure_to_secure
        tail_chain_non_secure_to_non_secure tail_chain_with_non_secure_background
        damaged_signature_is_refused non_secure_return_claims_a_secure_exception
        non_secure_return_claims_stacked_registers
        secure_return_claims_a_non_secure_exception secure_return_to_the_wrong_state
        signature_of_the_other_frame_type_is_refused
        bit_0_of_a_stacked_pc_is_ignored stack_of_a_claimed_exception_is_selected
    '''.split(),
    'stack limits and faults of stacking': '''
        push_below_psplim arithmetic_below_psplim mov_to_sp_is_checked_and_msr_is_not
        exception_entry_below_psplim non_secure_limit writing_sp_ns_below_its_limit
        stkofhfnmign_ignores_the_limit stacking_into_a_forbidden_region
        stacking_where_nothing_is unstacking_from_a_forbidden_region
        unstacking_where_nothing_is non_secure_stack_pointer_into_secure_memory
        late_stacking_below_psplim late_stacking_just_above_psplim
        late_stacking_of_unprivileged_code
    '''.split(),
    'FP context': '''
        fp_needs_cpacr non_secure_fp_needs_nsacr_and_cpacr lazy_frame_untouched
        lazy_frame_stored_at_first_use eager_frame no_automatic_state
        secure_fp_is_treated_as_secure treated_as_secure_eager clear_on_return
        new_context_takes_fpdscr non_secure_irq_leaves_lazy_secure_frame
        non_secure_irq_uses_fp_over_a_lazy_secure_frame
        non_secure_irq_over_secure_fp_treated_as_secure
        non_secure_irq_over_an_eager_frame_treated_as_secure secure_irq_over_non_secure_fp
        secure_function_called_with_fp_in_use vlstm_with_fp_in_use_and_spoilt
        vlstm_with_fp_in_use_and_left_alone vlstm_without_fp_in_use vlstm_eager
        lazy_store_into_a_forbidden_region fp_arithmetic_and_flags vlstm_over_a_lazy_frame
        lazy_store_where_nothing_is lazy_store_of_a_non_secure_frame_into_secure_memory
        lazy_store_over_the_limit_is_left_out stack_overflow_by_a_lazy_frame_stores_nothing
        secure_fp_state_does_not_stay_in_non_secure_code eager_stacking_without_the_right_to_fp
        non_secure_eager_stacking_without_cpacr non_secure_eager_stacking_without_nsacr
        non_secure_lazy_stacking_without_nsacr second_fp_frame_over_a_lazy_one
        return_to_non_secure_fp_over_secure_lazy_state lazy_frame_of_unprivileged_code
        lazy_frame_of_a_hard_fault_handler non_secure_frame_while_fp_is_treated_as_secure
        each_state_has_its_default_fpscr clear_on_return_leaves_the_upper_registers
        lazy_store_whose_fault_must_wait lazy_store_that_the_non_secure_mpu_refuses
        unprivileged_secure_code_says_that_it_uses_fp gate_begins_without_secure_fp_context
        absent_coprocessor_is_a_fault_of_its_state
        fp_frame_that_cannot_be_read non_secure_code_claims_fp_only_where_it_may
    '''.split(),
    'MPU': '''
        mpu_rights_of_unprivileged_code mpu_rights_of_privileged_code
        mpu_rights_follow_privilege_through_handlers mpu_borders_are_exact
        mpu_unaligned_access_across_a_border mpu_overlapping_regions_fault mpu_execute_never
        mpu_instruction_across_a_border mpu_within_nmi_and_hfnmiena mpu_registers_read_back
        each_state_has_its_mpu unprivileged_loads_and_stores border_of_a_read_only_region
        border_of_a_privileged_region border_of_no_region border_of_overlapping_regions
        border_of_a_region_of_the_non_secure_mpu
        system_region_is_execute_never_whatever_the_mpu_says mpu_aliases_follow_the_region_number
    '''.split(),
    'SAU': '''
        sau_borders_are_exact sau_overlapping_regions_are_secure sau_registers_read_back
        non_secure_finds_no_sau border_of_the_sau
        gateways_in_two_callable_regions_are_none
    '''.split(),
    'TT': '''
        tt_without_mpu tt_with_mpus_and_default_maps tt_without_default_maps
        tt_of_sau_regions tt_in_non_secure_state tt_when_unprivileged
    '''.split(),
    'faults': '''
        undefined_instructions branch_without_the_thumb_bit pop_without_the_thumb_bit
        division_by_zero unaligned_trap always_aligned_instructions data_bus_faults
        instruction_bus_fault non_secure_bus_fault_is_secure_by_default
        bfhfnmins_gives_faults_to_non_secure disabled_faults_escalate
        faults_escalate_by_priority non_secure_faults_escalate_to_secure_hard_fault
        fault_within_a_fault_handler breakpoint_without_a_debugger
        unprivileged_access_to_the_system_registers usersetmpend_opens_stir
        usersetmpend_of_each_state division_by_zero_of_each_state fetch_from_the_top_is_secure
        fault_status_bits_clear_by_writing_one sfar_can_be_written
        handlers_can_be_pended_by_software fetch_beyond_the_code_region_is_execute_never
        non_secure_hard_fault_ends_with_its_return
    '''.split(),
    'masks': '''
        primask_holds_everything_back basepri_holds_back_its_own_and_lower
        basepri_max_only_raises faultmask_holds_faults_back
        return_clears_faultmask_except_from_nmi unprivileged_code_cannot_mask
        secure_writes_the_non_secure_masks non_secure_finds_no_aliases non_secure_faultmask
        secure_masks_hold_non_secure_back xpsr_parts_read_and_write
    '''.split(),
    'SysTick': '''
        systick_ticks systick_countflag systick_registers_read_back
        systick_of_both_states_pends_apart systick_of_the_non_secure_state tick_ends_wfi
        systick_write_to_cvr_clears_countflag
    '''.split(),
    'system control': '''
        aircr_is_banked_in_part sysresetreqs_keeps_the_reset_for_secure
        non_secure_reset_works_when_allowed vectors_can_move sleep_on_exit
        control_registers_reset_values rettobase_is_set_in_the_outermost_handler_only
        pended_nmi_is_withdrawn_by_its_state active_bit_of_a_secure_nmi_cannot_be_cleared
        hard_fault_is_pended_by_software non_secure_icsr_tells_of_secure_interrupts
        fpccr_bits_that_secure_code_keeps non_secure_writes_leave_secure_status_alone
        stir_pends_by_number
    '''.split(),
    'loads, stores and the exclusive monitor': '''
        exclusive_monitor_does_not_outlive_an_exception
        exclusive_monitor_in_a_page_of_borders
        exclusive_monitor_does_not_outlive_a_tail_chain
        exclusive_monitor_does_not_outlive_a_fault load_multiple_of_its_own_base
        unaligned_after_many_aligned_rounds
    '''.split(),
}
