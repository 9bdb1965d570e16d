import pLimit from 'p-limit';
import type { Output } from '../../../shared/output/json-schema.ts';
import type { Stack } from '../../local/stack/start.ts';
import { rowsOf } from '../../local/stack/storage.ts';
import { STORIES } from '../fleet/fleet.ts';
import { truthOf } from './expected.ts';
import type { Truth } from './expected.ts';
import { untrueExplanation } from './explain.ts';
import { untrueRows } from './rows.ts';
import type { Row } from './rows.ts';
import { untrueLists } from './status.ts';
import { sourceIn } from './world.ts';
import type { Ledger } from './world.ts';

const AT_ONCE = 6;

/** What is known of the world besides what its stores hold. */
export interface Moment {
  ledger: Ledger;
  /** When each stage ended, ms. */
  ends: readonly number[];
  /** When the rows were lost, ms: nobody knows when what stands since before was written. */
  lostAt?: number | undefined;
  /** Vaults that refuse everybody. */
  shut: ReadonlySet<string>;
  /** Ids of problems that are about no target. */
  besides: ReadonlySet<string>;
}

/** Everything that rows, `get`, `explain` and `/api/status` say, beside API servers and vault: what is not so. */
export async function untrueNow(stack: Stack, moment: Moment): Promise<string[]> {
  const truths = STORIES.flatMap(({ goals }) => goals.map((goal) => truthOf(stack, moment.ledger, goal)));
  const rows = (await rowsOf(stack.storage, 'Targets')) as unknown as Row[];
  const lists = {
    rows,
    targets: (await asked<{ items: Output<'Target'>[] }>(stack, 'get', 'targets')).document.items,
    problems: (await asked<{ items: Output<'Problem'>[] }>(stack, 'get', 'problems')).document.items,
    report: await answered<Output<'StatusReport'>>(stack, '/api/status'),
  };
  const explanations = await untrueExplanations(stack, truths, moment);
  return [
    ...untrueRows(
      rows,
      truths.filter(({ goal }) => goal.claim !== 'rival'),
      moment,
    ),
    ...untrueLists(lists, truths, moment.besides),
    ...explanations,
  ];
}

async function asked<T>(stack: Stack, ...words: string[]): Promise<{ code: number; document: T }> {
  const { code, printed, complained } = await stack.ask([...words, '-o', 'json']);
  if (printed === '') throw new Error(`${words.join(' ')} printed nothing: ${complained}`);
  return { code, document: JSON.parse(printed) as T };
}

async function answered<T>({ hosts: [host], functionsKey }: Stack, path: string): Promise<T> {
  const answer = await host?.http(path, { headers: { 'x-functions-key': functionsKey } });
  return (await answer?.json()) as T;
}

async function untrueExplanations(stack: Stack, truths: readonly Truth[], moment: Moment): Promise<string[]> {
  const secrets = new Map(
    truths.flatMap(({ goal }) => Object.values(goal.keys).map(({ secret }) => [secret, goal.vault] as const)),
  );
  const limit = pLimit(AT_ONCE);
  const untrue = await Promise.all(
    [...secrets].map(([secret, vault]) => limit(() => untrueOf(stack, truths, moment, { secret, vault }))),
  );
  return untrue.flat();
}

async function untrueOf(
  stack: Stack,
  truths: readonly Truth[],
  { shut, ledger }: Moment,
  { secret, vault }: { secret: string; vault: string },
): Promise<string[]> {
  const concerned = truths.filter(({ goal }) =>
    Object.values(goal.keys).some((from) => from.secret === secret),
  );
  const about = { secret, source: sourceIn(stack, ledger, vault, secret), isOpen: !shut.has(vault) };
  const explained = await asked<Output<'SecretStatus'>>(stack, 'explain', `${vault}/${secret}`);
  const document = await answered<Output<'SecretStatus'>>(stack, `/api/status?secret=${vault}/${secret}`);
  return [
    ...untrueExplanation(explained, concerned, about),
    ...untrueExplanation({ document }, concerned, { ...about, isOpen: false }),
  ];
}
