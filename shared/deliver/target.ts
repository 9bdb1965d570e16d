import { type Failure, failureOf } from '../errors.ts';
import type { Ports } from '../ports.ts';
import { decide, staleSource } from '../target/change.ts';
import type { LiveSecret } from '../target/secret.ts';
import { leftoverOf } from '../target/leftover.ts';
import { notOurs, recordedSources } from '../target/ownership.ts';
import type { SourceVersion } from '../source/source.ts';
import type { Contribution, Source } from '../source/usable.ts';
import { contributionOf, isTagged, learntOf } from '../source/usable.ts';
import { RenderRefusal } from '../render/refusal.ts';
import { type Rendering, renderTarget } from '../render/render.ts';
import { consentOf, consentRefusal } from '../route/consent.ts';
import type { Gathering } from './gather.ts';
import type { Observed } from './observe.ts';
import { withPermission } from './permission.ts';
import type { Result, Terms, Work } from './result.ts';
import { ownSilence, silenceOf } from './silence.ts';
import { sourcesOf } from './sources.ts';
import { type Done, rehearse, write } from './write.ts';

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
    const gathered = await gatherAll(work, sources.accepted, gathering);
    known.gathered = new Map([...gathered].map(([name, one]) => [name, learntOf(one)]));
    const permitted = await withPermission(observed, gathered, gathering, terms);
    return { ...known, ...(await renderAndWrite(ports, observed, gathered, permitted, signal)) };
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
): Promise<Map<string, Source>> {
  const { vault } = work.claim.route.spec;
  const found = names.map(async (name) => [name, await gathering.source({ vault, name })] as const);
  return new Map(await Promise.all(found));
}

async function renderAndWrite(
  ports: Pick<Ports, 'kubernetes'>,
  observed: Observed,
  gathered: ReadonlyMap<string, Source>,
  terms: Terms,
  signal: AbortSignal,
): Promise<Result> {
  const { work, live } = observed;
  const { route, target } = work.claim;
  const unreadable = firstUnreadable(gathered);
  const contributions = contributionsOf(observed, gathered, terms);
  const silence = live === undefined ? reasonNotToCreate(gathered, contributions) : undefined;
  if (silence !== undefined) return { work, ...silence };
  const rendered = await renderTarget(route, contributions, live?.data);
  const stale = terms.acceptOlder
    ? undefined
    : staleSource(route.spec.vault, rendered.used, chosenOlder(gathered, rendered.used), live);
  if (stale !== undefined)
    return { work, code: 'STALE_READ', message: `the vault answered with an older version of ${stale}` };
  const left = leftoverOf(route, new Set(contributions.keys()), rendered, live);
  const decision = decide(target, route, terms.instance, rendered, live, left);
  if (decision.kind === 'recreate' && unreadable !== undefined) return { work, ...unreadable };
  const done = terms.dryRun === true ? rehearse(decision) : await write(ports, work.claim, decision, signal);
  const keys = { left: left.keys, removed: removedFrom(live, rendered) };
  const outcome = { work, ...noted(done, rendered), ...ownSilence(observed, gathered, decision), ...keys };
  return withUnreadable({ ...outcome, ...versionOf(work, rendered.used) }, unreadable);
}

const NOTES_SHOWN = 3;

/** With what a person should know of the rendering, such as a certificate that was left out. */
function noted(done: Done, { notes }: Rendering): Done {
  const more = notes.length > NOTES_SHOWN ? [`and ${notes.length - NOTES_SHOWN} more notes`] : [];
  return { ...done, message: [done.message, ...notes.slice(0, NOTES_SHOWN), ...more].join('; ') };
}

function reasonNotToCreate(
  gathered: ReadonlyMap<string, Source>,
  contributions: ReadonlyMap<string, Contribution>,
): Failure | undefined {
  const unreadable = firstUnreadable(gathered);
  if (unreadable !== undefined) return unreadable;
  return isWantedByNoTag(gathered, contributions) ? NO_TAG : silenceOf(contributions);
}

/** The keys that a write takes from the Secret because their source is gone. */
function removedFrom(live: LiveSecret | undefined, { removed }: Rendering): string[] {
  return removed.filter((key) => live !== undefined && Object.hasOwn(live.data, key));
}

/** A source that could not be read is the outcome, even when everything else was written: it is tried again. */
function withUnreadable(result: Result, unreadable: Failure | undefined): Result {
  if (unreadable === undefined || result.code === 'CONFLICT') return result;
  const message = `${unreadable.message}; its keys stay as found, the others are up to date`;
  return { ...result, ...unreadable, message };
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
  gathered: ReadonlyMap<string, Source>,
  terms: Terms,
): Map<string, Contribution> {
  const recorded = recordedSources(live, work.claim.route.spec.vault);
  return new Map(
    [...gathered]
      .filter(([, one]) => isTagged(work.claim.route, one))
      .map(([name, one]) => [
        name,
        contributionOf(one, work.claim.route, recorded.get(name), terms.removalProven(work, name, one.state)),
      ]),
  );
}

function firstUnreadable(gathered: ReadonlyMap<string, Source>) {
  for (const one of gathered.values()) if (one.state === 'unreadable') return one.failure;
  return undefined;
}

/** Sources whose older version is used on purpose, because the latest one waits for its date. */
function chosenOlder(
  gathered: ReadonlyMap<string, Source>,
  used: ReadonlyMap<string, SourceVersion>,
): Set<string> {
  const chosen = [...gathered].filter(
    ([name, one]) => one.state === 'not-yet-valid' && used.get(name)?.version !== one.latest.version,
  );
  return new Set(chosen.map(([name]) => name));
}
