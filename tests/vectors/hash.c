/*
 * Message digests: FIPS 180-4, FIPS 202, RFC 1321, and the RIPEMD-160 paper's examples.
 */
#include "table.h"

static const struct vector {
    const char *name;
    psa_algorithm_t alg;
    bool medium;
    const char *message;
    const char *hash;
} rows[] = {
    {"MD5 empty", PSA_ALG_MD5, false, "", "d41d8cd98f00b204e9800998ecf8427e"},
    {"MD5 abc", PSA_ALG_MD5, false, "616263", "900150983cd24fb0d6963f7d28e17f72"},
    {"MD5 448 bits", PSA_ALG_MD5, false,
     "6162636462636465636465666465666765666768666768696768696a68696a6b696a6b6c6a6b6c6d"
     "6b6c6d6e6c6d6e6f6d6e6f706e6f7071",
     "8215ef0796a20bcaaae116d3876c664a"},
    {"RIPEMD-160 empty", PSA_ALG_RIPEMD160, false, "", "9c1185a5c5e9fc54612808977ee8f548b2258d31"},
    {"RIPEMD-160 abc", PSA_ALG_RIPEMD160, false, "616263",
     "8eb208f7e05d987a9b044a8e98c6b087f15a0bfc"},
    {"RIPEMD-160 448 bits", PSA_ALG_RIPEMD160, false,
     "6162636462636465636465666465666765666768666768696768696a68696a6b696a6b6c6a6b6c6d"
     "6b6c6d6e6c6d6e6f6d6e6f706e6f7071",
     "12a053384a9c0c88e405a06c27dcf49ada62eb2b"},
    {"SHA-1 empty", PSA_ALG_SHA_1, false, "", "da39a3ee5e6b4b0d3255bfef95601890afd80709"},
    {"SHA-1 abc", PSA_ALG_SHA_1, false, "616263", "a9993e364706816aba3e25717850c26c9cd0d89d"},
    {"SHA-1 448 bits", PSA_ALG_SHA_1, false,
     "6162636462636465636465666465666765666768666768696768696a68696a6b696a6b6c6a6b6c6d"
     "6b6c6d6e6c6d6e6f6d6e6f706e6f7071",
     "84983e441c3bd26ebaae4aa1f95129e5e54670f1"},
    {"SHA-224 empty", PSA_ALG_SHA_224, true, "",
     "d14a028c2a3a2bc9476102bb288234c415a2b01f828ea62ac5b3e42f"},
    {"SHA-224 abc", PSA_ALG_SHA_224, true, "616263",
     "23097d223405d8228642a477bda255b32aadbce4bda0b3f7e36c9da7"},
    {"SHA-224 448 bits", PSA_ALG_SHA_224, true,
     "6162636462636465636465666465666765666768666768696768696a68696a6b696a6b6c6a6b6c6d"
     "6b6c6d6e6c6d6e6f6d6e6f706e6f7071",
     "75388b16512776cc5dba5da1fd890150b0c6455cb4f58b1952522525"},
    {"SHA-256 empty", PSA_ALG_SHA_256, true, "",
     "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"},
    {"SHA-256 abc", PSA_ALG_SHA_256, true, "616263",
     "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"},
    {"SHA-256 448 bits", PSA_ALG_SHA_256, true,
     "6162636462636465636465666465666765666768666768696768696a68696a6b696a6b6c6a6b6c6d"
     "6b6c6d6e6c6d6e6f6d6e6f706e6f7071",
     "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1"},
    {"SHA-384 empty", PSA_ALG_SHA_384, false, "",
     "38b060a751ac96384cd9327eb1b1e36a21fdb71114be07434c0cc7bf63f6e1da274edebfe76f65fb"
     "d51ad2f14898b95b"},
    {"SHA-384 abc", PSA_ALG_SHA_384, false, "616263",
     "cb00753f45a35e8bb5a03d699ac65007272c32ab0eded1631a8b605a43ff5bed8086072ba1e7cc23"
     "58baeca134c825a7"},
    {"SHA-384 448 bits", PSA_ALG_SHA_384, false,
     "6162636462636465636465666465666765666768666768696768696a68696a6b696a6b6c6a6b6c6d"
     "6b6c6d6e6c6d6e6f6d6e6f706e6f7071",
     "3391fdddfc8dc7393707a65b1b4709397cf8b1d162af05abfe8f450de5f36bc6b0455a8520bc4e6f"
     "5fe95b1fe3c8452b"},
    {"SHA-384 896 bits", PSA_ALG_SHA_384, false,
     "61626364656667686263646566676869636465666768696a6465666768696a6b65666768696a6b6c"
     "666768696a6b6c6d6768696a6b6c6d6e68696a6b6c6d6e6f696a6b6c6d6e6f706a6b6c6d6e6f7071"
     "6b6c6d6e6f7071726c6d6e6f707172736d6e6f70717273746e6f707172737475",
     "09330c33f71147e83d192fc782cd1b4753111b173b3b05d22fa08086e3b0f712fcc7c71a557e2db9"
     "66c3e9fa91746039"},
    {"SHA-512 empty", PSA_ALG_SHA_512, false, "",
     "cf83e1357eefb8bdf1542850d66d8007d620e4050b5715dc83f4a921d36ce9ce47d0d13c5d85f2b0"
     "ff8318d2877eec2f63b931bd47417a81a538327af927da3e"},
    {"SHA-512 abc", PSA_ALG_SHA_512, false, "616263",
     "ddaf35a193617abacc417349ae20413112e6fa4e89a97ea20a9eeee64b55d39a2192992a274fc1a8"
     "36ba3c23a3feebbd454d4423643ce80e2a9ac94fa54ca49f"},
    {"SHA-512 448 bits", PSA_ALG_SHA_512, false,
     "6162636462636465636465666465666765666768666768696768696a68696a6b696a6b6c6a6b6c6d"
     "6b6c6d6e6c6d6e6f6d6e6f706e6f7071",
     "204a8fc6dda82f0a0ced7beb8e08a41657c16ef468b228a8279be331a703c33596fd15c13b1b07f9"
     "aa1d3bea57789ca031ad85c7a71dd70354ec631238ca3445"},
    {"SHA-512 896 bits", PSA_ALG_SHA_512, false,
     "61626364656667686263646566676869636465666768696a6465666768696a6b65666768696a6b6c"
     "666768696a6b6c6d6768696a6b6c6d6e68696a6b6c6d6e6f696a6b6c6d6e6f706a6b6c6d6e6f7071"
     "6b6c6d6e6f7071726c6d6e6f707172736d6e6f70717273746e6f707172737475",
     "8e959b75dae313da8cf4f72814fc143f8f7779c6eb9f7fa17299aeadb6889018501d289e4900f7e4"
     "331b99dec4b5433ac7d329eeb6dd26545e96e55b874be909"},
    {"SHA3-224 empty", PSA_ALG_SHA3_224, false, "",
     "6b4e03423667dbb73b6e15454f0eb1abd4597f9a1b078e3f5b5a6bc7"},
    {"SHA3-224 abc", PSA_ALG_SHA3_224, false, "616263",
     "e642824c3f8cf24ad09234ee7d3c766fc9a3a5168d0c94ad73b46fdf"},
    {"SHA3-224 448 bits", PSA_ALG_SHA3_224, false,
     "6162636462636465636465666465666765666768666768696768696a68696a6b696a6b6c6a6b6c6d"
     "6b6c6d6e6c6d6e6f6d6e6f706e6f7071",
     "8a24108b154ada21c9fd5574494479ba5c7e7ab76ef264ead0fcce33"},
    {"SHA3-224 896 bits", PSA_ALG_SHA3_224, false,
     "61626364656667686263646566676869636465666768696a6465666768696a6b65666768696a6b6c"
     "666768696a6b6c6d6768696a6b6c6d6e68696a6b6c6d6e6f696a6b6c6d6e6f706a6b6c6d6e6f7071"
     "6b6c6d6e6f7071726c6d6e6f707172736d6e6f70717273746e6f707172737475",
     "543e6868e1666c1a643630df77367ae5a62a85070a51c14cbf665cbc"},
    {"SHA3-256 empty", PSA_ALG_SHA3_256, false, "",
     "a7ffc6f8bf1ed76651c14756a061d662f580ff4de43b49fa82d80a4b80f8434a"},
    {"SHA3-256 abc", PSA_ALG_SHA3_256, false, "616263",
     "3a985da74fe225b2045c172d6bd390bd855f086e3e9d525b46bfe24511431532"},
    {"SHA3-256 448 bits", PSA_ALG_SHA3_256, false,
     "6162636462636465636465666465666765666768666768696768696a68696a6b696a6b6c6a6b6c6d"
     "6b6c6d6e6c6d6e6f6d6e6f706e6f7071",
     "41c0dba2a9d6240849100376a8235e2c82e1b9998a999e21db32dd97496d3376"},
    {"SHA3-256 896 bits", PSA_ALG_SHA3_256, false,
     "61626364656667686263646566676869636465666768696a6465666768696a6b65666768696a6b6c"
     "666768696a6b6c6d6768696a6b6c6d6e68696a6b6c6d6e6f696a6b6c6d6e6f706a6b6c6d6e6f7071"
     "6b6c6d6e6f7071726c6d6e6f707172736d6e6f70717273746e6f707172737475",
     "916f6061fe879741ca6469b43971dfdb28b1a32dc36cb3254e812be27aad1d18"},
    {"SHA3-384 empty", PSA_ALG_SHA3_384, false, "",
     "0c63a75b845e4f7d01107d852e4c2485c51a50aaaa94fc61995e71bbee983a2ac3713831264adb47"
     "fb6bd1e058d5f004"},
    {"SHA3-384 abc", PSA_ALG_SHA3_384, false, "616263",
     "ec01498288516fc926459f58e2c6ad8df9b473cb0fc08c2596da7cf0e49be4b298d88cea927ac7f5"
     "39f1edf228376d25"},
    {"SHA3-384 448 bits", PSA_ALG_SHA3_384, false,
     "6162636462636465636465666465666765666768666768696768696a68696a6b696a6b6c6a6b6c6d"
     "6b6c6d6e6c6d6e6f6d6e6f706e6f7071",
     "991c665755eb3a4b6bbdfb75c78a492e8c56a22c5c4d7e429bfdbc32b9d4ad5aa04a1f076e62fea1"
     "9eef51acd0657c22"},
    {"SHA3-384 896 bits", PSA_ALG_SHA3_384, false,
     "61626364656667686263646566676869636465666768696a6465666768696a6b65666768696a6b6c"
     "666768696a6b6c6d6768696a6b6c6d6e68696a6b6c6d6e6f696a6b6c6d6e6f706a6b6c6d6e6f7071"
     "6b6c6d6e6f7071726c6d6e6f707172736d6e6f70717273746e6f707172737475",
     "79407d3b5916b59c3e30b09822974791c313fb9ecc849e406f23592d04f625dc8c709b98b43b3852"
     "b337216179aa7fc7"},
    {"SHA3-512 empty", PSA_ALG_SHA3_512, false, "",
     "a69f73cca23a9ac5c8b567dc185a756e97c982164fe25859e0d1dcc1475c80a615b2123af1f5f94c"
     "11e3e9402c3ac558f500199d95b6d3e301758586281dcd26"},
    {"SHA3-512 abc", PSA_ALG_SHA3_512, false, "616263",
     "b751850b1a57168a5693cd924b6b096e08f621827444f70d884f5d0240d2712e10e116e9192af3c9"
     "1a7ec57647e3934057340b4cf408d5a56592f8274eec53f0"},
    {"SHA3-512 448 bits", PSA_ALG_SHA3_512, false,
     "6162636462636465636465666465666765666768666768696768696a68696a6b696a6b6c6a6b6c6d"
     "6b6c6d6e6c6d6e6f6d6e6f706e6f7071",
     "04a371e84ecfb5b8b77cb48610fca8182dd457ce6f326a0fd3d7ec2f1e91636dee691fbe0c985302"
     "ba1b0d8dc78c086346b533b49c030d99a27daf1139d6e75e"},
    {"SHA3-512 896 bits", PSA_ALG_SHA3_512, false,
     "61626364656667686263646566676869636465666768696a6465666768696a6b65666768696a6b6c"
     "666768696a6b6c6d6768696a6b6c6d6e68696a6b6c6d6e6f696a6b6c6d6e6f706a6b6c6d6e6f7071"
     "6b6c6d6e6f7071726c6d6e6f707172736d6e6f70717273746e6f707172737475",
     "afebb2ef542e6579c50cad06d2e578f9f8dd6881d7dc824d26360feebf18a4fa73e3261122948efc"
     "fd492e74e82e2189ed0fb440d187f382270cb455f21dd185"},
};

static void in_parts(const struct vector *row, const struct bytes *message,
                     const struct bytes *hash)
{
    for (size_t cut = 0; cut <= message->len; cut += 19) {
        psa_hash_operation_t operation = PSA_HASH_OPERATION_INIT;
        OK(row->name, psa_hash_setup(&operation, row->alg));
        OK(row->name, psa_hash_update(&operation, message->data, cut));
        OK(row->name, psa_hash_update(&operation, message->data + cut, message->len - cut));
        OK(row->name, psa_hash_finish(&operation, vectors_out, hash->len, &vectors_len));
        vectors_equal(row->name, hash, vectors_out, vectors_len);
    }
}

/** Each byte changed, and every other length: a hash is compared whole. */
static void changed(const struct vector *row, const struct bytes *message, struct bytes *hash)
{
    const size_t len = hash->len;
    for (size_t i = 0; i < len; i++) {
        hash->data[i] ^= 1u << (i % 8);
        CHECK(row->name, PSA_ERROR_INVALID_SIGNATURE,
              psa_hash_compare(row->alg, message->data, message->len, hash->data, len));
        hash->data[i] ^= 1u << (i % 8);
    }
    hash->data[len] = 0;
    for (size_t cut = 0; cut <= len + 1; cut += cut == 0 ? len - 1 : 1) {
        CHECK(row->name, cut == len ? PSA_SUCCESS : PSA_ERROR_INVALID_SIGNATURE,
              psa_hash_compare(row->alg, message->data, message->len, hash->data, cut));
    }
}

void vectors_hash(void)
{
    static struct bytes message;
    static struct bytes hash;
    for (size_t i = 0; i < VECTORS_COUNT_OF(rows); i++) {
        const struct vector *row = &rows[i];
        vectors_tell((const char *[]){"hash", row->name, row->message, row->hash, NULL});
        vectors_read(&message, row->message);
        vectors_read(&hash, row->hash);
        const psa_status_t status = psa_hash_compute(row->alg, message.data, message.len,
                                                     vectors_out, sizeof vectors_out, &vectors_len);
        if (vectors_absent(row->medium)) {
            vectors_refused(row->name, PSA_SUCCESS, status);
            continue;
        }
        OK(row->name, status);
        vectors_equal(row->name, &hash, vectors_out, vectors_len);
        CHECK(row->name, PSA_ERROR_BUFFER_TOO_SMALL,
              psa_hash_compute(row->alg, message.data, message.len, vectors_out, hash.len - 1,
                               &vectors_len));
        in_parts(row, &message, &hash);
        changed(row, &message, &hash);
    }
}
