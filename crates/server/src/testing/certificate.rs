//! A certificate that no authority has signed, and its key.

/// A certificate for localhost and 127.0.0.1, signed by its own key; for tests only.
pub const CERT_PEM: &str = "\
-----BEGIN CERTIFICATE-----\n\
MIIBQzCB66ADAgECAgEBMAoGCCqGSM49BAMCMBQxEjAQBgNVBAMMCWxvY2FsaG9z\n\
dDAgFw0yMDAxMDEwMDAwMDBaGA8yMDk5MTIzMTAwMDAwMFowFDESMBAGA1UEAwwJ\n\
bG9jYWxob3N0MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAEqZFdVJ8wNP9pGKGO\n\
79nKLNwau+KgyD/Q+SNxO3NQBmTaBFJoMbMyns7ws41B8r0SJ0MlnH7AUohVPVja\n\
UlWuXKMsMCowGgYDVR0RBBMwEYIJbG9jYWxob3N0hwR/AAABMAwGA1UdEwEB/wQC\n\
MAAwCgYIKoZIzj0EAwIDRwAwRAIgYcffDyg1G6/MAXpSvnK8+n4QoOszXAII6WYq\n\
cvVlhDgCIDSI+OuuUUnowZhg27ridNdQWBrZtyhdaljBhtRLBqBc\n\
-----END CERTIFICATE-----\n";

pub const KEY_PEM: &str = "\
-----BEGIN PRIVATE KEY-----\n\
MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQg6u5XiI8VBbRPd+3k\n\
SZO2JxO20gQy8cKbCkHxz3L79UahRANCAASpkV1UnzA0/2kYoY7v2cos3Bq74qDI\n\
P9D5I3E7c1AGZNoEUmgxszKezvCzjUHyvRInQyWcfsBSiFU9WNpSVa5c\n\
-----END PRIVATE KEY-----\n";
