#!/usr/bin/env python3
"""Compares the calls of tests/vectors with the documentation in the headers of PSA Crypto, as a client
sees them: each function is called, each answer it documents is met, and no other is.

usage: test_api_documented.py VECTORS VECTORS-WITHOUT-SERVICES COMPILER...
"""

import collections
import os
import re
import subprocess
import sys

# Documented for nearly every function, and not asked of each: broken hardware and broken storage, which
# an application cannot bring about (tests of the service, the store and the drivers do: tests/unit,
# tests/system/test_crypto_answers.c).
NOT_AN_APPLICATIONS = {'CORRUPTION_DETECTED', 'HARDWARE_FAILURE', 'STORAGE_FAILURE', 'DATA_CORRUPT',
                       'DATA_INVALID', 'INSUFFICIENT_ENTROPY'}

# What is answered when the service is not there any more, and then by each function that asks it.
LOST = 'COMMUNICATION_FAILURE'

# Functions for drivers of Mbed TLS; the service's own, not its clients'.
NOT_FOR_CLIENTS = 'psa_crypto_driver_'

HAS_ITS_MEMORY = 'what it needs it had when it was set up, or is on the stack'
# Documented, but no application can bring it about here.
NEVER = {
    'INSUFFICIENT_STORAGE': {
        'it stores nothing': 'psa_crypto_init',
    },
    'INSUFFICIENT_MEMORY': {
        HAS_ITS_MEMORY: '''psa_aead_finish psa_aead_generate_nonce psa_aead_set_lengths
            psa_aead_set_nonce psa_aead_update psa_aead_update_ad psa_aead_verify psa_cipher_decrypt
            psa_cipher_encrypt psa_cipher_finish psa_cipher_generate_iv psa_cipher_set_iv
            psa_cipher_update psa_crypto_init psa_export_key psa_export_public_key
            psa_generate_random psa_get_key_attributes psa_hash_compare psa_hash_compute
            psa_hash_finish psa_hash_update psa_hash_verify psa_key_derivation_input_integer
            psa_key_derivation_input_key psa_key_derivation_output_bytes
            psa_key_derivation_verify_key psa_mac_compute psa_mac_sign_finish psa_mac_update
            psa_mac_verify psa_mac_verify_finish psa_open_key psa_pake_get_implicit_key
            psa_pake_output psa_sign_hash_complete psa_sign_message psa_verify_hash_complete
            psa_verify_message''',
    },
    'NOT_SUPPORTED': {
        'all that is asked for is there': 'psa_generate_random',
        'the setup has refused it': 'psa_key_derivation_key_agreement',
        'a key that can be exported is of a type that is there':
            'psa_export_key psa_export_public_key',
        'what has begun is supported':
            '''psa_sign_hash_abort psa_sign_hash_complete psa_verify_hash_abort
            psa_verify_hash_complete psa_pake_input psa_pake_get_implicit_key psa_pake_set_peer
            psa_pake_set_role psa_pake_set_user psa_pake_set_password_key''',
        'the suite is looked at with the first message': 'psa_pake_setup',
    },
    'BUFFER_TOO_SMALL': {
        'nothing of a plaintext is held back': 'psa_aead_verify',
    },
    'INVALID_ARGUMENT': {
        'there is no generator to be told anything': 'psa_random_set_prediction_resistance',
        'what has begun has right arguments':
            'psa_sign_hash_complete psa_verify_hash_complete',
        'an id out of range does not exist': 'psa_open_key',
        'a key that does not exist is an invalid handle': 'psa_purge_key',
    },
    'NOT_PERMITTED': {
        'no key is there that another one made': 'psa_open_key',
        'no key is made that cannot be destroyed': 'psa_destroy_key',
        'an operation has one secret, as a key or as bytes':
            '''psa_key_derivation_output_bytes psa_key_derivation_verify_bytes''',
    },
    'INVALID_HANDLE': {
        'the key is not needed any more': 'psa_verify_hash_complete',
    },
    'INVALID_SIGNATURE': {
        'Mbed TLS answers that the data are invalid': 'psa_pake_input',
    },
    'SUCCESS': {
        'there is no generator to be told anything': '''psa_random_deplete psa_random_reseed
            psa_random_set_prediction_resistance''',
    },
}

# Answered, but not documented by Mbed TLS's header: by the API's text, or by the service.
ALSO = {
    'psa_cipher_decrypt': {'INVALID_PADDING'},
    'psa_purge_key': {'INVALID_HANDLE', 'COMMUNICATION_FAILURE'},
    'psa_sign_hash_abort': {'COMMUNICATION_FAILURE'},
    'psa_verify_hash_abort': {'COMMUNICATION_FAILURE'},
    'psa_verify_hash_start': {'INVALID_HANDLE', 'INVALID_SIGNATURE'},
    'psa_pake_set_user': {'BAD_STATE'},
}

# psa/crypto_1_2.h refers to two other functions.
OTHERS = {'psa_key_agreement': ('psa_raw_key_agreement', 'psa_import_key')}
OTHERS_NOT = {'psa_key_agreement': {'BUFFER_TOO_SMALL', 'NOT_SUPPORTED'}}

STATUS = re.compile(r'#define\s+PSA_(?:ERROR_)?(\w+)\s+\(\(psa_status_t\)\s*(-?\d+)\)')
PROTOTYPE = re.compile(r'/\*\*((?:[^*]|\*(?!/))*)\*/\s*([^;{}#/]*?\b(psa_\w+)\s*\(([^;{]*)\)\s*;)', re.S)
RETVAL = re.compile(r'\\retval\s+#?PSA_(?:ERROR_)?(\w+)')


def preprocessed(compiler, *options):
    source = '#include <psa/crypto.h>\n#include <psa/crypto_1_2.h>\n'
    return subprocess.run([*compiler, *options, '-E', '-x', 'c', '-'], input=source, text=True,
                          stdout=subprocess.PIPE, check=True).stdout


def documented(compiler):
    """Of each function, which answers are documented and may come."""
    text = re.sub(r'^# \d+ .*\n', '', preprocessed(compiler, '-C'), flags=re.M)
    found = {}
    for comment, declaration, name, parameters in PROTOTYPE.findall(text):
        if 'static' in declaration or name.startswith(NOT_FOR_CLIENTS):
            continue
        answers = set(RETVAL.findall(comment)) - NOT_AN_APPLICATIONS
        # Without an operation it would say that the library has not begun, which it always has; and
        # what is aborted may be in any state.
        if 'operation_t' not in parameters or name.endswith('_abort'):
            answers.discard('BAD_STATE')
        if not answers and not declaration.startswith('psa_status_t'):
            answers = None
        found[name] = answers
    for name, others in OTHERS.items():
        found[name] = set.union(*(found[other] for other in others)) - OTHERS_NOT[name]
    return found


def called(vectors, names, **variables):
    """Of each function, which answers were met; names are those of statuses."""
    output = subprocess.run([vectors], env=dict(os.environ, **variables), text=True,
                            stdout=subprocess.PIPE, check=False).stdout
    found = collections.defaultdict(set)
    for function, status in re.findall(r'^call (\w+) (-?\d+)$', output, re.M):
        found[function].add(names.get(int(status), status))
    return found


def complaints(wanted, met):
    never = {(name, answer) for answer, reasons in NEVER.items() for names in reasons.values()
             for name in names.split()}
    for name, answers in sorted(wanted.items()):
        if name not in met:
            yield '%s is never called' % name
        elif answers is not None:
            for answer in sorted(answers - met[name]):
                if (name, answer) not in never:
                    yield '%s never answers %s' % (name, answer)
            for answer in sorted(met[name] - answers - ALSO.get(name, set()) - NOT_AN_APPLICATIONS):
                yield '%s answers %s, which is not documented' % (name, answer)
    for name, answer in sorted(never):
        if name not in wanted:
            yield '%s is in the list of exceptions and not in the headers' % name
        elif answer in met[name]:
            yield '%s answers %s, although it is in the list of exceptions' % (name, answer)
        elif answer not in (wanted[name] or ()):
            yield '%s does not document %s, although it is in the list of exceptions' % (
                name, answer)
    for name in sorted(set(met) - set(wanted)):
        yield '%s is called, but not declared' % name


def main(vectors, without_services, *compiler):
    names = {int(value): name for name, value in STATUS.findall(preprocessed(compiler, '-dM'))}
    wanted = documented(compiler)
    met = called(vectors, names)
    for variables in ({}, {'LOST_LATER': 'yes'}):
        for function, answers in called(without_services, names, **variables).items():
            met[function] |= answers & {LOST}
    found = list(complaints(wanted, met))
    if len(wanted) < 90 or found:
        sys.exit('\n'.join(found or ['only %d functions are declared' % len(wanted)]))
    print('%d functions, %d answers' % (len(wanted), sum(map(len, met.values()))))


if __name__ == '__main__':
    main(*sys.argv[1:])
