/*
 * RSA: signatures, right ones and such as are padded wrongly. The key pair is that of example 1 of
 * oaep-vect, the PSS key that of example 1 of pss-vect (RSA Laboratories' vectors for PKCS #1 v2.1).
 * What is wrong was signed with the private key as it is.
 */
#include "rsa_keys.h"
#include "table.h"

#define VERIFY (PSA_KEY_USAGE_VERIFY_MESSAGE)

/** Mbed TLS's answer to a number that is none of the key's, which the API calls a wrong signature. */
#define TOO_LARGE PSA_ERROR_INVALID_ARGUMENT

static const struct vector {
    const char *name;
    psa_algorithm_t alg;
    const char *key;
    const char *message;
    const char *signature;
    psa_status_t status;
} rows[] = {
    {"PKCS#1 v1.5 SHA-256: right", PSA_ALG_RSA_PKCS1V15_SIGN(PSA_ALG_SHA_256), PUBLIC,
     "73616d706c65",
     "302d8a187bce430f81f1cefc7b02dcfcd83a4264ec60221e4f97b6102bd391416dccaba26a4ea922"
     "ae1766b201092019c19d97bebd9cce242bbc307177efd19b18e3467ba70d5f630b0ee0cf1d4e25d6"
     "0d204592c7ca3dd96c485ff6736468f1fa49abb32294501b91e435bc219c9042829b312a47a4d3c8"
     "3cdbf04f4e338dea",
     PSA_SUCCESS},
    {"PKCS#1 v1.5 SHA-256: block type 2", PSA_ALG_RSA_PKCS1V15_SIGN(PSA_ALG_SHA_256), PUBLIC,
     "73616d706c65",
     "a3397c547a375ccedc32c0b04c7a7a991f701fe4428b4ca78e11673ba7a92bbb7b42c729ba3c86f6"
     "80df519d2b6fea18c8488561b73e2ccc39783bce7b1f185a5bb4c4e78ae07b763f622da05506bc2c"
     "7a84828f0faf54ed170f16181cb913d94f482d17041a896257b5dafa1946b5edf7435a11d7918aa6"
     "279a1a6306d7180b",
     PSA_ERROR_INVALID_SIGNATURE},
    {"PKCS#1 v1.5 SHA-256: block type 0", PSA_ALG_RSA_PKCS1V15_SIGN(PSA_ALG_SHA_256), PUBLIC,
     "73616d706c65",
     "3d063f1e3bfd7096e8acf4c37ae8a91f10894824ce6b5d6f2721e7c45676cbe53c2d9c807ee3e54f"
     "48015a6ed885b12c3643408de1d5a8a31143a137c38505d87b31ed8518fb177116b8cfe0b926979c"
     "9b1c8a5bcb6e0b23c507092d9186eca7fcb84b0c0bd64e3d84bda3826f028d80dfff28ff4203cd2f"
     "f73a80f6ccea3cdb",
     PSA_ERROR_INVALID_SIGNATURE},
    {"PKCS#1 v1.5 SHA-256: first byte 1", PSA_ALG_RSA_PKCS1V15_SIGN(PSA_ALG_SHA_256), PUBLIC,
     "73616d706c65",
     "32cdd5c147199f4ed75510f484577470d737130342f2c325e9077caf6d7edd758d02560335b3d177"
     "48154285c431f1382edad2500496d65596a8497aac056922a789ba546855d67db92b357b32f8e427"
     "78e1057d016efd7accf60ab3f2b36fa447e4da3129103cbb9f48ed817286405f36b15c8273404c78"
     "34ee023398841dff",
     PSA_ERROR_INVALID_SIGNATURE},
    {"PKCS#1 v1.5 SHA-256: a zero in the padding", PSA_ALG_RSA_PKCS1V15_SIGN(PSA_ALG_SHA_256),
     PUBLIC, "73616d706c65",
     "a7d915910bdffaa3aa8542a886e3dcbb0d210172fd7c1d35ba2e549e5c5acef3b090c65c319e7401"
     "4e96491f9b34f345f2af1da44ae828f1742eb3983d24e01184a5a1c3c531d2485121cbb09e4e14c3"
     "496756cddab8c05e3fd8b6832fac70ad2035488b83e363fe90cad8ec269ff61659a460f0a181d7a1"
     "1bb9a8be808637c4",
     PSA_ERROR_INVALID_SIGNATURE},
    {"PKCS#1 v1.5 SHA-256: no byte between", PSA_ALG_RSA_PKCS1V15_SIGN(PSA_ALG_SHA_256), PUBLIC,
     "73616d706c65",
     "0efdef33362dc8f8b849b2e74bd18e3fc1d5af121b80696540a424526121bfad1a2b18ea9507a4be"
     "e59fef851d705ceb290401e9146a8d52636c38dcf6eae8bafd0a3dc9e947f306d1f478dc29f349c0"
     "65c4620e7f7f75ab752becf3df8b769b7c3580ba077442270e9ac731c071fd6110ab62224ee93d47"
     "a5b68f5e6d2abc07",
     PSA_ERROR_INVALID_SIGNATURE},
    {"PKCS#1 v1.5 SHA-256: padding short, bytes behind the hash",
     PSA_ALG_RSA_PKCS1V15_SIGN(PSA_ALG_SHA_256), PUBLIC, "73616d706c65",
     "4be0af27a862c3bf2a385f24de6a0a8e7a74eae209cfe85b7069e07cbc105c69fe0b0317ac935ce4"
     "759cf641b6fa8776b5d4b52c9958c387c90ddcc33e6decf8a00425f454645cf72c6d3b8336977a0d"
     "1e967ef292dfb0250fabe308231da29327a7b9d03cf01c197875dc2aa2045a9ae20e6d777b1eaefb"
     "201c2b98ee33a92e",
     PSA_ERROR_INVALID_SIGNATURE},
    {"PKCS#1 v1.5 SHA-256: padding short, bytes before the hash",
     PSA_ALG_RSA_PKCS1V15_SIGN(PSA_ALG_SHA_256), PUBLIC, "73616d706c65",
     "1d2b033b6a54f5891674b9a33613e4b61b1f7e71ed19f0df551c089cb72a6b556ad0c992c0c866cf"
     "4f839574134e014c36d7e483e3652d120ccfb177644f5881e95bea743cad9b6a3541e1875564d524"
     "7287c50c01dc01310f97592cc7c08cc2b226ba42595c2cdbb42264b0ffa2a3487d06cc591dd54dcf"
     "af98b21aa48690fb",
     PSA_ERROR_INVALID_SIGNATURE},
    {"PKCS#1 v1.5 SHA-256: SHA-512 named", PSA_ALG_RSA_PKCS1V15_SIGN(PSA_ALG_SHA_256), PUBLIC,
     "73616d706c65",
     "289b185a34db2896cfb1c7096e6a9ac4c4e3dee6b20c847882608f94b4bb80d708952950a1cd63c6"
     "1fbb687a5ed0971c03bad610c68239fc20d642424864cc74b57bd5ddff81ba3d2a44028619a461ca"
     "13bddee67ad6b412d5324b0cdc914a227d7eecb1bbbaee3b639455e74951a167400ad0fd45a53df9"
     "0673e8e870b51ced",
     PSA_ERROR_INVALID_SIGNATURE},
    {"PKCS#1 v1.5 SHA-256: no parameters", PSA_ALG_RSA_PKCS1V15_SIGN(PSA_ALG_SHA_256), PUBLIC,
     "73616d706c65",
     "4a93e898c7e88e4e21ab31a6d8ce54cf1556aee1a5fb0181e2a68b9c765efde469bf39d8ea7e3251"
     "42f5003f9d38d597e0a31e14dbf155ecfeeed3c5bfa4e82bef2068e0c65ccedbbaa5a3c51da4af33"
     "d27fdaf6c12a9aac7474cea704ad0e59f707888d1d358f3812a0c53756af97842d277b2c5ce21ed6"
     "8a10884089065dc1",
     PSA_ERROR_INVALID_SIGNATURE},
    {"PKCS#1 v1.5 SHA-256: no DigestInfo", PSA_ALG_RSA_PKCS1V15_SIGN(PSA_ALG_SHA_256), PUBLIC,
     "73616d706c65",
     "0b1d479dbf712ffa6f065ad0d9e0a69a5c54c08d783296c6aa1af8f9feb231bd556a4ba3fc25b24a"
     "d7303b108160493d237e8675980de6c02f15081e92dfd478662973821a59898d892902ac97a04470"
     "226ac31e003e426965d9e46e48556315018e75a848f6083e166b1d717d6dd312ca13dc388437fb68"
     "16af18b3d48db923",
     PSA_ERROR_INVALID_SIGNATURE},
    {"PKCS#1 v1.5 SHA-256: length in long form", PSA_ALG_RSA_PKCS1V15_SIGN(PSA_ALG_SHA_256), PUBLIC,
     "73616d706c65",
     "4bb337178b51eccf6ba47ee12f292e61e3e4afaf1eb29ec9c3aa65a466f9b4339bb60e25fe7d3fd5"
     "23141dd026763d3952b1463e365294d3639086884600951e2e07cafeb2001ab57fb370b0573447ac"
     "6890830c39c8e545a1318a97406b26d7371e7d2a7f6d9d2259167abc42d7658f7cb36b4dfb0cc1c8"
     "6061c5e4537fd235",
     PSA_ERROR_INVALID_SIGNATURE},
    {"PKCS#1 v1.5 SHA-256: hash changed", PSA_ALG_RSA_PKCS1V15_SIGN(PSA_ALG_SHA_256), PUBLIC,
     "73616d706c65",
     "596ed64b3c1d24489285bed4d35e5ede139c1307a9629455ce656b2951a9a09c3dd3d57077aa4352"
     "333c33dc5dd4cb2bc47329fdf8f0b6150a780c6136dde967b8e178a8edc7f64905ce3d1bf036ffa7"
     "a22522f7fec1646fddbdef6ae4049bb826ab6cf3c5f3479d1b5eee94360af815a38021c74cd291c8"
     "037ecf1a38bf8301",
     PSA_ERROR_INVALID_SIGNATURE},
    {"PKCS#1 v1.5 SHA-256: hash short", PSA_ALG_RSA_PKCS1V15_SIGN(PSA_ALG_SHA_256), PUBLIC,
     "73616d706c65",
     "2e326b0b2054654b06422f12f163e84dc6240bb661d16e659334ae45d22f5beee06beb112e5919fd"
     "cf7ea5ca6f1190848083e283421086211ff52b537910f40a094206a05a885a88eff0cd1724c8bc97"
     "0849a2de83915a18502683798f0c3f423930c31c9c76c12063544eac71ce0fd2913919420111fb70"
     "2ba3e9df92d562d3",
     PSA_ERROR_INVALID_SIGNATURE},
    {"PKCS#1 v1.5 SHA-256: 0", PSA_ALG_RSA_PKCS1V15_SIGN(PSA_ALG_SHA_256), PUBLIC, "73616d706c65",
     "00000000000000000000000000000000000000000000000000000000000000000000000000000000"
     "00000000000000000000000000000000000000000000000000000000000000000000000000000000"
     "00000000000000000000000000000000000000000000000000000000000000000000000000000000"
     "0000000000000000",
     PSA_ERROR_INVALID_SIGNATURE},
    {"PKCS#1 v1.5 SHA-256: 1", PSA_ALG_RSA_PKCS1V15_SIGN(PSA_ALG_SHA_256), PUBLIC, "73616d706c65",
     "00000000000000000000000000000000000000000000000000000000000000000000000000000000"
     "00000000000000000000000000000000000000000000000000000000000000000000000000000000"
     "00000000000000000000000000000000000000000000000000000000000000000000000000000000"
     "0000000000000001",
     PSA_ERROR_INVALID_SIGNATURE},
    {"PKCS#1 v1.5 SHA-256: the modulus", PSA_ALG_RSA_PKCS1V15_SIGN(PSA_ALG_SHA_256), PUBLIC,
     "73616d706c65",
     "a8b3b284af8eb50b387034a860f146c4919f318763cd6c5598c8ae4811a1e0abc4c7e0b082d693a5"
     "e7fced675cf4668512772c0cbc64a742c6c630f533c8cc72f62ae833c40bf25842e984bb78bdbf97"
     "c0107d55bdb662f5c4e0fab9845cb5148ef7392dd3aaff93ae1e6b667bb3d4247616d4f5ba10d4cf"
     "d226de88d39f16fb",
     TOO_LARGE},
    {"PKCS#1 v1.5 SHA-256: all ones", PSA_ALG_RSA_PKCS1V15_SIGN(PSA_ALG_SHA_256), PUBLIC,
     "73616d706c65",
     "ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff"
     "ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff"
     "ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff"
     "ffffffffffffffff",
     TOO_LARGE},
    {"PKCS#1 v1.5 SHA-256: and the modulus", PSA_ALG_RSA_PKCS1V15_SIGN(PSA_ALG_SHA_256), PUBLIC,
     "73616d706c65",
     "d8e13c9d2b5cf81aba6203a4dbf423c169d973ec502d8e73e86064583d7571ed32948c52ed253cc8"
     "961454195dfd869ed414c3cb7a017566f2826166abb89e0e0f0e2eaf6b1951bb4df8658a960be56d"
     "cd30c2e88580a0cf31295aaff7c11e068940e4e0f63f4faf4002a1229d506466f8b2062001b5a898"
     "0f02ced821d2a4e5",
     TOO_LARGE},
    {"PKCS#1 v1.5 SHA-256: short by a byte", PSA_ALG_RSA_PKCS1V15_SIGN(PSA_ALG_SHA_256), PUBLIC,
     "73616d706c65",
     "302d8a187bce430f81f1cefc7b02dcfcd83a4264ec60221e4f97b6102bd391416dccaba26a4ea922"
     "ae1766b201092019c19d97bebd9cce242bbc307177efd19b18e3467ba70d5f630b0ee0cf1d4e25d6"
     "0d204592c7ca3dd96c485ff6736468f1fa49abb32294501b91e435bc219c9042829b312a47a4d3c8"
     "3cdbf04f4e338d",
     PSA_ERROR_INVALID_SIGNATURE},
    {"PKCS#1 v1.5 SHA-256: long by a byte", PSA_ALG_RSA_PKCS1V15_SIGN(PSA_ALG_SHA_256), PUBLIC,
     "73616d706c65",
     "302d8a187bce430f81f1cefc7b02dcfcd83a4264ec60221e4f97b6102bd391416dccaba26a4ea922"
     "ae1766b201092019c19d97bebd9cce242bbc307177efd19b18e3467ba70d5f630b0ee0cf1d4e25d6"
     "0d204592c7ca3dd96c485ff6736468f1fa49abb32294501b91e435bc219c9042829b312a47a4d3c8"
     "3cdbf04f4e338dea00",
     PSA_ERROR_INVALID_SIGNATURE},
    {"PKCS#1 v1.5 SHA-256: zero before it", PSA_ALG_RSA_PKCS1V15_SIGN(PSA_ALG_SHA_256), PUBLIC,
     "73616d706c65",
     "00302d8a187bce430f81f1cefc7b02dcfcd83a4264ec60221e4f97b6102bd391416dccaba26a4ea9"
     "22ae1766b201092019c19d97bebd9cce242bbc307177efd19b18e3467ba70d5f630b0ee0cf1d4e25"
     "d60d204592c7ca3dd96c485ff6736468f1fa49abb32294501b91e435bc219c9042829b312a47a4d3"
     "c83cdbf04f4e338dea",
     PSA_ERROR_INVALID_SIGNATURE},
    {"PKCS#1 v1.5 SHA-256: empty", PSA_ALG_RSA_PKCS1V15_SIGN(PSA_ALG_SHA_256), PUBLIC,
     "73616d706c65", "", PSA_ERROR_INVALID_SIGNATURE},
    {"PSS SHA-1: pss-vect 1.1", PSA_ALG_RSA_PSS(PSA_ALG_SHA_1), PSS_PUBLIC,
     "cdc87da223d786df3b45e0bbbc721326d1ee2af806cc315475cc6f0d9c66e1b62371d45ce2392e1a"
     "c92844c310102f156a0d8d52c1f4c40ba3aa65095786cb769757a6563ba958fed0bcc984e8b517a3"
     "d5f515b23b8a41e74aa867693f90dfb061a6e86dfaaee64472c00e5f20945729cbebe77f06ce78e0"
     "8f4098fba41f9d6193c0317e8b60d4b6084acb42d29e3808a3bc372d85e331170fcbf7cc72d0b71c"
     "296648b3a4d10f416295d0807aa625cab2744fd9ea8fd223c42537029828bd16be02546f130fd2e3"
     "3b936d2676e08aed1b73318b750a0167d0",
     "9074308fb598e9701b2294388e52f971faac2b60a5145af185df5287b5ed2887e57ce7fd44dc8634"
     "e407c8e0e4360bc226f3ec227f9d9e54638e8d31f5051215df6ebb9c2f9579aa77598a38f914b5b9"
     "c1bd83c4e2f9f382a0d0aa3542ffee65984a601bc69eb28deb27dca12c82c2d4c3f66cd500f1ff2b"
     "994d8a4e30cbb33c",
     PSA_SUCCESS},
    {"PSS SHA-1: message changed", PSA_ALG_RSA_PSS(PSA_ALG_SHA_1), PSS_PUBLIC,
     "cdc87da223d786df3b45e0bbbc721326d1ee2af806cc315475cc6f0d9c66e1b62371d45ce2392e1a"
     "c92844c310102f156a0d8d52c1f4c40ba3aa65095786cb769757a6563ba958fed0bcc984e8b517a3"
     "d5f515b23b8a41e74aa867693f90dfb061a6e86dfaaee64472c00e5f20945729cbebe77f06ce78e0"
     "8f4098fba41f9d6193c0317e8b60d4b6084acb42d29e3808a3bc372d85e331170fcbf7cc72d0b71c"
     "296648b3a4d10f416295d0807aa625cab2744fd9ea8fd223c42537029828bd16be02546f130fd2e3"
     "3b936d2676e08aed1b73318b750a0167d1",
     "9074308fb598e9701b2294388e52f971faac2b60a5145af185df5287b5ed2887e57ce7fd44dc8634"
     "e407c8e0e4360bc226f3ec227f9d9e54638e8d31f5051215df6ebb9c2f9579aa77598a38f914b5b9"
     "c1bd83c4e2f9f382a0d0aa3542ffee65984a601bc69eb28deb27dca12c82c2d4c3f66cd500f1ff2b"
     "994d8a4e30cbb33c",
     PSA_ERROR_INVALID_SIGNATURE},
    {"PSS SHA-1: changed", PSA_ALG_RSA_PSS(PSA_ALG_SHA_1), PSS_PUBLIC,
     "cdc87da223d786df3b45e0bbbc721326d1ee2af806cc315475cc6f0d9c66e1b62371d45ce2392e1a"
     "c92844c310102f156a0d8d52c1f4c40ba3aa65095786cb769757a6563ba958fed0bcc984e8b517a3"
     "d5f515b23b8a41e74aa867693f90dfb061a6e86dfaaee64472c00e5f20945729cbebe77f06ce78e0"
     "8f4098fba41f9d6193c0317e8b60d4b6084acb42d29e3808a3bc372d85e331170fcbf7cc72d0b71c"
     "296648b3a4d10f416295d0807aa625cab2744fd9ea8fd223c42537029828bd16be02546f130fd2e3"
     "3b936d2676e08aed1b73318b750a0167d0",
     "9074308fb598e9701b2294388e52f971faac2b60a5145af185df5287b5ed2887e57ce7fd44dc8634"
     "e407c8e0e4360bc226f3ec227f9d9e54638e8d31f5051215df6ebb9c2f9579aa77598a38f914b5b9"
     "c1bd83c4e2f9f382a0d0aa3542ffee65984a601bc69eb28deb27dca12c82c2d4c3f66cd500f1ff2b"
     "994d8a4e30cbb33d",
     PSA_ERROR_INVALID_SIGNATURE},
    {"PSS SHA-1: short by a byte", PSA_ALG_RSA_PSS(PSA_ALG_SHA_1), PSS_PUBLIC,
     "cdc87da223d786df3b45e0bbbc721326d1ee2af806cc315475cc6f0d9c66e1b62371d45ce2392e1a"
     "c92844c310102f156a0d8d52c1f4c40ba3aa65095786cb769757a6563ba958fed0bcc984e8b517a3"
     "d5f515b23b8a41e74aa867693f90dfb061a6e86dfaaee64472c00e5f20945729cbebe77f06ce78e0"
     "8f4098fba41f9d6193c0317e8b60d4b6084acb42d29e3808a3bc372d85e331170fcbf7cc72d0b71c"
     "296648b3a4d10f416295d0807aa625cab2744fd9ea8fd223c42537029828bd16be02546f130fd2e3"
     "3b936d2676e08aed1b73318b750a0167d0",
     "9074308fb598e9701b2294388e52f971faac2b60a5145af185df5287b5ed2887e57ce7fd44dc8634"
     "e407c8e0e4360bc226f3ec227f9d9e54638e8d31f5051215df6ebb9c2f9579aa77598a38f914b5b9"
     "c1bd83c4e2f9f382a0d0aa3542ffee65984a601bc69eb28deb27dca12c82c2d4c3f66cd500f1ff2b"
     "994d8a4e30cbb3",
     PSA_ERROR_INVALID_SIGNATURE},
    {"PSS SHA-256: right", PSA_ALG_RSA_PSS(PSA_ALG_SHA_256), PUBLIC, "73616d706c65",
     "8e4201c2dd522c740b2b333f8df025789ec62383a019617f93a47e2523958e98cd660a85faf4fbe2"
     "5000e3c08e5b3da5791e2e224fb4debd416ba9ed391b8d85d5e43e6e94e3097a4454556f277adc18"
     "2b458ada8fb522c506514faa5f5e81caff4aac9a6a71bc5077c4f87d57fa623bbff952998550ea6a"
     "db412aaf26ea7c2c",
     PSA_SUCCESS},
    {"PSS SHA-256: other trailer", PSA_ALG_RSA_PSS(PSA_ALG_SHA_256), PUBLIC, "73616d706c65",
     "489969b90113ed9650e5f1d3a1d94d5da31a0a046b9f4b7f67bf345d1254736100de22b9b86e0fcd"
     "262e5e0d856091d511524b9ae41f18739dceb717e2e31438e4db6e7660aa5207d7dd70c6925edb40"
     "1f2fff5ecbdf9ecd6c2b2251e96b38d586af0516f0acfa070345c3b24dba7afbdd120244fea3b411"
     "18084e612181fc5c",
     PSA_ERROR_INVALID_SIGNATURE},
    {"PSS SHA-256: no byte before the salt", PSA_ALG_RSA_PSS(PSA_ALG_SHA_256), PUBLIC,
     "73616d706c65",
     "6b30a8157aaf90e799211154e4311be980ec9ecc4596c06ede3a100071f71a0d6cd5a483ddb9f67c"
     "decbc5b02ce981172a3e0e52189efaf3ea5d5b673f39c1648f69832c346c3827e40a24d66218c47f"
     "4e022de01ee2e724febcbf85a7e5efc8aa7a7ce2c32e08adca231a335d68a85e13f1904b3045cd0f"
     "525a742acc6bd140",
     PSA_ERROR_INVALID_SIGNATURE},
    {"PSS SHA-256: byte 2 before the salt", PSA_ALG_RSA_PSS(PSA_ALG_SHA_256), PUBLIC,
     "73616d706c65",
     "655f4a0cbaf26d49d290f1b1ca88ec520ef8769e1cc433837ffdc56c22eeba5ed22da2b43f612835"
     "b15f7338c357bc46f14d9dd12b4592717f9a5e40813a3d0e80cc554fe42d8330bdd2e16aa98690aa"
     "a7bcd14c37b1d5359e5aa79b406ed4664279ac31b59130690d1be757761cc84ef6939444f4a4dbdc"
     "c0e7ee98352d042a",
     PSA_ERROR_INVALID_SIGNATURE},
    {"PSS SHA-256: padding is not 0", PSA_ALG_RSA_PSS(PSA_ALG_SHA_256), PUBLIC, "73616d706c65",
     "2ba988633fbf965d2dcaeee9fb328740f990f7e6c7da697396f812b81169f4ec3c4428aea26df5a9"
     "7b8bcbecd9be3354eb906ca92647db85f59722e0b29b3a6cd54dca9b03bd69f9e101d1ce8b600a34"
     "1889af3e66fa5133bde5e11269344e2b92a805eb60e64ced55115a2cbb500c7b9130c462d80cc749"
     "dfa3c7452def081a",
     PSA_ERROR_INVALID_SIGNATURE},
    {"PSS SHA-256: other hash", PSA_ALG_RSA_PSS(PSA_ALG_SHA_256), PUBLIC, "73616d706c65",
     "7087d4c38f98dc4819b641b399fe9b335b902c3ca99e6c6071bb4ee860131717be3049213c318f3d"
     "7c4d473e5b259cc156f20dfeb87c297c6cdd8daa3d25ced98c6ac5ea7b792ab839f7e39622d5267f"
     "d2e10db1a6f98fb4a0a351b07c4da6a6c897022c5b1ae1441891ed4b1ce529f863cf1a708af233c2"
     "eb67bca07ad14ef2",
     PSA_ERROR_INVALID_SIGNATURE},
    {"PSS SHA-256: salt of 31 bytes", PSA_ALG_RSA_PSS(PSA_ALG_SHA_256), PUBLIC, "73616d706c65",
     "06f22d4937bab51e3bb59c04e38bdbe6926181bb73f76b2d85046f6d06da484959f81f2f57981bbe"
     "4c8e569dddfa861026c773292785a18d7516387172ce195ef2efaddf5ecd66523048a9ad994f87a7"
     "30839909bb44a8ca9cf08805eb4ae8e51f832291c824f88b086455fdb6b81b3404a3f7c8a2301a39"
     "e187f04d73c27ecb",
     PSA_ERROR_INVALID_SIGNATURE},
    {"PSS SHA-256: no salt", PSA_ALG_RSA_PSS(PSA_ALG_SHA_256), PUBLIC, "73616d706c65",
     "9c0098cb628c54878871b907e98560353d34d484c3e2201fb1b2ec1874330f96800693685cc6c682"
     "7e92430ad4f912f7dbaf7f962bf1999283bd83df32d06763c199d20d92f2e1ac764ae7d0fe0d185c"
     "7ed03cd959368a3fc5d306ef65674b1723167ea26960d6bbed2d33476a5ac097eba6a1f02b79e141"
     "2f47fcc2fe42fab2",
     PSA_ERROR_INVALID_SIGNATURE},
    {"PSS any salt SHA-256: no salt", PSA_ALG_RSA_PSS_ANY_SALT(PSA_ALG_SHA_256), PUBLIC,
     "73616d706c65",
     "9c0098cb628c54878871b907e98560353d34d484c3e2201fb1b2ec1874330f96800693685cc6c682"
     "7e92430ad4f912f7dbaf7f962bf1999283bd83df32d06763c199d20d92f2e1ac764ae7d0fe0d185c"
     "7ed03cd959368a3fc5d306ef65674b1723167ea26960d6bbed2d33476a5ac097eba6a1f02b79e141"
     "2f47fcc2fe42fab2",
     PSA_SUCCESS},
    {"PSS any salt SHA-256: salt of 31 bytes", PSA_ALG_RSA_PSS_ANY_SALT(PSA_ALG_SHA_256), PUBLIC,
     "73616d706c65",
     "06f22d4937bab51e3bb59c04e38bdbe6926181bb73f76b2d85046f6d06da484959f81f2f57981bbe"
     "4c8e569dddfa861026c773292785a18d7516387172ce195ef2efaddf5ecd66523048a9ad994f87a7"
     "30839909bb44a8ca9cf08805eb4ae8e51f832291c824f88b086455fdb6b81b3404a3f7c8a2301a39"
     "e187f04d73c27ecb",
     PSA_SUCCESS},
    {"PSS any salt SHA-256: other trailer", PSA_ALG_RSA_PSS_ANY_SALT(PSA_ALG_SHA_256), PUBLIC,
     "73616d706c65",
     "489969b90113ed9650e5f1d3a1d94d5da31a0a046b9f4b7f67bf345d1254736100de22b9b86e0fcd"
     "262e5e0d856091d511524b9ae41f18739dceb717e2e31438e4db6e7660aa5207d7dd70c6925edb40"
     "1f2fff5ecbdf9ecd6c2b2251e96b38d586af0516f0acfa070345c3b24dba7afbdd120244fea3b411"
     "18084e612181fc5c",
     PSA_ERROR_INVALID_SIGNATURE},
    {"PSS SHA-256: top bit set", PSA_ALG_RSA_PSS(PSA_ALG_SHA_256), PUBLIC, "73616d706c65",
     "5e5ab826d7495def3dca992480a2853cb25cfd2250704c0618322b1b2c925d2d1da7814979b1c5f2"
     "889fc9dabb371ca54867e4fed60d425b1938a43f8c7e8bbfeff0aafa04e6d69d1297884148652afd"
     "22824f8d8056a687c7f4a01e2cf99aaada261e1299be030f5d52e232bddca565a4b6830f6e300075"
     "0cee3d5017a0c8e2",
     TOO_LARGE},
};

/** The pair makes the first row's signature again, and verifies its own of either kind. */
static void sign(void)
{
    static struct bytes value;
    static struct bytes signature;
    static const psa_algorithm_t algs[] = {PSA_ALG_RSA_PKCS1V15_SIGN(PSA_ALG_SHA_256),
                                           PSA_ALG_RSA_PSS(PSA_ALG_SHA_256)};
    const uint8_t *sample = (const uint8_t *)"sample";
    vectors_read(&value, PAIR);
    vectors_read(&signature, rows[0].signature);
    for (size_t i = 0; i < VECTORS_COUNT_OF(algs); i++) {
        psa_key_id_t key = 0;
        OK("RSA signs", vectors_import(PSA_KEY_TYPE_RSA_KEY_PAIR,
                                       PSA_KEY_USAGE_SIGN_MESSAGE | PSA_KEY_USAGE_VERIFY_MESSAGE,
                                       algs[i], &value, &key));
        OK("RSA signs", psa_sign_message(key, algs[i], sample, 6, vectors_out, sizeof vectors_out,
                                         &vectors_len));
        OK("RSA signs", psa_verify_message(key, algs[i], sample, 6, vectors_out, vectors_len));
        if (i == 0) {
            vectors_equal("RSA signs", &signature, vectors_out, vectors_len);
        }
        OK("RSA signs", psa_destroy_key(key));
    }
}

void vectors_rsa_verify(void)
{
    static struct bytes value;
    static struct bytes message;
    static struct bytes signature;
    for (size_t i = 0; i < VECTORS_COUNT_OF(rows); i++) {
        const struct vector *row = &rows[i];
        const char *status = row->status == PSA_SUCCESS ? "right" : "wrong";
        psa_key_id_t key = 0;
        vectors_tell((const char *[]){"rsa verify", row->name, row->key, row->message,
                                      row->signature, status, NULL});
        vectors_read(&value, row->key);
        vectors_read(&message, row->message);
        vectors_read(&signature, row->signature);
        const psa_status_t import =
            vectors_import(PSA_KEY_TYPE_RSA_PUBLIC_KEY, VERIFY, row->alg, &value, &key);
        const psa_status_t verified = psa_verify_message(key, row->alg, message.data, message.len,
                                                         signature.data, signature.len);
        if (vectors_absent(false)) {
            vectors_refused(row->name, import, verified);
            continue;
        }
        OK(row->name, import);
        vectors_status(row->name, "verify", row->status, verified);
        OK(row->name, psa_destroy_key(key));
    }
    if (!vectors.medium) {
        sign();
    }
}
