const GIVE_THE_CA = 'Give the certificate authority in the TLS settings of the connection.';

const PROBLEMS: Readonly<Record<string, string>> = {
    CERT_HAS_EXPIRED: 'its certificate has expired. It has to be renewed on the server.',
    CERT_NOT_YET_VALID: 'its certificate is not valid yet. Check the clocks of both sides.',
    CERT_REVOKED: 'its certificate was revoked. It has to be replaced on the server.',
    CRL_HAS_EXPIRED: 'the revocation list of its certificate authority has expired.',
    DEPTH_ZERO_SELF_SIGNED_CERT: `its certificate is self-signed. ${GIVE_THE_CA}`,
    SELF_SIGNED_CERT_IN_CHAIN: `its certificate comes from an authority of your own. ${GIVE_THE_CA}`,
    UNABLE_TO_GET_ISSUER_CERT: `its certificate comes from an unknown authority. ${GIVE_THE_CA}`,
    UNABLE_TO_GET_ISSUER_CERT_LOCALLY: `its certificate comes from an unknown authority. ${GIVE_THE_CA}`,
    UNABLE_TO_VERIFY_LEAF_SIGNATURE: `its certificate comes from an unknown authority, or the server leaves out an intermediate certificate. ${GIVE_THE_CA}`,
    CERT_UNTRUSTED: `its certificate is not trusted. ${GIVE_THE_CA}`,
    CERT_REJECTED: `its certificate is not trusted. ${GIVE_THE_CA}`,
    INVALID_CA: `the authority of its certificate is not allowed to issue certificates. ${GIVE_THE_CA}`,
    INVALID_PURPOSE: 'its certificate was not made for servers.',
    PATH_LENGTH_EXCEEDED: 'the chain of its certificate is longer than its authority allows.',
    CERT_CHAIN_TOO_LONG: 'the chain of its certificate is too long.',
    UNABLE_TO_DECRYPT_CERT_SIGNATURE: 'the signature of its certificate cannot be read.',
    CERT_SIGNATURE_FAILURE: 'the signature of its certificate is wrong.',
    ERR_TLS_CERT_ALTNAME_INVALID:
        'its certificate was issued for another host name. Use the name in the certificate, or set it as server name in the TLS settings.',
    HOSTNAME_MISMATCH:
        'its certificate was issued for another host name. Use the name in the certificate, or set it as server name in the TLS settings.',
    ERR_OSSL_X509_KEY_VALUES_MISMATCH: 'the private key in the TLS settings does not belong to the certificate there.',
    ERR_OSSL_BAD_DECRYPT: 'the passphrase in the TLS settings does not open the private key.',
};

/**
 * What is wrong with a secure connection, for people, or null when the failure has nothing to do with it.
 *
 * @param code of Node.js or OpenSSL
 * @param text message of the error, which names the TLS alert where the code does not
 */
export function certificateProblem(code: string, text: string): string | null {
    const known = PROBLEMS[code];
    if (known !== undefined) {
        return known;
    }
    if (/CERTIFICATE_REQUIRED|certificate required/i.test(`${code} ${text}`)) {
        return 'the server wants a client certificate. Give certificate and key in the TLS settings of the connection.';
    }
    if (/WRONG_VERSION_NUMBER|wrong version number|PACKET_LENGTH_TOO_LONG/i.test(`${code} ${text}`)) {
        return 'the server does not speak TLS on this port. Check port and https:// of the address.';
    }
    if (code === 'EPROTO' || code.startsWith('ERR_SSL_') || code.startsWith('ERR_TLS_') || code.startsWith('ERR_OSSL_')) {
        return `the TLS handshake failed (${code}). Check address, port and the TLS settings of the connection.`;
    }
    return null;
}
