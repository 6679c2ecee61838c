import axios, { type AxiosInstance, isAxiosError, isCancel, type InternalAxiosRequestConfig } from 'axios';
import { KisError, KisInvalidRequestError } from '../kis.errors';
import { abortReason } from './caller-signal';
import type { KisHttpAdapter } from './kis-http.adapter';

/** An axios instance whose requests are KIS calls. No error that leaves it is an AxiosError. */
export function createKisAxios(kis: KisHttpAdapter): AxiosInstance {
  const adapter = kis.send.bind(kis);
  const instance = axios.create({ adapter });
  // The first that is registered runs last: whatever a caller asks for, the call goes by way of the adapter.
  instance.interceptors.request.use(
    (config) => {
      config.adapter = adapter;
      // KIS takes JSON, and what the adapter gives back is not to be transformed again.
      config.headers.setContentType('application/json; charset=utf-8');
      config.transformResponse = [];
      return config;
    },
    undefined,
    { synchronous: true },
  );
  instance.interceptors.response.use(undefined, (error: unknown) => {
    throw escaping(error);
  });
  return instance;
}

/** An AxiosError carries the whole request, with an order and its account number. */
function escaping(error: unknown): Error {
  if (error instanceof KisError) return error;
  if (isCancel(error)) return abortReason(configOf(error));
  if (!isAxiosError(error)) return error as Error;
  return new KisInvalidRequestError(
    `Nothing was sent: the request cannot be made (${error.code ?? error.name}).`,
    {
      cause: error,
    },
  );
}

function configOf(cancellation: {
  readonly config?: InternalAxiosRequestConfig;
}): InternalAxiosRequestConfig | object {
  return cancellation.config ?? {};
}
