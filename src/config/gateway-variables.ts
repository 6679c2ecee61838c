import type { VariableReader } from './variable-reader';

/** Layouts of realtime frames for programs: as KIS sends them now, or as programs of these years know them. */
export const GATEWAY_COLUMNS = ['current', '2025', '2024'] as const;
export type GatewayColumns = (typeof GATEWAY_COLUMNS)[number];

/** The gateway: KIS's own interface, served for other programs. */
export interface GatewayOptions {
  readonly enabled: boolean;
  readonly columns: GatewayColumns;
  /** A port of its own for programs that take no path, by trading mode; `null`: none. 0: any free port. */
  readonly ports: Readonly<Record<'REAL' | 'MOCK', number | null>>;
}

export const NO_GATEWAY: GatewayOptions = {
  enabled: false,
  columns: 'current',
  ports: { REAL: null, MOCK: null },
};

const PORT = { min: 0, max: 65_535 };

export function readGateway(reader: VariableReader): GatewayOptions {
  const real = reader.number('KIS_GATEWAY_REAL_PORT', PORT);
  const mock = reader.number('KIS_GATEWAY_MOCK_PORT', PORT);
  const enabled = reader.flag('KIS_GATEWAY');
  if (!enabled && (real ?? mock) !== null) {
    const name = real === null ? 'KIS_GATEWAY_MOCK_PORT' : 'KIS_GATEWAY_REAL_PORT';
    reader.warn(name, 'has no effect while KIS_GATEWAY is not true.');
  }
  const own = reader.number('PORT', PORT) ?? 3000;
  const ports = [own, real, mock].filter((port) => port !== null && port !== 0);
  if (enabled && new Set(ports).size < ports.length) {
    reader.problem(
      'KIS_GATEWAY_REAL_PORT',
      'and KIS_GATEWAY_MOCK_PORT must differ from each other and from PORT.',
    );
  }
  return {
    enabled,
    columns: reader.choice('KIS_GATEWAY_COLUMNS', GATEWAY_COLUMNS, 'current'),
    ports: { REAL: real, MOCK: mock },
  };
}
