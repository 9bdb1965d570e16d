import type { Code } from '../../shared/errors.ts';
import type { taskOfEvent } from '../../shared/event/parse.ts';
import type { TargetRef } from '../../shared/names.ts';
import type { LiveSecret } from '../../shared/target/secret.ts';
import { ownershipOf } from '../../shared/target/ownership.ts';
import type { SourceVersion } from '../../shared/source/source.ts';
import type { Rendering } from '../../shared/render/render.ts';
import { NOTHING_SPECIAL, type Target } from '../../shared/route/targets.ts';
import { type Outcome, unwritten } from '../../shared/status/outcome.ts';
import { aCluster, aRoute } from './documents.ts';

export const INSTANCE = 'vaultcast-test';

export const VAULTS = new Map([
  ['team', 'https://team.vault.azure.net'],
  ['other', 'https://other.vault.azure.net'],
]);

/** 20 November 2026, in Unix seconds. */
export const NOW = Date.UTC(2026, 10, 20) / 1000;

interface EventOptions {
  vault?: string;
  name?: string;
  version?: string;
  id?: string;
  type?: string;
  /** As Event Grid writes it. */
  time?: string;
  /** `secrets` or `certificates`. */
  path?: string;
  /** Fields of `data` to add or replace. */
  data?: Record<string, unknown>;
}

const V1 = '0123456789abcdef0123456789abcdef';

function dataOf({
  vault = 'team',
  name = 'app-1--pg--password',
  version = V1,
  path = 'secrets',
}: EventOptions) {
  return {
    Id: `https://${vault}.vault.azure.net/${path}/${name}/${version}`,
    VaultName: vault,
    ObjectType: 'Secret',
    ObjectName: name,
    Version: version,
    NBF: null as unknown,
    EXP: null as unknown,
  };
}

const topicOf = ({ vault = 'team' }: EventOptions): string =>
  `/subscriptions/5f2c1d3e/resourceGroups/rg/providers/Microsoft.KeyVault/vaults/${vault}`;

const typeOf = ({ type = 'Microsoft.KeyVault.SecretNewVersionCreated' }: EventOptions): string => type;

/** As Event Grid delivers it in its own schema. */
export function aSecretEvent(options: EventOptions = {}) {
  return {
    id: options.id ?? 'event-1',
    topic: topicOf(options),
    subject: options.name ?? 'app-1--pg--password',
    eventType: typeOf(options),
    eventTime: options.time ?? '2026-11-20T00:00:00.1234567Z',
    data: { ...dataOf(options), ...options.data },
    dataVersion: '1',
    metadataVersion: '1',
  };
}

/** The same in CloudEvents 1.0. */
export function aCloudEvent(options: EventOptions = {}) {
  return {
    specversion: '1.0',
    id: options.id ?? 'event-1',
    source: topicOf(options),
    subject: options.name ?? 'app-1--pg--password',
    type: typeOf(options),
    time: options.time ?? '2026-11-20T00:00:00.1234567Z',
    data: { ...dataOf(options), ...options.data },
  };
}

type ParsedEvent = Parameters<typeof taskOfEvent>[0];

/** What parsing makes of {@link aSecretEvent}. */
export function aParsedEvent(overrides: Partial<ParsedEvent> = {}): ParsedEvent {
  const secret = { vault: 'team', name: 'app-1--pg--password' };
  const announced = { version: V1, at: NOW };
  return { id: 'event-1', secret, announced, time: NOW * 1000 + 123, ...overrides };
}

/** A version as read, valid and without an end. */
export function aVersion(overrides: Partial<SourceVersion> = {}): SourceVersion {
  return {
    name: 'app-1--pg--password',
    version: V1,
    value: 's3cret',
    enabled: true,
    created: NOW - 60,
    updated: NOW - 60,
    tags: {},
    readAt: NOW,
    ...overrides,
  };
}

export function aRef(overrides: Partial<TargetRef> = {}): TargetRef {
  return { cluster: 'weu-1', namespace: 'app-1', name: 'pg', ...overrides };
}

export function aTarget(overrides: Partial<Target> = {}): Target {
  const asked = { by: 'secret', name: 'app-1--pg--password' } as const;
  return {
    ref: aRef(),
    route: aRoute(),
    cluster: aCluster(),
    asked,
    allowed: NOTHING_SPECIAL,
    ...overrides,
  };
}

interface OutcomeOptions {
  code?: Code;
  message?: string;
  target?: Target;
  retryAfterMs?: number;
}

/** What a look at a target came to: up to date, held back, or not written for the reason that the code names. */
export function anOutcome({ code = 'DELIVERED', ...given }: OutcomeOptions = {}): Outcome {
  const { message = 'the Secret was created', target = aTarget(), retryAfterMs } = given;
  const base = { target, look: { at: 'nothing' }, code, message } as const;
  if (code === 'CLUSTER_BACKOFF') return { ...base, kind: 'held', retryAfterMs: retryAfterMs ?? 0 };
  if (code === 'DELIVERED' || code === 'UNCHANGED')
    return { ...base, kind: 'synced', effect: anEffect(code), unfinished: [] };
  const asked = retryAfterMs === undefined ? {} : { retryAfterMs };
  return unwritten(target, base.look, { code, message, ...asked });
}

function anEffect(code: Code) {
  const action: 'create' | 'none' = code === 'DELIVERED' ? 'create' : 'none';
  const secret = { uid: '', resourceVersion: '' };
  return { action, secret, recorded: '', version: undefined, brought: new Map(), removed: [], left: [] };
}

export const base64 = (text: string): string => Buffer.from(text).toString('base64');

/** A Secret of ours as observed, up to date with {@link aVersion}. */
export function aLiveSecret(overrides: Partial<LiveSecret> = {}): LiveSecret {
  const target = aRef();
  const sources = `team/app-1--pg--password@${V1}:${NOW - 60}`;
  return {
    ...target,
    uid: 'uid-1',
    resourceVersion: '7',
    type: 'Opaque',
    immutable: false,
    terminating: false,
    ...ownershipOf(target, INSTANCE, 'app-1', sources),
    finalizers: [],
    ownerReferences: [],
    data: { password: base64('s3cret') },
    ...overrides,
  };
}

/** What rendering made of {@link aVersion}. */
export function aRendering(overrides: Partial<Rendering> = {}): Rendering {
  const version = aVersion();
  return {
    data: { password: base64(version.value) },
    used: new Map([[version.name, version]]),
    kept: [],
    keptSources: [],
    removed: [],
    madeFrom: new Map([['password', [version.name]]]),
    notes: [],
    ...overrides,
  };
}
