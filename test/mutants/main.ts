import { readFileSync } from 'node:fs';
import { runRoom } from './room-run.ts';
import { ROOMS } from './rooms.ts';
import { type Survivor, verdictOn, verdictText } from './verdict.ts';

/** `npm run test:mutants`, or of some rooms: `npm run test:mutants -- event route`. */
const { MUTANTS = '20', SEED = '20261129', WORKERS = '2' } = process.env;
const count = Number(MUTANTS);

const known = JSON.parse(
  readFileSync(new URL('survivors.json', import.meta.url), 'utf8'),
) as readonly Survivor[];
const asked = process.argv.slice(2);
const unknown = asked.filter((name) => !ROOMS.some((room) => room.name === name));
if (unknown.length > 0) throw new Error(`no such room: ${unknown.join(', ')}`);
const rooms = ROOMS.filter(({ name }) => asked.length === 0 || asked.includes(name));

console.log(`${count} mutants a room, seed ${SEED}; killed of those that are not equivalent:\n`);
console.log('room           ran  killed  equivalent  score');
for (const room of rooms) {
  try {
    const ran = await runRoom(room, { count, seed: SEED, workers: Number(WORKERS) });
    const verdict = verdictOn(room, ran, known);
    console.log(verdictText(verdict));
    if (!verdict.isGood) process.exitCode = 1;
  } catch (error) {
    // Its tests fail without any mutant: the other rooms can be judged all the same.
    console.log(`${room.name.padEnd(12)}  NOT RUN: ${String(error)}`);
    process.exitCode = 1;
  }
}
