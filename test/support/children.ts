import { join } from 'node:path';

/**
 * For the tests and all programs that they start: compiled code of packages and programs is kept between processes, because
 * most of them start the same few again and again.
 */
export const KEPT_CODE = {
  NODE_COMPILE_CACHE: join(import.meta.dirname, '../../node_modules/.cache/compiled'),
};

/** What a program that is given an environment of its own takes from this process: where compiled code is kept. */
export const keptCode = (): NodeJS.ProcessEnv => ({ NODE_COMPILE_CACHE: process.env['NODE_COMPILE_CACHE'] });
