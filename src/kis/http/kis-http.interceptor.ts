import { Injectable } from '@nestjs/common';
import axios, {
  isAxiosError,
  isCancel,
  type AxiosInstance,
  type AxiosResponse,
  type InternalAxiosRequestConfig,
  type RawAxiosResponseHeaders,
} from 'axios';
import { KisError, KisInvalidRequestError } from '../kis.errors';
import { KisConfiguration } from '../kis.options';
import { abortReason, callerSignal } from './caller-signal';
import type { KisOk } from './kis-answer';
import { KisCaller } from './kis-caller';
import { prepareCall } from './prepare-call';

/**
 * The axios interceptor of the library: each request leaves with a valid token, within the rate limit and to KIS only,
 * and is sent again with another token when KIS refuses the token.
 *
 * It does so by the adapter that it puts on each request. An adapter comes after every other interceptor, so what has
 * been checked is what is sent; and credentials exist below it only: no configuration, response or error holds them.
 */
@Injectable()
export class KisHttpInterceptor {
  private readonly adapter = (config: InternalAxiosRequestConfig): Promise<AxiosResponse<KisOk['body']>> =>
    this.send(config);

  constructor(
    private readonly configuration: KisConfiguration,
    private readonly caller: KisCaller,
  ) {}

  /** An axios instance whose requests are KIS calls. No error that leaves it is an AxiosError. */
  createAxios(): AxiosInstance {
    const instance = axios.create();
    // The first that is registered runs last: whatever a caller has set, the call goes through the adapter.
    instance.interceptors.request.use((config) => this.attach(config), undefined, { synchronous: true });
    instance.interceptors.response.use(undefined, (error: unknown) => {
      throw escaping(error);
    });
    return instance;
  }

  private attach(config: InternalAxiosRequestConfig): InternalAxiosRequestConfig {
    config.adapter = this.adapter;
    // KIS takes JSON, and what the adapter gives back is not to be transformed again.
    config.headers.setContentType('application/json; charset=utf-8');
    config.transformResponse = [];
    return config;
  }

  /** Resolves with the parsed body of a call that KIS has executed; rejects as {@link KisCaller.carryOut} does. */
  private async send(config: InternalAxiosRequestConfig): Promise<AxiosResponse<KisOk['body']>> {
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

/** An AxiosError carries the whole request, with an order and its account number. */
function escaping(error: unknown): Error {
  if (error instanceof KisError) return error;
  if (isCancel(error)) return abortReason(configOf(error));
  if (!isAxiosError(error)) return error as Error;
  return new KisInvalidRequestError(
    `Nothing was sent: the request is not valid HTTP (${error.code ?? error.name}). Check its address and its headers.`,
    { cause: error },
  );
}

function configOf(cancellation: {
  readonly config?: InternalAxiosRequestConfig;
}): InternalAxiosRequestConfig | object {
  return cancellation.config ?? {};
}
