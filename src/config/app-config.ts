import { inspect } from 'node:util';
import { NO_GATEWAY, type GatewayOptions } from './gateway-variables';
import { Redactor, type KisOptions, type KisOrderAllowance, type KnownSecrets } from '../kis';

export const LOG_LEVELS = ['debug', 'info', 'warn', 'error'] as const;
export const LOG_FORMATS = ['text', 'json'] as const;

/** From this length on (characters) an `API_KEY` cannot be found by trying. */
export const SHORTEST_GOOD_API_KEY = 16;

export interface LogOptions {
  /** The lowest level that is logged. */
  readonly level: (typeof LOG_LEVELS)[number];
  readonly format: (typeof LOG_FORMATS)[number];
  /** The log file; `null`: console only. */
  readonly file: string | null;
}

/** How the embedded simulator is run and used. */
export interface EmbeddedSimulatorOptions {
  /** The port to try first. */
  readonly mockPort: number;
  readonly requestsPerSecond: number;
  readonly requestTimeoutMs?: number;
  /** Where it keeps its orders across restarts; nowhere unless given. */
  readonly ordersFile?: string;
  /** The order limits of its demo account; it may place no orders unless given. */
  readonly orders?: KisOrderAllowance;
}

export interface AppConfigParts {
  /** Where the API listens. */
  readonly host: string;
  /** 0: any free port. */
  readonly port: number;
  /** The key that calls to `/api` must carry; `null`: none. Never `null` when other machines can connect. */
  readonly apiKey: string | null;
  /** Names under which the API may be addressed, besides loopback names and `host`; used only without `apiKey`. */
  readonly allowedHosts: readonly string[];
  /** Set: start the embedded simulator and use only that. `null`: use the configured accounts. */
  readonly simulator: EmbeddedSimulatorOptions | null;
  /** `accounts` is empty with the simulator, whose demo account is added when it starts; otherwise it has at least one. */
  readonly kis: KisOptions;
  /** Default: off. */
  readonly gateway?: GatewayOptions;
  readonly log: LogOptions;
  /** Oddities that do not prevent a start; sentences for the log. */
  readonly warnings: readonly string[];
  /** The settings files that were read, in the current directory; default none. */
  readonly settingsFiles?: readonly string[];
  /** Aliases of the accounts that have variables of their own; default none. */
  readonly profiles?: readonly string[];
}

/**
 * The whole configuration: checked, complete and frozen. Printing it, as JSON or by `util.inspect`, shows no
 * secret, no whole key and no whole account number. It is also the injection token.
 */
export class AppConfig implements AppConfigParts {
  readonly host: string;
  readonly port: number;
  readonly apiKey: string | null;
  readonly allowedHosts: readonly string[];
  readonly simulator: EmbeddedSimulatorOptions | null;
  readonly kis: KisOptions;
  readonly gateway: GatewayOptions;
  readonly log: LogOptions;
  readonly warnings: readonly string[];
  readonly settingsFiles: readonly string[];
  readonly profiles: readonly string[];
  /** Redacts the secrets of this configuration and those that come into use later; shared by all output. */
  readonly redactor: Redactor;

  /** @param redactor the one of the configuration from which this one is derived */
  constructor(parts: AppConfigParts, redactor = new Redactor()) {
    this.host = parts.host;
    this.port = parts.port;
    this.apiKey = parts.apiKey;
    this.allowedHosts = Object.freeze([...parts.allowedHosts]);
    this.simulator = parts.simulator && Object.freeze({ ...parts.simulator });
    this.kis = Object.freeze({ ...parts.kis, accounts: Object.freeze([...parts.kis.accounts]) });
    this.gateway = Object.freeze({ ...(parts.gateway ?? NO_GATEWAY) });
    this.log = Object.freeze({ ...parts.log });
    this.warnings = Object.freeze([...parts.warnings]);
    this.settingsFiles = Object.freeze([...(parts.settingsFiles ?? [])]);
    this.profiles = Object.freeze([...(parts.profiles ?? [])]);
    this.redactor = redactor;
    redactor.know(this.knownSecrets());
    Object.freeze(this);
  }

  /** A copy of this configuration with `change` applied. */
  with(change: Partial<AppConfigParts>): AppConfig {
    return new AppConfig(Object.assign({}, this, change), this.redactor);
  }

  private knownSecrets(): KnownSecrets {
    const { accounts, redis, proxy } = this.kis;
    const others = [this.apiKey ?? '', redis?.password ?? '', ...(proxy?.passwords ?? [])].filter(
      (secret) => secret !== '',
    );
    return {
      secrets: [...accounts.map((account) => account.appSecret), ...others],
      appKeys: accounts.map((account) => account.appKey),
      accountNumbers: accounts.map((account) => account.accountNumber),
    };
  }

  toJSON(): AppConfigParts {
    const { host, port, allowedHosts, simulator, kis, gateway, log, warnings, settingsFiles } = this;
    const apiKey = this.apiKey === null ? null : '[secret]';
    return { host, port, apiKey, allowedHosts, simulator, kis, gateway, log, warnings, settingsFiles };
  }

  [inspect.custom](): AppConfigParts {
    return this.toJSON();
  }
}
