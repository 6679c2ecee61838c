import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { request } from 'node:http';
import { createServer, type Server } from 'node:https';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { selfSigned, type Certificate } from './self-signed';

/** A simulator behind TLS, as KIS is, with a certificate that is trusted only when configured. */
export class SecureBrokerage {
  private readonly directory = mkdtempSync(join(tmpdir(), 'kis-tls-'));
  private readonly papers: Certificate = selfSigned(this.directory);
  private readonly server: Server;
  /** The number of connections so far. */
  connections = 0;

  private constructor(simulatorUrl: string) {
    const { certificate, key } = this.papers;
    this.server = createServer({ cert: readFileSync(certificate), key: readFileSync(key) });
    this.server.on('connection', () => (this.connections += 1));
    this.server.on('request', (message, response) => {
      const { method, headers, url = '/' } = message;
      const onward = request(new URL(url, simulatorUrl), { method, headers }, (answer) => {
        response.writeHead(answer.statusCode ?? 502, answer.rawHeaders);
        answer.pipe(response);
      });
      onward.on('error', () => response.destroy());
      message.pipe(onward);
    });
  }

  static async start(simulatorUrl: string): Promise<SecureBrokerage> {
    const brokerage = new SecureBrokerage(simulatorUrl);
    await new Promise<void>((resolve) => brokerage.server.listen(0, '127.0.0.1', resolve));
    return brokerage;
  }

  get url(): string {
    return `https://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  /** The file of its certificate. */
  get certificate(): string {
    return this.papers.certificate;
  }

  async stop(): Promise<void> {
    this.server.closeAllConnections();
    await new Promise((resolve) => this.server.close(resolve));
    rmSync(this.directory, { recursive: true });
  }
}
