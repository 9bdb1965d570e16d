import { readFileSync } from 'node:fs';
import { runRooms } from './room-run.ts';
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
// Rooms with the same tests go together: to run those once without a mutant takes longer than many a mutant.
for (const together of Map.groupBy(rooms, ({ tests }) => tests.join()).values()) {
  try {
    const ran = await runRooms(together, { count, seed: SEED, workers: Number(WORKERS) });
    const verdicts = together.map((room) => verdictOn(room, ran.get(room.name) ?? [], known));
    for (const verdict of verdicts) console.log(verdictText(verdict));
    if (verdicts.some(({ isGood }) => !isGood)) process.exitCode = 1;
  } catch (error) {
    // Their tests fail without any mutant: the other rooms can be judged all the same.
    console.log(`${together.map(({ name }) => name).join(', ')}: NOT RUN: ${String(error)}`);
    process.exitCode = 1;
  }
}
