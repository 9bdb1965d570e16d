import { type Failure, failureOf } from '../errors.ts';
import type { Ports } from '../ports.ts';
import { RenderRefusal } from '../render/refusal.ts';
import { renderTarget } from '../render/render.ts';
import { consentRefusal } from '../route/consent.ts';
import { keepsTags } from '../route/selection.ts';
import { askedSecret, mayLeave, NOTHING_SPECIAL, type Target } from '../route/targets.ts';
import { type Contribution, contributionOf, FATE_OPTION, isFate } from '../source/contribution.ts';
import { latestOf, type Source, statusOf } from '../source/source.ts';
import { isSameRoute } from '../status/fingerprint.ts';
import { type Outcome, unwritten } from '../status/outcome.ts';
import { reasonNotToCreate, silenceOf } from '../target/absence.ts';
import { diff } from '../target/change.ts';
import { guardedChange, guardedSources, unfinishedSources } from '../target/guards.ts';
import { leftoverOf, without } from '../target/leftover.ts';
import { notOurs, recordedSources } from '../target/ownership.ts';
import { entryOf, isStillProven } from '../target/removal.ts';
import { identityOf, type LiveSecret } from '../target/secret.ts';
import { apply } from './apply.ts';
import { withCertificates } from './certificates.ts';
import { feedingOf } from './feeding.ts';
import type { Observation } from './observe.ts';
import { outcomeOf } from './outcome.ts';
import type { Reads } from './reads.ts';

/** What the targets of one wave share. */
interface Wave extends Pick<Ports, 'kubernetes' | 'clock'> {
  reads: Reads;
  /** This deployment's name: it stands on every Secret it owns. */
  instance: string;
  /** Decide everything, write nothing. */
  dryRun: boolean;
  /** Makes sure that the target is looked at again soon, whatever becomes of this process. */
  safeguard: (target: Target) => Promise<void>;
  /** The proof of a removal that stands in the target's row by now. */
  proof: (target: Target) => Promise<string>;
  signal: AbortSignal;
}

/**
 * One observed target, from consent to write: may we, is it ours, what feeds it, what does that make, what must change,
 * must the change wait, carry it out. Never rejects: what cannot be done now becomes an outcome with its code.
 */
export async function syncTarget(wave: Wave, observation: Observation): Promise<Outcome> {
  const { namespace, secret: live } = observation;
  const target = asProven(observation.target, live);
  let look: Outcome['look'] = NOTHING;
  try {
    const refusal =
      consentRefusal(target, namespace, askedSecret(target)) ?? foreign(target, live, wave.instance);
    if (refusal !== undefined) return unwritten(target, look, refusal);
    look = { at: 'secret', secret: live && identityOf(live) };

    const feeding = await feedingOf(observation, wave.reads);
    if (feeding.kind === 'not-mine')
      return unwritten(target, feeding.isLeft ? NOTHING : look, feeding.reason);
    const sources = await readAll(target, feeding.accepted, feeding.unlisted, wave.reads);
    const statuses = new Map([...sources].map(([name, source]) => [name, statusOf(source)]));
    const stale = staleSources(target, live, sources);
    look = { ...look, at: 'sources', sources: statuses, refused: feeding.refused, stale };

    const allowed = await withStandingReason(target, live, sources, wave);
    return await changeTarget(wave, allowed, live, sources, look);
  } catch (error) {
    return unwritten(target, look, refusalOrFailure(error));
  }
}

const NOTHING = { at: 'nothing' } as const;

/** The second half, once all that feeds the target is known: render, compare, guard, apply. */
async function changeTarget(
  wave: Wave,
  target: Target,
  live: LiveSecret | undefined,
  sources: ReadonlyMap<string, Source>,
  look: Outcome['look'],
): Promise<Outcome> {
  const contributions = guardedSources(contributionsOf(target, live, sources), target, sources, live);
  const absence = live === undefined ? absenceOf(target, look, sources, contributions) : undefined;
  if (absence !== undefined) return absence;

  const { broken, ...rendering } = await renderTarget(target.route, contributions, live?.data);
  const [refusal] = broken.values();
  if (live === undefined && refusal !== undefined) throw refusal;
  const leftover = leftoverOf(target.route, new Set(contributions.keys()), rendering, live);
  const unfinished = unfinishedSources(sources, contributions, broken);
  const rest = live && without(live, leftover);
  const wanted = diff({ ...target, instance: wave.instance }, rendering, live, rest);
  const change = guardedChange(wanted, rendering, unfinished);
  if (change.action === 'blocked') return unwritten(target, look, change);

  const written = wave.dryRun ? undefined : await apply(wave, target, change, wave.signal);
  const made = { target, live, sources, contributions, rendering, broken, unfinished, left: leftover.keys };
  return outcomeOf(change, written, look, made);
}

/** Known of every look, whatever becomes of the write: a source that is stale for a day is written (DESIGN 5.2). */
function staleSources(
  target: Target,
  live: LiveSecret | undefined,
  sources: ReadonlyMap<string, Source>,
): string[] {
  // One that may be written by now is stale until it was: what keeps it from being written must not begin its day again.
  const guarded = { ...target, allowed: { ...target.allowed, older: NOTHING_SPECIAL.older } };
  const given = guardedSources(contributionsOf(target, live, sources), guarded, sources, live);
  return [...given].flatMap(([name, one]) => ('keep' in one && one.keep === 'stale' ? [name] : []));
}

function absenceOf(
  target: Target,
  look: Outcome['look'],
  sources: ReadonlyMap<string, Source>,
  contributions: ReadonlyMap<string, Contribution>,
): Outcome | undefined {
  const reason = reasonNotToCreate(sources, contributions);
  if (reason !== undefined) return unwritten(target, look, reason);
  const silence = silenceOf(contributions);
  return silence && { kind: 'absent', target, look, ...silence };
}

/** Without the removals that were proven of another Secret, or of another entry on it, than was observed (DESIGN 5.6). */
function asProven(target: Target, live: LiveSecret | undefined): Target {
  const { allowed, route } = target;
  if (allowed.leaving === 'all' || allowed.leaving.size === 0) return target;
  const same = [...allowed.leaving].filter(
    ([name, { entry }]) => entryOf(live, { vault: route.spec.vault, name }) === entry,
  );
  return leavingOnly(target, new Map(same));
}

function foreign({ ref }: Target, live: LiveSecret | undefined, instance: string): Failure | undefined {
  const reason = live === undefined ? undefined : notOurs(live, ref, instance);
  return reason === undefined
    ? undefined
    : { code: 'NOT_OURS', message: `a Secret of that name exists: ${reason}` };
}

function refusalOrFailure(error: unknown): Failure {
  return error instanceof RenderRefusal
    ? { code: 'RENDER_REFUSED', message: error.message }
    : failureOf(error);
}

/** What may leave was read, always: nothing is concluded from a listing (DESIGN 5.6). */
async function readAll(
  target: Target,
  accepted: readonly string[],
  unlisted: ReadonlySet<string>,
  reads: Reads,
): Promise<ReadonlyMap<string, Source>> {
  const { vault } = target.route.spec;
  const asked = askedSecret(target);
  const isRead = (name: string): boolean =>
    !unlisted.has(name) || name === asked || mayLeave(target, name, 'deleted');
  const found = accepted.map(async (name) => {
    const source = isRead(name) ? await reads.source({ vault, name }) : ({ state: 'deleted' } as const);
    return [name, source] as const;
  });
  const read = new Map(await Promise.all(found));
  return withCertificates(target.route, read, (name, version) => reads.certificate({ vault, name }, version));
}

/**
 * A key may leave only by a route that still stands: read again, after the Secret was observed, word by word the one the
 * removal was decided by, with no row of the table in doubt (DESIGN 5.6). Otherwise nothing leaves in this delivery. And only by a
 * proof that still stands: what others found meanwhile ends it, although a replica may not know of it yet.
 */
async function withStandingReason(
  target: Target,
  live: LiveSecret | undefined,
  sources: ReadonlyMap<string, Source>,
  { reads, proof }: Wave,
): Promise<Target> {
  const { route, allowed } = target;
  const leaves = ([name, { state }]: [string, Source]): boolean =>
    isFate(state) && route.spec[FATE_OPTION[state]] === 'remove' && mayLeave(target, name, state);
  if (live === undefined || ![...sources].some(leaves)) return target;
  const { rows, bad } = await reads.routes();
  if (bad.length > 0 || !rows.some((one) => isSameRoute(one, route))) return leavingOnly(target, new Map());
  if (allowed.leaving === 'all') return target;
  const known = await proof(target);
  return leavingOnly(
    target,
    new Map([...allowed.leaving].filter(([name, one]) => isStillProven(known, name, one))),
  );
}

function leavingOnly(target: Target, leaving: Target['allowed']['leaving']): Target {
  return { ...target, allowed: { ...target.allowed, leaving } };
}

/** What each source gives; those whose tags the route does not ask for give nothing. */
function contributionsOf(
  target: Target,
  live: LiveSecret | undefined,
  sources: ReadonlyMap<string, Source>,
): Map<string, Contribution> {
  const { route } = target;
  const recorded = recordedSources(live, route.spec.vault);
  const wanted = [...sources].filter(([, source]) => keepsTags(route, latestOf(source)));
  return new Map(
    wanted.map(([name, source]) => {
      const leaves = mayLeave(target, name, source.state);
      return [name, contributionOf(source, route, recorded.get(name), leaves)];
    }),
  );
}
