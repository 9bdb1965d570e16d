import type { Ports } from '../../../../shared/ports.ts';
import { createFakeKeyVault, type FakeKeyVault } from '../../../support/fakes/key-vault.ts';
import type { Fleet } from './fleet.ts';
import type { Time } from './time.ts';

export const VAULT = 'team';

type People = FakeKeyVault['people'];
type Act = Pick<People, 'set' | 'update' | 'disable' | 'enable' | 'delete' | 'recover' | 'purge'>;

/** A vault of two replicas, of which one may stand still for a while; each answers about half of the calls then. */
export interface Replicas {
  port: Ports['vault'];
  /** What people do is done to both; a replica that stands still shows it later. */
  people: Act & Pick<People, 'history' | 'latest'>;
  /** When one of them stood still, ms: at most until then. */
  lags: { since: number; until: number }[];
  /** Until when (ms) one of them stands still at most; 0: none does. */
  lagsUntil: number;
  standStill(ms: number): void;
  catchUp(): void;
  /** Whether the last answer came from the replica that stands still. */
  wasLate: boolean;
}

/** `page`: awaited between the pages of a list. `vaultBehindMs`: what the vault's clock is behind. */
export function createReplicas(
  time: Time,
  coin: () => boolean,
  fleet: Fleet,
  { page, vaultBehindMs }: { page: () => Promise<void>; vaultBehindMs: number },
): Replicas {
  const isLaterPage = (call: string): boolean => /page (?!1(?:\D|$))\d+$/.test(call);
  const options = {
    vaults: [VAULT],
    now: () => time.now() - vaultBehindMs,
    hook: (call: string) => (isLaterPage(call) ? page() : Promise.resolve()),
    pageSize: fleet.secrets.length === 4 ? 3 : 5,
  };
  const [leader, follower] = [createFakeKeyVault(options), createFakeKeyVault(options)];
  const pick = (): FakeKeyVault => {
    if (replicas.lagsUntil > 0 && time.now() >= replicas.lagsUntil) replicas.catchUp();
    replicas.wasLate = replicas.lagsUntil > 0 && coin();
    return replicas.wasLate ? follower : leader;
  };
  const both = (act: (people: People) => void): void => {
    act(leader.people);
    act(follower.people);
  };
  const replicas: Replicas = {
    lags: [],
    lagsUntil: 0,
    wasLate: false,
    standStill(ms) {
      replicas.lagsUntil = Math.max(replicas.lagsUntil, time.now() + ms);
      replicas.lags.push({ since: time.now(), until: replicas.lagsUntil });
      follower.people.serveStale(VAULT, true);
    },
    catchUp() {
      replicas.lagsUntil = 0;
      follower.people.serveStale(VAULT, false);
    },
    port: {
      read: (ref, signal) => pick().read(ref, signal),
      readVersion: (ref, version, signal) => pick().readVersion(ref, version, signal),
      certificate: (ref, version, signal) => pick().certificate(ref, version, signal),
      versions: (ref, signal) => pick().versions(ref, signal),
      list: (vault, signal) => pick().list(vault, signal),
    },
    people: {
      history: (...args) => leader.people.history(...args),
      latest: (...args) => leader.people.latest(...args),
      set(vault, name, value, given) {
        both((people) => people.set(vault, name, value, given));
        return '';
      },
      update: (...args) => both((people) => people.update(...args)),
      disable: (...args) => both((people) => people.disable(...args)),
      enable: (...args) => both((people) => people.enable(...args)),
      delete: (...args) => both((people) => people.delete(...args)),
      recover: (...args) => both((people) => people.recover(...args)),
      purge: (...args) => both((people) => people.purge(...args)),
    },
  };
  return replicas;
}
