import type { PeerCertificate, TLSSocket } from 'node:tls';
import type { ConnectionFailure } from './connection-advice';

/**
 * Adds the issuer to the error of a TLS connection whose certificate is not accepted. It is read before the certificate
 * is verified, because the socket no longer has it afterwards. The name comes from the server, so it is reduced to
 * harmless characters.
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
