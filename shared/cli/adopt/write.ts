import type { TargetRef } from '../../names.ts';
import { secretPath } from '../connect/cluster.ts';
import type { PersonCluster } from '../connect/cluster.ts';
import { harmless, paint } from '../terminal/text.ts';
import { confirm } from '../terminal/confirm.ts';
import type { ExitCode, Io } from '../terminal/io.ts';
import { EXIT, note, say } from '../terminal/io.ts';
import type { Decision } from './decide.ts';
import type { Judged } from './judge.ts';

interface Options {
  verb: 'adopt' | 'release';
  dryRun?: boolean;
  yes?: boolean;
}

/** Shows the plan, asks, writes. 1 when anything was refused or changed meanwhile. */
export async function carryOut(
  judged: readonly Judged[],
  person: PersonCluster,
  { verb, dryRun, yes }: Options,
  io: Io,
): Promise<ExitCode> {
  for (const one of judged) say(io, planLine(io, one, verb));
  const otherwise = judged.some(({ decision }) => decision.action === 'refuse') ? EXIT.failed : EXIT.ok;
  const count = judged.filter(({ decision }) => decision.action === 'update').length;
  if (count === 0) return otherwise;
  if (dryRun === true) return otherwise === EXIT.ok ? EXIT.differs : otherwise;
  if (yes !== true && !(await confirm(io, `${verb} ${count} Secret(s) with context ${person.context}?`))) {
    note(io, 'Nothing was changed.');
    return EXIT.failed;
  }
  const done = await writeAll(judged, person, io);
  if (verb === 'release')
    note(io, 'Routes that still claim them report NOT_OURS from now on, and touch nothing.');
  return done ? otherwise : EXIT.failed;
}

function planLine(io: Io, { target, decision }: Judged, verb: string): string {
  const text = `${nameOf(target)}: ${harmless(decision.why)}`;
  if (decision.action === 'update') return `${paint(io, 'green', `+ ${verb}`)}  ${text}`;
  return decision.action === 'refuse' ? `${paint(io, 'red', '! refused')}  ${text}` : `  nothing  ${text}`;
}

/** All of them, whatever becomes of one. */
async function writeAll(judged: readonly Judged[], person: PersonCluster, io: Io): Promise<boolean> {
  let done = true;
  for (const one of judged) done = (await write(one, person, io)) && done;
  return done;
}

async function write({ target, raw, decision }: Judged, person: PersonCluster, io: Io): Promise<boolean> {
  if (decision.action !== 'update') return true;
  const path = secretPath(target.namespace, target.name);
  const written = await person.put(path, changed(raw, decision));
  if (written === 'written') say(io, `${nameOf(target)} done`);
  else note(io, `${nameOf(target)} was changed meanwhile; run the command again`);
  return written === 'written';
}

/** Only metadata changes; everything else goes back as it came, on condition that nobody changed it meanwhile. */
function changed(
  raw: object,
  { labels, annotations, ownerReferences }: Extract<Decision, { action: 'update' }>,
): object {
  const metadata: unknown = Reflect.get(raw, 'metadata');
  return { ...raw, metadata: { ...(metadata as object), labels, annotations, ownerReferences } };
}

function nameOf({ namespace, name }: TargetRef): string {
  return `${namespace}/${name}`;
}
