import { readSecret } from '../../adapters/kubernetes/objects.ts';
import type { TargetRef } from '../../names.ts';
import type { LiveSecret } from '../../target/secret.ts';
import { secretPath } from '../connect/cluster.ts';
import type { PersonCluster } from '../connect/cluster.ts';
import { at } from '../connect/objects.ts';
import { harmless, paint } from '../terminal/text.ts';
import { confirm } from '../terminal/confirm.ts';
import type { ExitCode, Io } from '../terminal/io.ts';
import { EXIT, note, say } from '../terminal/io.ts';
import { refuse } from './decide.ts';
import type { Decision } from './decide.ts';

interface Options {
  verb: 'adopt' | 'release';
  dryRun?: boolean;
  yes?: boolean;
}

/** A Secret as it stands, and what is to be done with it. */
interface Judged {
  target: TargetRef;
  /** The Secret as the API server sent it. */
  raw: object;
  decision: Decision;
}

/** A Secret that is to change. */
interface Due extends Judged {
  decision: Extract<Decision, { action: 'update' }>;
}

/** What came of it: the exit code, and the Secrets that were written. */
interface CarriedOut {
  code: ExitCode;
  written: readonly Due[];
}

/** Looks at each, shows the plan, asks, writes. 1 when anything was refused or changed meanwhile. */
export async function carryOut(
  targets: readonly TargetRef[],
  decide: (live: LiveSecret, target: TargetRef) => Promise<Decision> | Decision,
  person: PersonCluster,
  { verb, dryRun, yes }: Options,
  io: Io,
): Promise<CarriedOut> {
  const judged = await judgeAll(targets, person, decide);
  for (const one of judged) say(io, planLine(io, one, verb));
  const otherwise = judged.some(({ decision }) => decision.action === 'refuse') ? EXIT.failed : EXIT.ok;
  const due = judged.filter(isDue);
  if (due.length === 0) return { code: otherwise, written: [] };
  if (dryRun === true) return { code: otherwise === EXIT.ok ? EXIT.differs : otherwise, written: [] };
  if (
    yes !== true &&
    !(await confirm(io, `${verb} ${due.length} Secret(s) with context ${person.context}?`))
  ) {
    note(io, 'Nothing was changed.');
    return { code: EXIT.failed, written: [] };
  }
  const written = await writeAll(due, person, io);
  return { code: written.length === due.length ? otherwise : EXIT.failed, written };
}

/** One after the other: they are few, and a person reads along. What one comes to stops no other. */
async function judgeAll(
  targets: readonly TargetRef[],
  person: PersonCluster,
  decide: (live: LiveSecret, target: TargetRef) => Promise<Decision> | Decision,
): Promise<Judged[]> {
  const judged: Judged[] = [];
  for (const target of targets) {
    const looked = await person.get(secretPath(target.namespace, target.name));
    if (looked.state === 'absent') judged.push({ target, raw: {}, decision: refuse('it does not exist') });
    else if (looked.state === 'refused') judged.push({ target, raw: {}, decision: refuse(looked.why) });
    else {
      const live = readSecret(looked.body, target);
      judged.push({ target, raw: looked.body as object, decision: await decide(live, target) });
    }
  }
  return judged;
}

function planLine(io: Io, { target, decision }: Judged, verb: string): string {
  const text = `${nameOf(target)}: ${harmless(decision.why)}`;
  if (decision.action === 'update') return `${paint(io, 'green', `+ ${verb}`)}  ${text}`;
  return decision.action === 'refuse' ? `${paint(io, 'red', '! refused')}  ${text}` : `  nothing  ${text}`;
}

function isDue(judged: Judged): judged is Due {
  return judged.decision.action === 'update';
}

/** All of them, whatever becomes of one; those that were written. */
async function writeAll(due: readonly Due[], person: PersonCluster, io: Io): Promise<Due[]> {
  const written: Due[] = [];
  for (const one of due) if (await write(one, person, io)) written.push(one);
  return written;
}

async function write({ target, raw, decision }: Due, person: PersonCluster, io: Io): Promise<boolean> {
  const path = secretPath(target.namespace, target.name);
  const put = await person.put(path, changed(raw, decision));
  if (put.state === 'written') say(io, `${nameOf(target)} done`);
  else if (put.state === 'conflict')
    note(io, `${nameOf(target)} was changed meanwhile; run the command again`);
  else note(io, `${nameOf(target)} refused: ${withoutValues(put.why, raw)}`);
  return put.state === 'written';
}

/** Only metadata changes; everything else goes back as it came, on condition that nobody changed it meanwhile. */
function changed(raw: object, { labels, annotations, ownerReferences }: Due['decision']): object {
  const metadata: unknown = Reflect.get(raw, 'metadata');
  return { ...raw, metadata: { ...(metadata as object), labels, annotations, ownerReferences } };
}

/** Whoever refuses a write may repeat what it was sent. Very short values are in any sentence. */
function withoutValues(why: string, raw: object): string {
  const base64 = Object.values(Object(at(raw, 'data')) as object).map(String);
  const values = base64.flatMap((one) => [one, Buffer.from(one, 'base64').toString('utf8')]);
  const isQuoted = values.map(asQuoted).some((value) => value.length >= SHORTEST && why.includes(value));
  return isQuoted ? 'in words that repeat a value, and are not shown for that' : why;
}

const SHORTEST = 4;
/** A sentence may be cut in the middle of a value. */
const BEGINNING = 20;

/** As it would stand in a sentence on one line. */
function asQuoted(value: string): string {
  return value.replaceAll(/\s+/g, ' ').trim().slice(0, BEGINNING);
}

function nameOf({ namespace, name }: TargetRef): string {
  return `${namespace}/${name}`;
}
