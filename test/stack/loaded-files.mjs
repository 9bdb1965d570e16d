import { appendFileSync } from 'node:fs';
import { registerHooks } from 'node:module';

/** Writes the address of every module that a process loads, a line each, into the file that LOADED_FILES names. */
const file = process.env['LOADED_FILES'];
if (file !== undefined)
  registerHooks({
    load(url, context, next) {
      appendFileSync(file, `${url}\n`);
      return next(url, context);
    },
  });
