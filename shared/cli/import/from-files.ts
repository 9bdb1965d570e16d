import { parseAllDocuments } from 'yaml';
import { readTexts } from '../connect/files.ts';
import { listAt, textAt } from '../connect/objects.ts';
import type { Io } from '../terminal/io.ts';
import { isOfTool, kindOf } from './kinds.ts';
import type { Manifest } from './kinds.ts';

/** Manifests as files hold them. */
interface FromFiles {
  manifests: Manifest[];
  /** Files that are no YAML, such as templates of Helm. */
  unreadable: string[];
}

/** Kinds of nobody here are passed over: manifests of an application hold much else. Throws CliError for a path that is not there. */
export async function manifestsInFiles(
  paths: readonly string[],
  namespace: string | undefined,
  io: Io,
): Promise<FromFiles> {
  const found: FromFiles = { manifests: [], unreadable: [] };
  for (const { name, content } of await readTexts(paths, io)) {
    const objects = objectsIn(content);
    if (objects === undefined) found.unreadable.push(name);
    else found.manifests.push(...objects.flatMap((object) => manifestOf(object, namespace)));
  }
  return found;
}

/** The most a reused anchor may multiply. */
const MAX_ALIASES = 50;

/** undefined: it is no YAML. */
function objectsIn(content: string): unknown[] | undefined {
  try {
    const documents = parseAllDocuments(content, { logLevel: 'silent' });
    if (documents.some(({ errors }) => errors.length > 0)) return undefined;
    return documents.flatMap((document) => flat(document.toJS({ maxAliasCount: MAX_ALIASES })));
  } catch {
    return undefined;
  }
}

/** The items of a List, as `kubectl get -o yaml` prints it. */
function flat(object: unknown): unknown[] {
  return textAt(object, 'kind').endsWith('List') ? [...listAt(object, 'items')] : [object];
}

function manifestOf(object: unknown, fallback: string | undefined): Manifest[] {
  if (typeof object !== 'object' || object === null) return [];
  const [apiVersion, kind] = [textAt(object, 'apiVersion'), textAt(object, 'kind')];
  const [name, namespace] = [textAt(object, 'metadata', 'name'), textAt(object, 'metadata', 'namespace')];
  const known = kindOf(apiVersion, kind);
  if (known === undefined) return strangerOf({ kind, version: apiVersion, namespace, name, object });
  const place = known.namespaced ? namespace || (fallback ?? '') : '';
  return [{ kind, version: apiVersion.split('/')[1] ?? '', namespace: place, name, object }];
}

/** A Namespace, or a kind of these tools that a person should hear of. */
function strangerOf(manifest: Manifest): Manifest[] {
  const { kind, version } = manifest;
  if (version === 'v1' && kind === 'Namespace') return [{ ...manifest, version: '', namespace: '' }];
  return isOfTool(version, kind) ? [manifest] : [];
}
