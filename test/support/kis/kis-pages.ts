import { json, type LocalKis, type Reply } from './local-kis';

/** A page of an account call. `trCont` D: the last one. */
export function page(body: object, trCont = 'D', context = 'ctx'): Reply {
  const envelope = {
    ctx_area_fk100: 'fk',
    ctx_area_nk100: context,
    ctx_area_fk200: 'fk',
    ctx_area_nk200: context,
  };
  return json(200, { ...envelope, ...body, rt_cd: '0', msg_cd: 'KIOK0510', msg1: 'x' }, { tr_cont: trCont });
}

/** The query of the request that came as number `index`, in its order. */
export function queryOf(kis: LocalKis, index = 0): [string, string][] {
  return [...new URL(kis.requests[index]?.url ?? '', kis.origin).searchParams.entries()];
}

export function without(record: object, field: string): object {
  return Object.fromEntries(Object.entries(record).filter(([name]) => name !== field));
}
