import type { ListBody } from '../wire/accept.ts';
import type { Namespace, Secret } from './objects.ts';
import { without } from './objects.ts';
import { labelSelector } from '../rules/selectors.ts';
import { badRequest, notImplemented, Refusal } from '../wire/status.ts';
import type { Picture, Resource, Store } from './store.ts';

/** Lists and their pages, as pkg/storage/etcd3 cuts them (k8s.io/apiserver v0.36). */

interface Token {
  v: string;
  rv: number;
  start: string;
}

/** Every page of a list shows the moment of its first page; `-1` means the present moment. */
const PRESENT = -1;

const encodeToken = (rv: number, start: string) =>
  Buffer.from(JSON.stringify({ v: 'meta.k8s.io/v1', rv, start: `/${start}` })).toString('base64url');

function decodeToken(token: string): Token {
  try {
    const value = JSON.parse(Buffer.from(token, 'base64url').toString('utf8')) as Token;
    if (value.v === 'meta.k8s.io/v1' && value.rv && value.start)
      return { ...value, start: value.start.replace(/^\//, '') };
  } catch {
    // Not JSON: refused like every other token that is not ours.
  }
  throw badRequest('invalid continue token: continue key is not valid');
}

/** 410, with a token that continues at the present moment, for those who accept an inconsistent list. */
function expired(start: string): Refusal {
  const refusal = new Refusal(
    410,
    'Expired',
    'The provided continue parameter is too old to display a consistent list result. You can start a new list without the continue parameter, or use the continue token in this response to retrieve the remainder of the results. Continuing with the provided token results in an inconsistent list - objects that were created, modified, or deleted between the time the first chunk was returned and now may show up in the list.',
  );
  refusal.status.metadata.continue = encodeToken(PRESENT, start);
  return refusal;
}

/** A version that this server never had, as after a restore of an older backup. */
function tooLarge(asked: number, current: number): Refusal {
  const message = 'Too large resource version';
  return new Refusal(504, 'Timeout', `Timeout: ${message}: ${asked}, current: ${current}`, {
    causes: [{ reason: 'ResourceVersionTooLarge', message }],
    retryAfterSeconds: 1,
  });
}

function pictureFor(store: Store, token: Token | undefined): Picture {
  if (!token || token.rv === PRESENT) return store.view();
  const { revision } = store.view();
  if (token.rv > revision) throw tooLarge(token.rv, revision);
  const picture = store.pictureAt(token.rv);
  if (!picture) throw expired(token.start);
  return picture;
}

/** In the order of etcd's keys, which are relative to the namespace in a list of one namespace. */
function entriesOf(picture: Picture, resource: Resource, namespace: string): [string, Namespace | Secret][] {
  if (resource === 'namespaces') return [...picture.namespaces].toSorted(byKey);
  const prefix = namespace === '' ? '' : `${namespace}/`;
  return [...picture.secrets]
    .filter(([key]) => key.startsWith(prefix))
    .map(([key, secret]): [string, Secret] => [key.slice(prefix.length), secret])
    .toSorted(byKey);
}

const byKey = ([a]: [string, unknown], [b]: [string, unknown]) => (a < b ? -1 : 1);

function limitOf(query: URLSearchParams): number {
  const text = query.get('limit') ?? '0';
  if (!/^-?\d+$/.test(text)) throw badRequest(`strconv.ParseInt: parsing "${text}": invalid syntax`);
  return Number(text) > 0 ? Number(text) : Infinity;
}

function checkOptions(query: URLSearchParams): void {
  if (query.get('watch') === 'true' || query.get('watch') === '1') throw notImplemented('watch');
  if (query.get('fieldSelector')) throw notImplemented('fieldSelector');
  if (query.get('continue') && !['', '0'].includes(query.get('resourceVersion') ?? ''))
    throw badRequest('specifying resource version is not allowed when using continue');
}

const KINDS = { namespaces: 'NamespaceList', secrets: 'SecretList' } as const;

/** Items of a list carry neither kind nor apiVersion. */
const bare = (object: Namespace | Secret): ListBody['items'][number] => without(object, 'kind', 'apiVersion');

interface Page {
  objects: (Namespace | Secret)[];
  /** Key of the last object when more follow. */
  last?: string;
  remaining: number;
}

/** The server looks only at whether more objects follow, not whether they match: a last page may be empty. */
function cut(entries: [string, Namespace | Secret][], selector: string, limit: number): Page {
  const matches = labelSelector(selector);
  const found = entries.filter(([, { metadata }]) => matches(metadata.labels ?? {})).slice(0, limit);
  const objects = found.map(([, object]) => object);
  const last = found.length === limit ? found.at(-1)?.[0] : undefined;
  if (last === undefined) return { objects, remaining: 0 };
  const remaining = entries.filter(([key]) => key > last).length;
  return { objects, remaining, ...(remaining > 0 && { last }) };
}

/** How many remain is told only without a selector. */
function listMetadata(
  { revision }: Picture,
  { last, remaining }: Page,
  selector: string,
): ListBody['metadata'] {
  const resourceVersion = String(revision);
  if (last === undefined) return { resourceVersion };
  const next = encodeToken(revision, `${last}\0`);
  return { resourceVersion, continue: next, ...(selector === '' && { remainingItemCount: remaining }) };
}

export function list(store: Store, resource: Resource, namespace: string, query: URLSearchParams): ListBody {
  checkOptions(query);
  const next = query.get('continue') ?? '';
  const token = next === '' ? undefined : decodeToken(next);
  const picture = pictureFor(store, token);
  const start = token?.start ?? '';
  const entries = entriesOf(picture, resource, namespace).filter(([key]) => key >= start);
  const selector = query.get('labelSelector') ?? '';
  const page = cut(entries, selector, limitOf(query));
  // Later pages of a list that began earlier use the picture that was kept then.
  if (page.last !== undefined && (token?.rv ?? PRESENT) === PRESENT) store.keep();
  return {
    kind: KINDS[resource],
    apiVersion: 'v1',
    metadata: listMetadata(picture, page, selector),
    items: page.objects.map(bare),
  };
}
