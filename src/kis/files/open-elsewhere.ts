import { codeOf } from './careful-open';

/** Windows does not replace a file that another process has open, as readers have for a moment. */
export function isOpenElsewhere(error: unknown): boolean {
  const codes = process.platform === 'win32' ? ['EBUSY', 'EPERM', 'EACCES'] : ['EBUSY'];
  return codes.includes(codeOf(error) ?? '');
}

/** SQLite's result while another process uses the database: the operation is tried again. */
export function tryAgain(): Error {
  return Object.assign(new Error('open elsewhere'), { rawCode: 5 });
}
