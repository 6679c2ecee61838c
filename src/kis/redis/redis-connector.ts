import { connect as connectPlain } from 'node:net';
import { connect as connectSecure, type TLSSocket } from 'node:tls';
import type { AbstractConnector, RedisOptions } from 'ioredis';
import { nameIssuer } from '../transport/certificate-issuer';

type Connector = typeof AbstractConnector;
type Stream = Awaited<ReturnType<AbstractConnector['connect']>>;

/** ioredis's way to connect, except that errors name the issuer of a certificate and that certificates are always checked. */
export function redisConnector(Base: Connector): new (options: unknown) => AbstractConnector {
  return class extends Base {
    private readonly options: RedisOptions;

    constructor(options: unknown) {
      const { disconnectTimeout = 0 } = options as RedisOptions;
      super(disconnectTimeout);
      this.options = options as RedisOptions;
    }

    override connect(): Promise<Stream> {
      const { host = '127.0.0.1', port = 6379, tls } = this.options;
      this.connecting = true;
      const stream = tls ? secureStream(host, port) : connectPlain({ host, port });
      stream.once('error', (error: Error) => {
        this.firstError = error;
      });
      this.stream = stream;
      return Promise.resolve(stream);
    }
  };
}

function secureStream(host: string, port: number): TLSSocket {
  const stream = connectSecure({ host, port, rejectUnauthorized: true });
  nameIssuer(stream);
  return stream;
}
