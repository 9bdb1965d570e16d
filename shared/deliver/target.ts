import { failureOf } from '../errors.ts';
import type { Ports } from '../ports.ts';
import { decide, staleSource } from '../push/decide.ts';
import { notOurs, SOURCES_ANNOTATION } from '../push/ownership.ts';
import { parseProvenance } from '../push/provenance.ts';
import type { SourceVersion } from '../read/source.ts';
import type { Contribution, Gathered } from '../read/usable.ts';
import { contributionOf, isTagged } from '../read/usable.ts';
import { RenderRefusal } from '../render/refusal.ts';
import { renderTarget } from '../render/render.ts';
import { consentOf, consentRefusal } from './consent.ts';
import type { Gathering } from './gather.ts';
import type { Observed } from './observe.ts';
import type { Result, Terms, Work } from './result.ts';
import { sourcesOf } from './sources.ts';
import { write } from './write.ts';

/** One observed target from consent to write. Never rejects: what cannot be done now becomes a result with its code. */
export async function pushTarget(
  ports: Pick<Ports, 'kubernetes'>,
  observed: Observed,
  gathering: Gathering,
  terms: Terms,
  signal: AbortSignal,
): Promise<Result> {
  const { work, live } = observed;
  const known: Known = { work };
  try {
    const refusal = consentRefusal(observed);
    if (refusal !== undefined) return { ...known, ...refusal };
    const foreign = live === undefined ? undefined : notOurs(live, work.claim.target, terms.instance);
    if (foreign !== undefined)
      return { ...known, code: 'NOT_OURS', message: `a Secret of that name exists: ${foreign}` };
    if (live !== undefined) known.identity = { uid: live.uid, resourceVersion: live.resourceVersion };
    const sources = await sourcesOf(observed, consentOf(observed), gathering);
    if (sources.accepted === undefined)
      return { ...known, code: 'COLLISION', message: `route ${sources.owner} owns this target` };
    known.unaccepted = sources.unaccepted;
    known.gathered = await gatherAll(work, sources.accepted, gathering);
    return { ...known, ...(await renderAndWrite(ports, observed, known.gathered, terms, signal)) };
  } catch (error) {
    if (error instanceof RenderRefusal) return { ...known, code: 'RENDER_REFUSED', message: error.message };
    return { ...known, ...failureOf(error) };
  }
}

/** What was learnt before the outcome: a refusal is recorded with it, so that it is not looked into again and again. */
type Known = Pick<Result, 'work' | 'identity' | 'gathered' | 'unaccepted'>;

async function gatherAll(
  work: Work,
  names: readonly string[],
  gathering: Gathering,
): Promise<Map<string, Gathered>> {
  const { vault } = work.claim.route.spec;
  const found = names.map(async (name) => [name, await gathering.source({ vault, name })] as const);
  return new Map(await Promise.all(found));
}

async function renderAndWrite(
  ports: Pick<Ports, 'kubernetes'>,
  observed: Observed,
  gathered: ReadonlyMap<string, Gathered>,
  terms: Terms,
  signal: AbortSignal,
): Promise<Result> {
  const { work, live } = observed;
  const { route, target } = work.claim;
  const unreadable = firstUnreadable(gathered);
  if (live === undefined && unreadable !== undefined) return { work, ...unreadable };
  const contributions = contributionsOf(observed, gathered, terms);
  if (live === undefined && isWantedByNoTag(gathered, contributions)) return { work, ...NO_TAG };
  const rendered = await renderTarget(route, contributions, live?.data);
  const stale = terms.acceptOlder ? undefined : staleSource(rendered.used, chosenOlder(gathered), live);
  if (stale !== undefined)
    return { work, code: 'STALE_READ', message: `the vault answered with an older version of ${stale}` };
  const done = await write(ports, work.claim, decide(target, route, terms.instance, rendered, live), signal);
  const result: Result = { work, ...done, ...versionOf(work, rendered.used) };
  if (unreadable === undefined || done.code === 'CONFLICT') return result;
  return {
    ...result,
    ...unreadable,
    message: `${unreadable.message}; its keys stay as found, the others are up to date`,
  };
}

const NO_TAG = {
  code: 'NO_ROUTE',
  message: 'the tags of the secret are not those the route asks for',
} as const;

function isWantedByNoTag(
  gathered: ReadonlyMap<string, unknown>,
  used: ReadonlyMap<string, unknown>,
): boolean {
  return gathered.size > 0 && used.size === 0;
}

function versionOf(work: Work, used: ReadonlyMap<string, SourceVersion>): { version?: string } {
  const version = work.source === undefined ? undefined : used.get(work.source)?.version;
  return version === undefined ? {} : { version };
}

function contributionsOf(
  { work, live }: Observed,
  gathered: ReadonlyMap<string, Gathered>,
  terms: Terms,
): Map<string, Contribution> {
  const recorded = parseProvenance(live?.annotations[SOURCES_ANNOTATION]).sources;
  return new Map(
    [...gathered]
      .filter(([, one]) => isTagged(work.claim.route, one))
      .map(([name, one]) => [
        name,
        contributionOf(one, work.claim.route, recorded.get(name)?.version, terms.removalProven(work, name)),
      ]),
  );
}

function firstUnreadable(gathered: ReadonlyMap<string, Gathered>) {
  for (const one of gathered.values()) if (one.state === 'unreadable') return one.failure;
  return undefined;
}

/** Sources whose older version is used on purpose, because the latest one waits for its date. */
function chosenOlder(gathered: ReadonlyMap<string, Gathered>): Set<string> {
  return new Set([...gathered].flatMap(([name, one]) => (one.state === 'not-yet-valid' ? [name] : [])));
}
