import { execFileSync } from 'node:child_process';
import { join } from 'node:path';

/** The files of a certificate for this machine, which is trusted only when configured. */
export interface Certificate {
  readonly certificate: string;
  readonly key: string;
}

/** Makes one in `directory`, valid for two days. */
export function selfSigned(directory: string): Certificate {
  const [certificate, key] = [join(directory, 'certificate.pem'), join(directory, 'key.pem')];
  const names = ['-subj', '/CN=localhost', '-addext', 'subjectAltName=DNS:localhost,IP:127.0.0.1'];
  const kind = ['req', '-x509', '-newkey', 'rsa:2048', '-nodes', '-days', '2'];
  execFileSync('openssl', [...kind, '-keyout', key, '-out', certificate, ...names], { stdio: 'ignore' });
  return { certificate, key };
}
