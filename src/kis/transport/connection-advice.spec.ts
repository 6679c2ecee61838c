import { connectionAdvice, type ConnectionFailure } from './connection-advice';

describe('connectionAdvice', () => {
  it.each<[Partial<ConnectionFailure>, RegExp]>([
    [{ code: 'UNABLE_TO_VERIFY_LEAF_SIGNATURE', issuer: 'ACME' }, /issued by "ACME" .*NODE_EXTRA_CA_CERTS/],
    [
      { code: 'SELF_SIGNED_CERT_IN_CHAIN' },
      /an issuer that this machine does not trust.*NODE_EXTRA_CA_CERTS/,
    ],
    [{ code: 'CERT_HAS_EXPIRED' }, /check the clock/],
    [{ code: 'ERR_TLS_CERT_ALTNAME_INVALID' }, /belongs to another host/],
    [{ code: 'EAI_AGAIN' }, /DNS/],
    [{ code: 'ECONNREFUSED' }, /firewall/],
    [{}, /firewall/],
  ])('of %j', (failure, advice) => {
    expect(connectionAdvice(Object.assign(new Error('failed'), failure), (option) => option)).toMatch(advice);
  });
});
