import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer, type Server } from 'node:https';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { selfSigned, type Certificate } from '../support/self-signed';
import { runKis } from '../support/product';

/** A company that inspects connections: its certificate is in KIS's place and is trusted only when configured. */
describe('A certificate that is not trusted', () => {
  const directory = mkdtempSync(join(tmpdir(), 'kis-certificate-'));
  let certificate: Certificate;
  let server: Server;
  let env: Record<string, string>;
  let requests = 0;

  beforeAll(async () => {
    certificate = selfSigned(directory);
    const credentials = { cert: readFileSync(certificate.certificate), key: readFileSync(certificate.key) };
    server = createServer(credentials, (_request, response) => {
      requests += 1;
      response.end('{}');
    });
    await once(server.listen(0, '127.0.0.1'), 'listening');
    env = {
      KIS_APP_KEY: 'PSabcdefghij0123456789ABCDEFGHIJ0123',
      KIS_APP_SECRET: 'Zx9+'.repeat(45),
      KIS_ACCOUNT_NUMBER: '12345678',
      KIS_BASE_URL: `https://localhost:${(server.address() as AddressInfo).port}`,
    };
  });

  afterAll(() => {
    server.closeAllConnections();
    server.close();
    rmSync(directory, { recursive: true });
  });

  it('is reported by the doctor with its issuer and the cure', async () => {
    const { code, stdout } = await runKis(['doctor', '--online'], { env });
    expect(code).toBe(1);
    expect(stdout).toMatch(
      /FAULT +connection to .*DEPTH_ZERO_SELF_SIGNED_CERT.*issued by "localhost".*NODE_EXTRA_CA_CERTS=/,
    );
  });

  it('keeps a token request from being sent, and the error names issuer and cure', async () => {
    const { code, stderr } = await runKis(['token', 'get'], { env });
    expect(code).toBe(1);
    expect(stderr).toMatch(/issued by "localhost".*NODE_EXTRA_CA_CERTS=/);
    expect(requests).toBe(0);
  });

  it('is used once it is trusted', async () => {
    const trusting = { ...env, NODE_EXTRA_CA_CERTS: certificate.certificate };
    const { code, stdout } = await runKis(['doctor', '--online'], { env: trusting });
    expect({ code, stdout }).toEqual({ code: 0, stdout: expect.stringMatching(/OK +connection to https/) });
  });
});
