// A program in the place of the local host, as somebody who has another host at hand writes one. This one hides the local
// host behind it, and forgets what WRAPPER_FORGETS says: an argument's name, or `ready`.
//
//   FUNCTIONS_HOST=test/stack/wrapper.ts npx vitest run --project stack
import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

const LOCAL_HOST = fileURLToPath(new URL('../local/functions-host/main.ts', import.meta.url));
const forgets = process.env['WRAPPER_FORGETS'];

/** `--app FOLDER --port 0`: names and values in pairs. */
const args = process.argv.slice(2);
const at = args.indexOf(`--${forgets}`);
const passed = at < 0 ? args : args.toSpliced(at, 2);

const host = spawn(process.execPath, [LOCAL_HOST, ...passed], { stdio: ['inherit', 'pipe', 'inherit'] });
createInterface({ input: host.stdout }).on('line', (line) => {
  if (forgets !== 'ready' || !line.startsWith('{"ready":true,')) process.stdout.write(`${line}\n`);
});
process.on('SIGTERM', () => void host.kill('SIGTERM'));
host.on('close', (code) => process.exit(code ?? 1));
