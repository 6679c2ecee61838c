import { matching, ValidQuery, type QueryOf } from '../common/valid-query';

/** Validates the query of GET /api/stream. */

const CHANNELS = 'one to 100 channels separated by commas, such as trades:005930,book:000660,orders:main';

const STREAM = {
  channels: matching(/^[^,]{1,60}(,[^,]{1,60}){0,99}$/, CHANNELS),
  account: matching(/^.{1,100}$/, 'the alias of an account, see /api/accounts'),
};

export const streamQuery = new ValidQuery(STREAM, ({ channels }) =>
  channels === undefined ? `channels: ${CHANNELS}` : null,
);
export type StreamQuery = QueryOf<typeof STREAM>;
