import { ProxyError, type OptionNames } from './proxy-error';

/** What to do about a connection that could not be established, for the end of an error message. */

/** Codes of Node's TLS for a certificate whose issuer is not trusted (Node.js documentation, "X509 certificate error codes"). */
const UNTRUSTED_ISSUER = [
  'UNABLE_TO_GET_ISSUER_CERT',
  'UNABLE_TO_GET_ISSUER_CERT_LOCALLY',
  'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
  'DEPTH_ZERO_SELF_SIGNED_CERT',
  'SELF_SIGNED_CERT_IN_CHAIN',
  'CERT_UNTRUSTED',
  'INVALID_CA',
];

const NAME_NOT_FOUND = ['ENOTFOUND', 'EAI_AGAIN', 'EAI_NODATA', 'EAI_NONAME'];

/** A failed connection; `issuer` is that of the certificate that was not accepted, if that was the reason. */
export interface ConnectionFailure extends NodeJS.ErrnoException {
  issuer?: string;
}

/** What to do about a connection that could not be established: one or two sentences, for the end of a message. */
export function connectionAdvice(failure: ConnectionFailure, nameOption: OptionNames): string {
  if (failure instanceof ProxyError) return failure.advise(nameOption);
  const { code = '' } = failure;
  if (NAME_NOT_FOUND.includes(code)) {
    return 'The name of the host has no address: check the network, its DNS and the configured address.';
  }
  return certificateAdvice(failure) ?? 'Check the network, a firewall and the configured address.';
}

/** What to do about a certificate that was not accepted; `null` for another failure. */
export function certificateAdvice({ code = '', issuer }: ConnectionFailure): string | null {
  if (UNTRUSTED_ISSUER.includes(code)) {
    const by = issuer === undefined ? 'an issuer' : `"${issuer}"`;
    return (
      `The certificate that was shown there was issued by ${by} that this machine does not trust. If it comes from your ` +
      'company, from an antivirus program that inspects connections or from yourself, save the root certificate as a PEM ' +
      'file and start with NODE_EXTRA_CA_CERTS=/path/to/ca.pem; otherwise the connection may be intercepted.'
    );
  }
  if (code === 'CERT_HAS_EXPIRED' || code === 'CERT_NOT_YET_VALID') {
    return 'The certificate that was shown there is not valid at the time of this machine: check the clock and the date.';
  }
  if (code === 'ERR_TLS_CERT_ALTNAME_INVALID') {
    return 'The certificate that was shown there belongs to another host: check the configured address, and that no proxy or login page of the network answers in its place.';
  }
  return null;
}
