import 'axios';

/** What a call tells the library, beside what it tells KIS. */
interface KisRequestOptions {
  /** Alias of the account in whose name KIS is called; default: the first account. */
  readonly account?: string;
  /** TR id (`tr_id`); a header of that name does as well. */
  readonly trId?: string;
  /** `P` for persons (default), `B` for firms (`custtype`). */
  readonly custType?: 'P' | 'B';
  /** Asks for a following page (`tr_cont: N`); the query then echoes the context of the page before. */
  readonly continued?: boolean;
}

declare module 'axios' {
  // A merged interface repeats the type parameters of axios; `Record<never, …>` uses them and adds nothing.
  interface AxiosRequestConfig<D, P> {
    kis?: KisRequestOptions & Record<never, D | P>;
  }
}
