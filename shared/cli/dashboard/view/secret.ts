import type { SecretRef, TargetRef } from '../../../names.ts';
import { isoTime, present } from '../../../output/fields.ts';
import { secretStatusOf } from '../../../output/secret/status.ts';
import { perObject } from '../../../remember.ts';
import type { VersionProperties } from '../../../source/source.ts';
import { refOf, type TargetStatus } from '../../../status/target.ts';
import type { Route } from '../../../registry/document.ts';
import { covers, sourcesAmong } from '../../../route/targets.ts';
import type { RegistryView } from '../../connect/registry.ts';
import type { VaultLook } from '../../explain/vault.ts';
import type { Views } from '../views.ts';
import { seenOf } from './seen.ts';
import { onceEach } from './once.ts';
import { feeding } from './secrets.ts';
import { clusterNames, problemRows, rowsOf, type World } from './world.ts';

/** What `vaultcast explain` says, with the vault's versions and the deliveries for a time line. */
export function secretView(secret: SecretRef, world: World, look: VaultLook, now: number): Views['secret'] {
  const rows = rowsAbout(secret, world);
  const invalid = world.registry.bad.map(
    ({ kind, name }) => `${kind} ${name} is invalid: what it says is not known`,
  );
  const status = secretStatusOf(secret, {
    ...world.registry,
    rows: [...rows, ...problemRows(world)],
    vault: look.view,
    tags: look.tags,
    notSeen: invalid,
    now,
  });
  return {
    ...status,
    status: { ...status.status, targets: told(status.status.targets) },
    metadata: { ...status.metadata, ...seenOf(world, now) },
    versions: look.versions.map(versionItem),
    arrivals: arrivalsOf(status.status.targets),
  };
}

type Targets = Views['secret']['status']['targets'];

/** So many targets are told whole. Of more those that are not well; the list of targets has them all. */
const TOLD = 40;
const STUCK: readonly string[] = ['failed', 'refused'];

function told(targets: Targets): Targets {
  if (targets.length <= TOLD) return targets;
  const rank = (state: string): number => (STUCK.includes(state) ? 0 : 1);
  return targets
    .filter(({ status }) => status.state !== 'synced')
    .toSorted((a, b) => rank(a.status.state) - rank(b.status.state))
    .slice(0, TOLD);
}

/** Targets where something of the secret stands, or should. */
export function targetsAbout(secret: SecretRef, world: World): TargetRef[] {
  return rowsAbout(secret, world).map(refOf);
}

/** Rows that speak of it, and those of routes that take it: what was refused speaks of nothing. */
function rowsAbout(secret: SecretRef, world: World): TargetStatus[] {
  const routes = world.registry.routes
    .filter((route) => route.spec.vault === secret.vault && covers(route, secret.name))
    .map((route) => [route.metadata.name, route] as const);
  const question = `${secret.vault}/${secret.name}`;
  const answered = answers(world.registry);
  return clusterNames(world).flatMap((cluster) => {
    const rows = rowsOf(world, cluster);
    return answered(rows, question, () => rowsThatSpeakOf(secret, new Map(routes), rows));
  });
}

/** Looked for again only where rows changed, or all of them where routes did. */
const answers = perObject<RegistryView, ReturnType<typeof onceEach<Rows, Rows>>>(() => onceEach());
type Rows = readonly TargetStatus[];

function rowsThatSpeakOf(
  secret: SecretRef,
  routes: ReadonlyMap<string, Route>,
  rows: readonly TargetStatus[],
): readonly TargetStatus[] {
  const isSame = (one: SecretRef): boolean => one.vault === secret.vault && one.name === secret.name;
  return rows.filter((row) => {
    const route = routes.get(row.route);
    if (route !== undefined && sourcesAmong(route, refOf(row), [secret.name]).length > 0) return true;
    return `${row.sources} ${row.parts}`.includes(secret.name) && feeding(row).some(isSame);
  });
}

function versionItem({ version, created, enabled, notBefore, expires }: VersionProperties) {
  const date = (seconds = 0): string | undefined => isoTime(seconds * 1000);
  return {
    version,
    created: date(created) ?? '',
    enabled,
    ...present({ notBefore: date(notBefore), expires: date(expires) }),
  };
}

/** With a thousand clusters one rotation is a thousand deliveries. */
const DELIVERIES_SHOWN = 8;

/** As rows keep them: the last ten of each target. */
function arrivalsOf(targets: Targets): Views['secret']['arrivals'] {
  const all = targets.flatMap(({ metadata, status }) =>
    (status.deliveries ?? []).map(({ at, version, ms }) => ({
      ...metadata,
      at,
      version,
      ...present({ ms }),
    })),
  );
  const newestFirst = all.toSorted((a, b) => (a.at < b.at ? 1 : -1));
  return [...Map.groupBy(newestFirst, ({ version }) => version)].map(([version, own]) => {
    const measured = own.flatMap(({ ms }) => ms ?? []);
    const slowestMs = measured.length === 0 ? undefined : measured.reduce((a, b) => Math.max(a, b));
    return { version, total: own.length, ...present({ slowestMs }), items: own.slice(0, DELIVERIES_SHOWN) };
  });
}
