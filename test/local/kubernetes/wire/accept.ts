import type { ObjectMeta } from '../storage/objects.ts';
import { Refusal } from './status.ts';

/** In which shape an answer is wanted; `undefined`: as it is. */
export type View = 'PartialObjectMetadata' | 'PartialObjectMetadataList' | undefined;

export interface ListBody {
  kind: string;
  apiVersion: string;
  metadata: { resourceVersion: string; continue?: string; remainingItemCount?: number };
  items: { metadata: ObjectMeta }[];
}

const META = 'meta.k8s.io/v1';

const notAcceptable = (message: string, details?: object) =>
  new Refusal(406, 'NotAcceptable', message, details);

interface Clause {
  type: string;
  parameters: Record<string, string>;
}

function parseClause(text: string): Clause {
  const [type = '', ...parameters] = text.split(';').map((part) => part.trim());
  return { type, parameters: Object.fromEntries(parameters.map((pair) => pair.split('='))) };
}

function viewOf({ type, parameters }: Clause): { view: View } | undefined {
  if (!['application/json', 'application/*', '*/*'].includes(type)) return undefined;
  const { as: kind, g, v } = parameters;
  if (kind === undefined) return { view: undefined };
  const known = kind === 'PartialObjectMetadata' || kind === 'PartialObjectMetadataList';
  return known && g === 'meta.k8s.io' && v === 'v1' ? { view: kind } : undefined;
}

/** The first clause of the Accept header that can be served; the stand-in speaks JSON and no Table. */
export function negotiate(accept: string | undefined): View {
  if (!accept) return undefined;
  for (const clause of accept.split(',').map(parseClause)) {
    const found = viewOf(clause);
    if (found) return found.view;
  }
  const available =
    'application/json, application/yaml, application/vnd.kubernetes.protobuf, application/json;stream=watch, application/vnd.kubernetes.protobuf;stream=watch';
  throw notAcceptable(`406: Not Acceptable\n\nAvailable representations: ${available}`, {});
}

const partial = ({ metadata }: { metadata: ObjectMeta }) => ({
  kind: 'PartialObjectMetadata',
  apiVersion: META,
  metadata,
});

const isList = (body: object): body is ListBody => 'items' in body;
const isStored = (body: object): body is { kind: string; metadata: ObjectMeta } =>
  'metadata' in body && 'kind' in body && body.kind !== 'Status';

/** Statuses stay what they are; a list asked for as an object, or the other way round, is a 406. */
export function present(body: object, view: View): object {
  if (view === undefined) return body;
  if (isList(body)) {
    // An empty one has no list at all: Go's nil.
    if (view === 'PartialObjectMetadataList')
      return {
        ...body,
        kind: view,
        apiVersion: META,
        items: body.items.length === 0 ? null : body.items.map(partial),
      };
    throw notAcceptable(
      `you requested PartialObjectMetadata, but the requested object is a list (*core.${body.kind})`,
    );
  }
  if (!isStored(body)) return body;
  if (view === 'PartialObjectMetadata') return partial(body);
  throw notAcceptable(
    `you requested PartialObjectMetadataList, but the requested object is not a list (*core.${body.kind})`,
  );
}
