import { Injectable } from '@nestjs/common';
import type { GatewayColumns } from '../config/gateway-variables';
import { AppConfig } from '../config/app-config';
import { RefusedRequests } from '../common/access/refused-requests';
import { accountKey, KisConfiguration, maskAppKey, type KisAccount, type KisTradingMode } from '../kis';
import { hashOf, isHashOf, isSame, type Allowance, type ProgramKey } from './program-key';
import { ProgramKeyStore } from './program-key-store';

/** Identifies callers by app key and secret, as KIS does. */
@Injectable()
export class GatewayCallers {
  /** By mode and app key: the first account that has it. */
  private readonly own = new Map<string, GatewayCaller>();
  private readonly columns: GatewayColumns;

  constructor(
    private readonly configuration: KisConfiguration,
    private readonly keys: ProgramKeyStore,
    { gateway }: AppConfig,
    private readonly refused: RefusedRequests,
  ) {
    this.columns = gateway.columns;
    for (const account of configuration.accounts) {
      const name = nameOf(account.mode, account.credential.appKey);
      if (!this.own.has(name)) this.own.set(name, this.ownCaller(account));
    }
  }

  /**
   * The caller with this pair, or KIS's code for what is wrong with it: EGW00103 for the key, EGW00105 for the secret.
   * Returns at once for an account's own key. Rejects with KisOrderJournalError when the stored keys cannot be read.
   */
  identify(
    mode: KisTradingMode,
    appKey: string,
    appSecret: string,
  ): GatewayCaller | 'EGW00105' | Promise<GatewayCaller | 'EGW00103' | 'EGW00105'> {
    const own = this.own.get(nameOf(mode, appKey));
    if (own)
      return isSame(appSecret, own.account.credential.appSecret) ? own : this.refuse(appKey, 'EGW00105');
    return this.identifyProgram(mode, appKey, appSecret);
  }

  private async identifyProgram(
    mode: KisTradingMode,
    appKey: string,
    appSecret: string,
  ): Promise<GatewayCaller | 'EGW00103' | 'EGW00105'> {
    const caller = await this.withKey(mode, appKey);
    if (!caller?.key) return this.refuse(appKey, 'EGW00103');
    if (!isHashOf(appSecret, caller.key.secretHash)) return this.refuse(appKey, 'EGW00105');
    this.configuration.redactor.know({ secrets: [appSecret], appKeys: [appKey], accountNumbers: [] });
    return caller;
  }

  /** The program gets only what KIS would say; the log has the reason for the person who runs this service. */
  private refuse<C extends 'EGW00103' | 'EGW00105'>(appKey: string, code: C): C {
    const why =
      code === 'EGW00105'
        ? 'a wrong secret for its app key'
        : 'an app key that no account and no program of this trading mode has';
    this.refused.add(
      'wrong-program-key',
      `A program at the gateway gave ${why} (${maskAppKey(appKey)}) and got ${code}. Correct its key; "kis gateway key list" shows what there is.`,
    );
    return code;
  }

  /** All callers that are accepted at present. */
  async all(): Promise<readonly GatewayCaller[]> {
    const keys = await this.keys.all();
    const programs = keys.flatMap((key) => this.programCaller(key, '') ?? []);
    return [...this.own.values(), ...programs];
  }

  private async withKey(mode: KisTradingMode, appKey: string): Promise<GatewayCaller | null> {
    const hash = hashOf(appKey);
    const key = (await this.keys.all()).find(({ keyHash }) => keyHash === hash);
    const caller = key && this.programCaller(key, appKey);
    return caller?.account.mode === mode ? caller : null;
  }

  /** `null` when the account of the key is no longer configured. */
  private programCaller(key: ProgramKey, appKey: string): GatewayCaller | null {
    const account = this.configuration.accounts.find(({ alias }) => alias === key.account);
    if (!account || accountKey(account) !== key.accountKey) return null;
    const { program: name, allow, columns, secretHash: signingKey } = key;
    return { name, appKey, account, allow, columns: columns ?? this.columns, signingKey, key };
  }

  private ownCaller(account: KisAccount): GatewayCaller {
    const { appKey, appSecret } = account.credential;
    return {
      name: `account:${account.alias}`,
      appKey,
      account,
      allow: 'trade',
      columns: this.columns,
      signingKey: hashOf(appSecret),
      key: null,
    };
  }
}

/** A caller of the gateway: a program with a key of its own, or all programs that use the key of an account. */
export interface GatewayCaller {
  /** The program; `account:main` for all that use that account's own key. */
  readonly name: string;
  readonly appKey: string;
  /** The account with whose credentials KIS is called. */
  readonly account: KisAccount;
  readonly allow: Allowance;
  readonly columns: GatewayColumns;
  /** Signs the tokens and approval keys made for this caller. */
  readonly signingKey: string;
  /** `null` for an account's own key. */
  readonly key: ProgramKey | null;
}

function nameOf(mode: KisTradingMode, appKey: string): string {
  return `${mode} ${appKey}`;
}
