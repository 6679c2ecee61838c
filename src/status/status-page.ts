import { join } from 'node:path';

/** The folder with the status page: static files, served at `/`. */
export const STATUS_PAGE = join(__dirname, 'public');
