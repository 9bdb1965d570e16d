import type { Failure } from '../errors.ts';
import type { Route } from '../registry/document.ts';
import { consentOf, isAccepted } from '../route/consent.ts';
import { notOwner, ownerOf, routeId } from '../route/owner.ts';
import { keepsTags } from '../route/selection.ts';
import { askedSecret, mayClaim, sourcesAmong, type Target } from '../route/targets.ts';
import { keysOf, knownSources } from '../source/needs.ts';
import type { Listing } from '../source/source.ts';
import { rowId } from '../status/target.ts';
import { recordedOwner, recordedRoute, recordedSources } from '../target/ownership.ts';
import { isReplaceable, type LiveSecret } from '../target/secret.ts';
import type { Observation } from './observe.ts';
import type { Reads } from './reads.ts';
import { takenBy } from './taken.ts';

/** What feeds a target, or why its route does not own it. */
type Feeding =
  | {
      kind: 'mine';
      accepted: readonly string[];
      refused: readonly string[];
      /** Recorded sources that the listing does not have: taken for deleted without a read of each. */
      unlisted: ReadonlySet<string>;
    }
  /** `isLeft`: nothing stands, and the route that made what stood there goes on and says itself what becomes of it. */
  | { kind: 'not-mine'; reason: Failure; isLeft: boolean };

/**
 * All sources of the target, after asking who owns it. Ownership needs a look at other routes only when the Secret is
 * absent or records another route; sources need a listing only when the Secret cannot tell them.
 */
export async function feedingOf(observation: Observation, reads: Reads): Promise<Feeding> {
  const { target, namespace, secret } = observation;
  const { route, cluster } = target;
  if (ownerRecorded(secret, route) !== routeId(route)) {
    const owner = await findOwner(observation, reads);
    if (owner.kind === 'contested' || owner.by !== routeId(route))
      return notMine(notOwner(owner), secret === undefined && owner.kind === 'owned');
  }
  const consent = consentOf(cluster, namespace);
  const { names, unlisted } = await allSources(target, secret, reads);
  if (names.length > MOST_SOURCES) return notMine(tooMany(names.length));
  const accepted = new Set(names.filter((name) => isAccepted(consent, { vault: route.spec.vault, name })));
  const refused = names.filter((name) => !accepted.has(name));
  return { kind: 'mine', accepted: [...accepted], refused, unlisted };
}

function notMine(reason: Failure, isLeft = false): Feeding {
  return { kind: 'not-mine', reason, isLeft };
}

/** Of one target: each is a read. The annotation that records them holds little more (ValidateAnnotationsSize). */
const MOST_SOURCES = 1000;
/**
 * Anybody who may edit a Secret can write into the annotation that records its sources. So many are read as it says; of
 * more, a listing tells which there are.
 */
const MOST_RECORDED = 200;

function tooMany(count: number): Failure {
  const message = `${count} sources feed this Secret, and ${MOST_SOURCES} may: split the route`;
  return { code: 'RENDER_REFUSED', message };
}

interface Sources {
  names: string[];
  unlisted: ReadonlySet<string>;
}

const NONE: ReadonlySet<string> = new Set();

async function allSources(target: Target, secret: LiveSecret | undefined, reads: Reads): Promise<Sources> {
  const { route } = target;
  const recordedNames = [...recordedSources(secret, route.spec.vault).keys()];
  const areMany = recordedNames.length > MOST_RECORDED;
  const delivered = areMany ? recordedNames.filter((name) => hasKey(secret, route, name)) : recordedNames;
  // What is deleted and created anew is made of a listing, like everything that is created.
  const tells = secret !== undefined && !areMany && isReplaceable(secret, route.spec.type);
  const recorded = tells
    ? { route: routeOf(secret), sources: delivered, keys: Object.keys(secret.data) }
    : undefined;
  const known = knownSources(target, recorded);
  const listing = known === undefined ? await reads.listing(route.spec.vault) : undefined;
  const names = known ?? listedSources(target, delivered, listing);
  const isUnlisted = (name: string): boolean => listing?.secrets.has(name) === false;
  const unlisted = areMany ? new Set(delivered.filter(isUnlisted)) : NONE;
  const asked = askedSecret(target);
  const also = asked === undefined || names.includes(asked) ? [] : [asked];
  return { names: [...names, ...also].sort(), unlisted };
}

/** A source that is recorded and has no key in the Secret was never delivered: somebody wrote it there. */
function hasKey(secret: LiveSecret | undefined, route: Route, name: string): boolean {
  const keys = keysOf(route, [name]);
  return keys === undefined || keys.some((key) => secret !== undefined && Object.hasOwn(secret.data, key));
}

function routeOf(secret: LiveSecret | undefined): string | undefined {
  return secret === undefined ? undefined : recordedRoute(secret);
}

/** What the vault lists now, and what was delivered before: a source deleted since is not listed, but its key stays. */
function listedSources(
  { route, ref }: Target,
  delivered: readonly string[],
  listing: Listing | undefined,
): string[] {
  return sourcesAmong(route, ref, namesAt(ref, listing, route, delivered));
}

/**
 * The listed secrets that land there and whose tags the route asks for, for tags narrow what it claims; and delivered ones
 * that left the vault or are disabled, of which no read tells the tags.
 */
function namesAt(
  at: { namespace: string; name: string },
  listing: Listing | undefined,
  route: Route,
  delivered: readonly string[],
): string[] {
  const kept = delivered.filter((name) => listing?.secrets.get(name)?.enabled !== true);
  const taken = listing === undefined ? [] : (takenBy(route, listing).get(rowId(at)) ?? []);
  return [...new Set([...taken, ...kept])];
}

async function findOwner({ target, namespace, secret }: Observation, reads: Reads) {
  const { route, cluster, ref } = target;
  const mine = routeId(route);
  const recorded = ownerRecorded(secret, route);
  const { rows, bad } = await reads.routes();
  const maker = routeOf(secret);
  // Whoever made the Secret may still claim it: a row that cannot be read takes nothing away from its route.
  if (recorded !== undefined && bad.some(({ name }) => name === maker))
    return { kind: 'owned', by: recorded } as const;
  const able = rows.filter((rival) => routeId(rival) !== mine && mayClaim(rival, target));
  const vaults = [...new Set(able.map((rival) => rival.spec.vault))];
  const listings = new Map(
    await Promise.all(vaults.map(async (vault) => [vault, await reads.listing(vault)] as const)),
  );
  const consent = consentOf(cluster, namespace);
  const claims = (rival: Route): boolean => {
    const { vault } = rival.spec;
    const delivered = routeId(rival) === recorded ? [...recordedSources(secret, vault).keys()] : [];
    const names = namesAt(ref, listings.get(vault), rival, delivered);
    return sourcesAmong(rival, ref, names).some((name) => isAccepted(consent, { vault, name }));
  };
  const rivals = able.filter(claims).map(routeId);
  // Whose tags do not take the secret claims nothing: it goes on, and finds so when the secret is read.
  if (secret === undefined && rivals.length > 0 && !(await isTaken(target, reads)))
    return { kind: 'owned', by: mine } as const;
  // What was deleted to be created anew is still its route's, whoever else claims the place meanwhile.
  const made = secret === undefined && rivals.length > 0 ? await reads.maker(ref) : undefined;
  return ownerOf([mine, ...rivals], recorded ?? made) ?? ({ kind: 'owned', by: mine } as const);
}

/** Whether the route's tags take the secret that was asked about, as far as the listing knows it. */
async function isTaken({ route, asked }: Target, reads: Reads): Promise<boolean> {
  if (asked.by === 'run' || route.spec.match?.tags === undefined) return true;
  const { secrets } = await reads.listing(route.spec.vault);
  return keepsTags(route, secrets.get(asked.name));
}

/** The recorded owner by its vault, too; where the sources were taken off by hand, the name alone tells. */
function ownerRecorded(secret: LiveSecret | undefined, route: Route): string | undefined {
  return secret && recordedOwner(secret, route.spec.vault);
}
