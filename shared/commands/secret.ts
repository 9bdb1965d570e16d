import pLimit from 'p-limit';
import { type SecretRef, toAsciiLower } from '../names.ts';
import type { SecretTarget } from '../output/schema.ts';
import type { Output } from '../output/json-schema.ts';
import { secretStatusOf } from '../output/secret/status.ts';
import type { Ports } from '../ports.ts';
import type { Route } from '../registry/document.ts';
import { covers } from '../route/targets.ts';
import { NO_CLUSTER, type TargetStatus } from '../status/target.ts';
import { NEVER, within } from '../time.ts';

type SecretPorts = Pick<Ports, 'registry' | 'status' | 'clock'>;

/** Whoever asked has given up by then. */
const ANSWER_MS = 60_000;
const CLUSTERS_AT_ONCE = 8;
const WORD = /^(?:(?<vault>[a-z0-9-]{3,24})\/)?(?<name>[0-9a-z-]{1,127})$/;
const TABLES_ONLY = 'only tables are asked here, no vault';

/**
 * Where one secret is, for its owner, who may read neither the tables nor other people's messages: names and states, no
 * message, no key, no cause. `word` is SECRET or VAULT/SECRET; undefined when it can be none, or routes do not tell the vault.
 */
export async function secretOf(
  ports: SecretPorts,
  word: string,
): Promise<Output<'SecretStatus'> | undefined> {
  return within(ports.clock, ANSWER_MS, NEVER, (signal) => answer(ports, word, signal));
}

async function answer(
  { registry, status, clock }: SecretPorts,
  word: string,
  signal: AbortSignal,
): Promise<Output<'SecretStatus'> | undefined> {
  const [clusters, routes] = await Promise.all([registry.clusters(signal), registry.routes(signal)]);
  const secret = meant(word, routes.rows);
  if (secret === undefined) return undefined;
  const limit = pLimit(CLUSTERS_AT_ONCE);
  const partitions = [...clusters.rows.map(({ metadata }) => metadata.name), NO_CLUSTER];
  const rows = await Promise.all(
    partitions.map((partition) => limit((): Promise<TargetStatus[]> => status.targets(partition, signal))),
  );
  const whole = secretStatusOf(secret, {
    routes: routes.rows,
    clusters: clusters.rows,
    rows: rows.flat(),
    vault: { state: 'unknown', message: TABLES_ONLY },
    tags: undefined,
    notSeen: [...clusters.bad, ...routes.bad].map(({ kind, name }) => `${kind} ${name} is invalid`),
    now: clock.now(),
  });
  const { targets, ...said } = whole.status;
  return { ...whole, status: { ...said, targets: targets.map(bare), reasons: [] } };
}

function meant(word: string, routes: readonly Route[]): SecretRef | undefined {
  const { vault: typed, name } = WORD.exec(toAsciiLower(word))?.groups ?? {};
  if (name === undefined) return undefined;
  const covering = routes.filter((route) => covers(route, name)).map(({ spec }) => spec.vault);
  const [vault, ...others] = typed === undefined ? new Set(covering) : [typed];
  return vault === undefined || others.length > 0 ? undefined : { vault, name };
}

/** Names and states: what was said of other secrets of the target is not this owner's. */
function bare({ status, ...target }: SecretTarget): SecretTarget {
  const {
    message: _message,
    cause: _cause,
    help: _help,
    uid: _uid,
    resourceVersion: _version,
    ...rest
  } = status;
  return { ...target, status: { ...rest, sources: [], keys: [] } };
}
