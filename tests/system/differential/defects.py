"""Where QEMU differs from the architecture: the one table. Section: its title in the Armv8-M
Architecture Reference Manual (Arm DDI 0553), whose numbers and rule identifiers change between
issues. A program differs in nothing but what its rows say, and in all of that."""

from collections import namedtuple

WORD = '[0-9a-f]{8}'

# name; section; what QEMU 7.2 does; programs; both sides of each place that differs, as regular
# expressions over whole lines.
Defect = namedtuple('Defect', 'name section what programs qemu ours')

TABLE = [
    Defect('sfar-not-set', 'SFAR, Secure Fault Address Register; SFSR.SFARVALID',
           'leaves SFAR and SFSR.SFARVALID alone upon an attribution violation',
           ['non_secure_data_access_to_secure_memory', 'sau_borders_are_exact',
            'sau_overlapping_regions_are_secure'],
           'SFSR=00000008', 'SFSR=00000048\nSFAR=' + WORD),
    Defect('sfar-not-set', 'SFAR, Secure Fault Address Register; SFSR.SFARVALID',
           'leaves SFAR alone upon an attribution violation: what the program then notes as zero',
           ['border_of_the_sau'],
           'address=00000000', 'address=200071[01]' + '[0-9a-f]'),
    Defect('sfar-not-writable', 'SFAR, Secure Fault Address Register: read and write',
           'writes to SFSR what is written to SFAR',
           ['sfar_can_be_written'],
           'SFAR=00000000\nSFSR=13572468', 'SFAR=13572468\nSFSR=00000000'),
    Defect('faultmask-at-negative-priority', 'MSR (register), Operation: FAULTMASK is set '
           'at an execution priority above -1 only',
           'sets FAULTMASK within NMI',
           ['return_clears_faultmask_except_from_nmi'],
           'in nmi=00000001\nafter nmi=00000001', 'in nmi=00000000\nafter nmi=00000000'),
    Defect('bkpt-forced', 'BKPT; HFSR, HardFault Status Register: DEBUGEVT',
           'reports the HardFault of a BKPT without debugger as FORCED',
           ['breakpoint_without_a_debugger'],
           'HFSR=40000000', 'HFSR=80000000'),
    Defect('stkofhfnmign', 'CCR, Configuration and Control Register: STKOFHFNMIGN',
           'does not keep the bit',
           ['stkofhfnmign_ignores_the_limit'],
           'CCR=00000201', 'CCR=00000601'),
    Defect('unaligned-across-regions', 'MemU[], shared pseudocode: unaligned, each byte is an '
           'access of its own',
           'checks the first byte of an unaligned access only, within a page',
           ['mpu_unaligned_access_across_a_border'],
           '', 'fault MMFAR=30004900'),
    Defect('fetch-across-regions', 'Memory Protection Unit: each half-word of an instruction is '
           'fetched by itself',
           'checks the first half-word of an instruction only, within a page',
           ['mpu_instruction_across_a_border'],
           '', 'fault at=3000493e'),
    Defect('stir-pends-secure', 'STIR, Software Triggered Interrupt Register: as NVIC_ISPR<n>, whose '
           'bits of Secure interrupts are RAZ/WI from Non-secure state',
           'lets Non-secure code, and the Non-secure alias, pend a Secure interrupt by STIR',
           ['usersetmpend_of_each_state'],
           'Secure, by the alias=0000000c\nNon-secure=0000000c',
           'Secure, by the alias=00000008\nNon-secure=00000008'),
    Defect('sg-fetch-fault-state', 'ValidateAddress(), CheckPermission(), shared pseudocode: the MPU of a '
           'fetch is that of its address, and its state takes the fault',
           'has Non-secure state take the MemManage of an SG that the Secure MPU refuses',
           ['sg_that_the_secure_mpu_refuses'],
           'Non-secure fault=00000004\nexc_return=ffffffb8',
           'taken to=00000001\nfault=00000004\nexc_return=ffffffb9'),
    Defect('sg-fetch-fault-state', 'MMFSR, MemManage Fault Status Register: banked',
           'notes it in that state\'s register',
           ['sg_that_the_secure_mpu_refuses'],
           'CFSR=00000001', 'CFSR_S=00000001\nCFSR_NS=00000000'),
    Defect('sg-fetch-fault-state', 'SFSR, Secure Fault Status Register: RAZ from Non-secure state',
           'has a handler that cannot note it',
           ['sg_that_the_secure_mpu_refuses'],
           '', 'SFSR=00000000'),
    Defect('fp-unstacking-commits', 'PopStack(), shared pseudocode: a fault ends the return',
           'goes back to the frame whose FP part it could not read, and stacks again for the fault',
           ['fp_frame_that_cannot_be_read'],
           'CFSR_S=00000018', 'CFSR_S=00000008'),
]
