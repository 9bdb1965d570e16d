import { parseProvenance } from '../source/provenance.ts';
import { acknowledgementOf } from '../status/acknowledgement.ts';
import { knownDeliveries } from '../status/deliveries.ts';
import { knownExpiries } from '../status/expiry.ts';
import { isDegrading, knownParts } from '../status/parts.ts';
import { refOf, type TargetStatus } from '../status/target.ts';
import { adviceOn } from './advice.ts';
import { API_VERSION, isoTime, present, textOrNone } from './fields.ts';
import type { Output } from './json-schema.ts';

type Standing = Output<'Problem'>['status'];

/** A row of a target as people and programs read it. */
export function targetDocument(row: TargetStatus): Output<'Target'> {
  const { vault } = parseProvenance(row.sources);
  const known = { ...refOf(row), route: row.route, vault, secret: mainSource(row) };
  return {
    apiVersion: API_VERSION,
    kind: 'Target',
    metadata: refOf(row),
    spec: present({ vault: textOrNone(vault), route: textOrNone(row.route) }),
    status: {
      stands: row.stands,
      ...present({ deliveredAt: isoTime(row.deliveredAt), lookedAt: isoTime(row.lookedAt) }),
      ...present({ uid: textOrNone(row.uid), resourceVersion: textOrNone(row.resourceVersion) }),
      sources: sourcesOf(row),
      ...present({ deliveries: deliveriesOf(row) }),
      ...standingOf(row, adviceOn(row, known)),
    },
  };
}

/** What is wrong, since when, and what comes next. */
export function standingOf(row: TargetStatus, advice: Pick<Standing, 'turn' | 'help'>): Standing {
  const { state, code, message } = row;
  return {
    state,
    reason: code,
    message,
    ...present({ since: isoTime(row.since), failingSince: isoTime(row.failingSince) }),
    ...present({ attempts: row.attempts || undefined, nextRetry: isoTime(row.nextRetry) }),
    ...present({ cause: textOrNone(row.cause) }),
    ...advice,
    ...present({ acknowledged: shownAck(row) }),
  };
}

function shownAck(row: TargetStatus): Standing['acknowledged'] {
  const ack = acknowledgementOf(row);
  if (ack === undefined) return undefined;
  const { by, at, reason } = ack;
  return { by, at: new Date(at).toISOString(), ...present({ reason: textOrNone(reason) }) };
}

/**
 * What stands in the Secret of each source, and what it gives now where that is not simply its value. Of a Secret that does
 * not stand there (any more) the row remembers versions, and none of them is said to stand.
 */
function sourcesOf({ sources, parts, stands, expires }: TargetStatus): Output<'Target'>['status']['sources'] {
  const recorded = parseProvenance(sources).sources;
  const dates = knownExpiries(expires);
  const states = new Map(knownParts(parts).map(({ source, state }) => [source, state]));
  const names = [...new Set([...recorded.keys(), ...states.keys()])].sort();
  return names.map((name) => {
    const { version, created = 0 } = (stands === 'no' ? undefined : recorded.get(name)) ?? {};
    const times = { created: isoTime(created * 1000), expires: isoTime((dates.get(name) ?? 0) * 1000) };
    return { name, ...present({ version, ...times, state: states.get(name) }) };
  });
}

function deliveriesOf({ deliveries }: TargetStatus): Output<'Target'>['status']['deliveries'] {
  const known = knownDeliveries(deliveries);
  if (known.length === 0) return undefined;
  return known.map(({ at, secret, version, ms }) => ({
    at: new Date(at).toISOString(),
    secret,
    version,
    ...present({ ms }),
  }));
}

/** The source that a person would name first: the one that keeps the target back, or else any. */
function mainSource({ sources, parts }: TargetStatus): string | undefined {
  return knownParts(parts).find(isDegrading)?.source ?? [...parseProvenance(sources).sources.keys()][0];
}

/** What waits, was refused or given up: a person may have to act. An orphan is kept on purpose and stuck nowhere. */
const STUCK: ReadonlySet<TargetStatus['state']> = new Set([
  'degraded',
  'pending',
  'refused',
  'failed',
  'problem',
]);

export function isStuck({ state }: Pick<TargetStatus, 'state'>): boolean {
  return STUCK.has(state);
}
