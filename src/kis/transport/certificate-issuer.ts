import type { PeerCertificate, TLSSocket } from 'node:tls';
import type { ConnectionFailure } from './connection-advice';

/**
 * Has the error of a TLS connection whose certificate is not accepted name the issuer: it is read before the certificate
 * is verified, because once it has been refused, the socket no longer has it. The name comes from the other side, so it
 * is reduced to what names consist of.
 */
export function nameIssuer(socket: TLSSocket): void {
  let name: string | undefined;
  // Node emits it when the handshake is complete, before it decides; without it the issuer is merely not named.
  socket.prependOnceListener('secure', () => {
    const { issuer } = socket.getPeerCertificate() as Partial<PeerCertificate>;
    const shown = [issuer?.CN ?? issuer?.O ?? []].flat()[0];
    name = shown?.replace(/[^\p{L}\p{N} .,&()_-]/gu, ' ').slice(0, LONGEST_NAME);
  });
  socket.prependOnceListener('error', (error: ConnectionFailure) => {
    if (name !== undefined) error.issuer = name;
  });
}

const LONGEST_NAME = 80;
