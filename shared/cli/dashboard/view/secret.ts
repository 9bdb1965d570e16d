import type { SecretRef } from '../../../names.ts';
import { isoTime, present } from '../../../output/fields.ts';
import type { VaultView } from '../../../output/schema.ts';
import { secretStatusOf } from '../../../output/secret/status.ts';
import type { VersionProperties } from '../../../source/source.ts';
import type { TargetStatus } from '../../../status/target.ts';
import { covers } from '../../../route/targets.ts';
import type { Delivery, SecretView, VersionItem } from '../views.ts';
import { seenOf } from './seen.ts';
import { onceEach } from './once.ts';
import { feeding } from './secrets.ts';
import { clusterNames, partitionOf, problemRows, type World } from './world.ts';

/** What the vault showed to the person. */
interface Look {
  view: VaultView;
  tags: VersionProperties['tags'] | undefined;
  versions: readonly VersionProperties[];
}

/** What `vaultcast explain` says, with the vault's versions and the deliveries for a time line. */
export function secretView(secret: SecretRef, world: World, look: Look, now: number): SecretView {
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
    metadata: { ...status.metadata, ...seenOf(world, now) },
    versions: look.versions.map(versionItem),
    deliveries: deliveriesOf(status.status.targets),
  };
}

/** Clusters where something of the secret stands, or should. */
export function clustersAbout(secret: SecretRef, world: World): string[] {
  return [...new Set(rowsAbout(secret, world).map(({ cluster }) => cluster))];
}

/** Rows that speak of it, and those of routes that take it: what was refused speaks of nothing. */
function rowsAbout(secret: SecretRef, world: World): TargetStatus[] {
  const routes = world.registry.routes
    .filter((route) => route.spec.vault === secret.vault && covers(route, secret.name))
    .map(({ metadata }) => metadata.name);
  const question = JSON.stringify([secret.vault, secret.name, routes]);
  return clusterNames(world).flatMap((cluster) => {
    const { rows } = partitionOf(world, cluster);
    return answered(rows, question, () => rowsThatSpeakOf(secret, new Set(routes), rows));
  });
}

/** Looked for again only where rows changed. */
const answered = onceEach<readonly TargetStatus[], readonly TargetStatus[]>();

function rowsThatSpeakOf(
  secret: SecretRef,
  routes: ReadonlySet<string>,
  rows: readonly TargetStatus[],
): readonly TargetStatus[] {
  const isSame = (one: SecretRef): boolean => one.vault === secret.vault && one.name === secret.name;
  return rows.filter((row) => routes.has(row.route) || feeding(row).some(isSame));
}

function versionItem({ version, created, enabled, notBefore, expires }: VersionProperties): VersionItem {
  const date = (seconds = 0): string | undefined => isoTime(seconds * 1000);
  return {
    version,
    created: date(created) ?? '',
    enabled,
    ...present({ notBefore: date(notBefore), expires: date(expires) }),
  };
}

/** As rows keep them: the last ten of each target. */
function deliveriesOf(targets: SecretView['status']['targets']): Delivery[] {
  return targets
    .flatMap(({ metadata, status }) =>
      (status.deliveries ?? []).map(({ at, version, ms }) => ({
        ...metadata,
        at,
        version,
        ...present({ ms }),
      })),
    )
    .toSorted((a, b) => (a.at < b.at ? 1 : -1))
    .slice(0, DELIVERIES_SHOWN);
}

/** With a thousand clusters one rotation is a thousand of them. */
const DELIVERIES_SHOWN = 200;
