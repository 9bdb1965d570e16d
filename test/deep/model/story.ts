import type { SourceRead } from '../../../shared/source/source.ts';
import type { LiveSecret } from '../../../shared/target/secret.ts';
import type { PushMessage } from './oracle/messages.ts';
import { aboutOf } from './oracle/messages.ts';
import { toldBy } from './oracle/secrets.ts';
import type { Program } from './program/program.ts';
import { type Phase, type Result, runProgram } from './run.ts';
import type { Call } from './world/call.ts';
import type { When } from './world/faults.ts';
import type { Told } from './world/model.ts';
import type { Observer, Task, Universe } from './world/shape.ts';

const START = Date.UTC(2026, 10, 20);

/** A line of the story. */
interface Line extends Told {
  atMs: number;
  isVerdict: boolean;
}

/** Runs a program again and tells what happened about these targets and secrets, a line for each thing. */
export async function storyOf(program: Program, about: readonly string[]): Promise<string[]> {
  const lines: Line[] = [];
  await hear(program, (line) => lines.push(line));
  const last = lines.findLastIndex(({ isVerdict }) => isVerdict);
  const told = lines.slice(0, last + 1).filter((line) => line.isVerdict || concerns(line, about));
  const numbers = new Map<string, number>();
  return told.map((line) => shortened(textOf(line), numbers));
}

/** The world before its first step is not worth a word; of the quiet time after the last one only what changes is. */
function hear(program: Program, keep: (line: Line) => void): Promise<Result> {
  let universe: Universe | undefined;
  let phase: Phase = 'before';
  const now = (): number => universe?.time.now() ?? START;
  const tell = (told: Told): void => {
    if (phase === 'steps' || (phase === 'after' && told.isChange === true))
      keep({ ...told, atMs: now(), isVerdict: false });
  };
  return runProgram(program, {
    tell,
    attend(made) {
      universe = made;
      made.observers.push(listener(made, tell));
    },
    enter: (next) => void (phase = next),
    accuse: ({ what, about }) => keep({ who: '!!', what, about, atMs: now(), isVerdict: true }),
  });
}

function textOf({ atMs, who, what }: Line): string {
  const since = new Date(atMs - START).toISOString();
  const day = Math.floor((atMs - START) / 86_400_000) + 1;
  return `day ${day} ${since.slice(11, 19)}  ${who} ${what}`;
}

/** Runs by number instead of by their ids. */
function shortened(text: string, numbers: Map<string, number>): string {
  return text.replace(/\b\d{8}T\d{6}Z-[0-9a-f]+\b/g, (id) => {
    if (!numbers.has(id)) numbers.set(id, numbers.size + 1);
    return String(numbers.get(id));
  });
}

/** Whether a line is about one of the names, or a part or a whole of it; a secret by the Secret it feeds. */
function concerns({ about }: Line, names: readonly string[]): boolean {
  if (about.length === 0 || names.length === 0) return true;
  return about.some((one) => names.some((name) => isRelated(one, name) || isRelated(name, one)));
}

function isRelated(part: string, whole: string): boolean {
  if (whole === part || whole.startsWith(`${part}/`)) return true;
  const [, namespace, name] = whole.split('/');
  return (
    part === `route ${namespace}` ||
    (name !== undefined && part === 'route a-rival') ||
    part.startsWith(`${namespace}--${name}--`)
  );
}

const WHEN: Readonly<Record<When, string>> = {
  before: 'fails',
  after: 'takes effect, and the answer is lost',
  silent: 'is never answered',
  moved: 'meets rows that somebody else wrote a moment before',
};

function listener({ kubernetes, vault }: Universe, tell: (told: Told) => void): Observer {
  const nameOf = ({ instance, name }: Task): string => `instance ${instance.id + 1} (${name})`;
  return {
    fault(call, task, name, when) {
      const what = `${call.port}.${call.method} ${call.place ?? call.secret ?? ''} ${WHEN[when]} (${name})`;
      tell({ who: nameOf(task), what, about: subjectsOf(call) });
    },
    line({ code, message, cluster, namespace, name }, task) {
      if (code === 'RUN_DONE' || code === 'UNCHANGED') return;
      const about =
        name === undefined ? (cluster === undefined ? [] : [cluster]) : [`${cluster}/${namespace}/${name}`];
      tell({
        who: task === undefined ? 'an instance' : nameOf(task),
        what: `says ${code}: ${message}`,
        about,
        isChange: true,
      });
    },
    answer({ port, method, secret = '' }, task, answer) {
      if (port !== 'vault' || method !== 'read') return;
      const from = vault.wasLate ? ' from the replica that stands still' : '';
      tell({
        who: nameOf(task),
        what: `reads ${secret}: ${readText(answer as SourceRead)}${from}`,
        about: [secret],
      });
    },
    effect(call, task) {
      if (call.port === 'queue') return () => tell({ who: nameOf(task), ...queued(call) });
      if (call.port !== 'kubernetes' || !['create', 'replace', 'remove'].includes(call.method))
        return () => {};
      const { place = '', method } = call;
      const [cluster = '', namespace = '', name = ''] = place.split('/');
      return (answer) => {
        const { kind } = answer as { kind: string };
        const after = kubernetes.people(cluster).secret(namespace, name);
        const what =
          kind === 'written' ? `${WRITES[method]} ${place}${dataText(after)}` : `meets ${kind} at ${place}`;
        tell({ who: nameOf(task), what, about: [place], isChange: true });
      };
    },
  };
}

const WRITES: Readonly<Record<string, string>> = { create: 'creates', replace: 'writes', remove: 'deletes' };

function queued({ args, method }: Call): Pick<Told, 'what' | 'about'> {
  const [message, delayMs] = args as [PushMessage, number];
  const delay = `${Math.round(delayMs / 1000)} s`;
  if (method !== 'push') return { what: 'queues a part of a run', about: ['runs'] };
  const what = aboutOf(message);
  return { what: `queues attempt ${message.attempt} at ${what} in ${delay}`, about: [what] };
}

function subjectsOf({ place, cluster, secret, args, port }: Call): string[] {
  if (place !== undefined) return [place];
  if (cluster !== undefined) return [cluster];
  if (secret !== undefined && secret !== '') return [secret];
  const [rows] = args;
  if (port !== 'status' || !Array.isArray(rows)) return [];
  return rows.flatMap((one: { row?: { cluster: string; id: string } }) =>
    one.row === undefined ? [] : [`${one.row.cluster}/${one.row.id.replace(':', '/')}`],
  );
}

function readText(answer: SourceRead): string {
  return answer.state === 'readable'
    ? `version ${Number.parseInt(answer.version.version, 16)}`
    : answer.state;
}

function dataText(secret: LiveSecret | undefined): string {
  if (secret === undefined) return '';
  const keys = Object.entries(secret.data).map(
    ([key, value]) => `${key} ${toldBy(value)?.version ?? 'by hand'}`,
  );
  return `: ${keys.join(', ')}`;
}
