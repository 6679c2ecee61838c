import { Injectable } from '@nestjs/common';
import type { AxiosResponse, InternalAxiosRequestConfig, RawAxiosResponseHeaders } from 'axios';
import { KisConfiguration } from '../kis.options';
import { callerSignal } from './caller-signal';
import type { KisOk } from './kis-answer';
import { KisCaller } from './kis-caller';
import { prepareCall } from './prepare-call';

/**
 * What axios sends requests with. It comes after every interceptor, so what it has checked is what is sent.
 * Credentials exist below it only: no configuration, no response and no error holds them.
 */
@Injectable()
export class KisHttpAdapter {
  constructor(
    private readonly configuration: KisConfiguration,
    private readonly caller: KisCaller,
  ) {}

  /** Resolves with the parsed body of a call that KIS has executed; rejects as {@link KisCaller.carryOut} does. */
  async send(config: InternalAxiosRequestConfig): Promise<AxiosResponse<KisOk['body']>> {
    const { signal, release } = callerSignal(config);
    try {
      const call = prepareCall(config, this.configuration, signal);
      const { body, status, headers } = await this.caller.carryOut(call);
      return { data: body, status, statusText: '', headers: headers as RawAxiosResponseHeaders, config };
    } finally {
      release();
    }
  }
}
