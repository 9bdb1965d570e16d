// The stand-in as a program: `az` on the PATH of a test is a script that runs this. Its world is the file AZ_WORLD, and
// it keeps what it was told in AZ_LOG, one line of JSON for each call.
import { appendFileSync, readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { az } from './stand-in.ts';
import type { World } from './world.ts';

const args = process.argv.slice(2);
const world = JSON.parse(readFileSync(process.env['AZ_WORLD'] ?? '', 'utf8')) as World;
const log = process.env['AZ_LOG'];
if (log !== undefined) appendFileSync(log, `${JSON.stringify(args)}\n`);
const { status, stdout, stderr, ms } = az(world, args);
await sleep(ms);
process.stdout.write(stdout);
process.stderr.write(stderr === '' ? '' : `${stderr}\n`);
process.exitCode = status;
