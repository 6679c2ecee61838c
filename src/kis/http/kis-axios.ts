import axios, {
  type AxiosInstance,
  type AxiosResponse,
  isAxiosError,
  isCancel,
  type InternalAxiosRequestConfig,
} from 'axios';
import type { KisExchangeResult } from '../auth/kis-exchange';
import { KisError, KisInvalidRequestError } from '../kis.errors';
import { abortReason } from './caller-signal';
import type { KisHttpInterceptor } from './kis-http.interceptor';

/** An axios instance whose requests are KIS calls. No error that leaves it is an AxiosError. */
export function createKisAxios(kis: KisHttpInterceptor): AxiosInstance {
  const instance = axios.create();
  instance.interceptors.request.use((config) => kis.attach(config));
  instance.interceptors.response.use(
    (response: AxiosResponse<KisExchangeResult>) => kis.heal(response),
    (error: unknown) => {
      throw escaping(error);
    },
  );
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
