import type { SecretRef } from '../names.ts';
import { isReplaceable } from '../target/change.ts';
import { recordedRoute, recordedSources } from '../target/ownership.ts';
import { ownerOf } from '../route/owner.ts';
import { knownSources } from '../source/needs.ts';
import type { Listing } from '../source/source.ts';
import type { Route } from '../registry/document.ts';
import { type Acceptance, accepts } from '../route/accept.ts';
import { type Claim, covers, mayClaim, sourcesAmong } from '../route/targets.ts';
import { hasTags } from '../route/selection.ts';
import type { Gathering } from './gather.ts';
import type { Observed } from './observe.ts';

/** What feeds a target, or the route that owns it instead. */
export type Sources =
  | { owner: string; accepted?: undefined }
  | { owner?: undefined; accepted: readonly string[]; unaccepted: readonly string[] };

export type Consent = Acceptance | 'everything';

/**
 * All sources of the target, after asking who owns it. Ownership needs a look at other routes only when the Secret is
 * absent or records another route; sources need a listing only when the Secret cannot tell them.
 */
export async function sourcesOf(
  observed: Observed,
  consent: Consent,
  gathering: Gathering,
): Promise<Sources> {
  const { claim, source } = observed.work;
  const { live } = observed;
  const recorded = live === undefined ? undefined : recordedRoute(live);
  if (recorded !== claim.route.metadata.name) {
    const owner = await findOwner(observed, consent, gathering);
    if (owner !== claim.route.metadata.name) return { owner };
  }
  const delivered = [...recordedSources(live, claim.route.spec.vault).keys()];
  // What is deleted and created anew is made of a listing, like everything that is created.
  const tells = live !== undefined && isReplaceable(live, claim.route.spec.type);
  const inSecret = tells ? { route: recorded, sources: delivered, keys: Object.keys(live.data) } : undefined;
  const known = knownSources(claim, observed.work, inSecret);
  const names = known ?? (await listedSources(claim, delivered, gathering));
  const all = source === undefined || names.includes(source) ? names : [...names, source].sort();
  const accepted = all.filter((name) => isAccepted(consent, { vault: claim.route.spec.vault, name }));
  return { accepted, unaccepted: all.filter((name) => !accepted.includes(name)) };
}

/** What the vault lists now, and what was delivered before: a source deleted since is not listed, but its key stays. */
async function listedSources(
  claim: Claim,
  recorded: readonly string[],
  gathering: Gathering,
): Promise<string[]> {
  const listing = await gathering.listing(claim.route.spec.vault);
  return sourcesAmong(claim.route, claim.target, namesIn(listing, claim.route, recorded));
}

/**
 * The listed secrets whose tags the route asks for, for tags narrow what it claims; and delivered ones that left the vault
 * or are disabled, of which no read tells the tags.
 */
function namesIn(listing: Listing | undefined, route: Route, delivered: readonly string[]): string[] {
  const kept = delivered.filter((name) => listing?.secrets.get(name)?.enabled !== true);
  return [...new Set([...(listing === undefined ? [] : takenNames(route, listing)), ...kept])];
}

const taken = new WeakMap<Listing, WeakMap<Route, readonly string[]>>();

/** The listed secrets that a route takes: the same for all targets of a delivery, so it is found out once. */
function takenNames(route: Route, listing: Listing): readonly string[] {
  const ofListing = taken.get(listing) ?? new WeakMap<Route, readonly string[]>();
  taken.set(listing, ofListing);
  const names =
    ofListing.get(route) ??
    [...listing.secrets].flatMap(([name, { tags }]) =>
      covers(route, name) && hasTags(route, tags) ? [name] : [],
    );
  ofListing.set(route, names);
  return names;
}

export function isAccepted(consent: Consent, secret: SecretRef): boolean {
  return consent === 'everything' || accepts(consent, secret);
}

async function findOwner(
  { work: { claim }, live }: Observed,
  consent: Consent,
  gathering: Gathering,
): Promise<string> {
  const recorded = live === undefined ? undefined : recordedRoute(live);
  const mine = claim.route.metadata.name;
  const { rows, bad } = await gathering.routes();
  // Whoever made the Secret may still claim it: a row that cannot be read takes nothing away from its route.
  if (recorded !== undefined && bad.some(({ name }) => name === recorded)) return recorded;
  const rivals = rows.filter((route) => route.metadata.name !== mine && mayClaim(route, claim));
  const contested = rivals.filter((route) => route.metadata.name < mine || route.metadata.name === recorded);
  const vaults = [...new Set(contested.map((route) => route.spec.vault))];
  const listings = new Map(
    await Promise.all(vaults.map(async (vault) => [vault, await gathering.listing(vault)] as const)),
  );
  const namesOf = (rival: Route): string[] => {
    const { vault } = rival.spec;
    const delivered = rival.metadata.name === recorded ? [...recordedSources(live, vault).keys()] : [];
    return namesIn(listings.get(vault), rival, delivered);
  };
  return ownerOf(claim, contested, recorded, namesOf, consent);
}
