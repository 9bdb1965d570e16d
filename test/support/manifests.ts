import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseAllDocuments } from 'yaml';

import { replace, type Manifest, type Replacement } from './replacements.ts';

export const MANIFESTS = join(import.meta.dirname, '../../infra/kubernetes');

/** The data of the ConfigMap that users fill in. */
export interface Settings {
  user: string;
  instance: string;
  /** Keys of labels and annotations, separated by commas. */
  allowedMetadata: string;
  adopterGroup: string;
  breakGlassGroup: string;
}

interface Kustomization {
  resources?: string[];
  components?: string[];
  replacements?: Replacement[];
}

/** @throws Error when a document is no YAML */
export function readYaml(path: string): unknown[] {
  return parseAllDocuments(readFileSync(path, 'utf8')).map((document) => {
    if (document.errors.length > 0) throw new Error(`${path}: ${String(document.errors[0])}`);
    return document.toJS() as unknown;
  });
}

export function readKustomization(folder: string): Kustomization {
  const [kustomization] = readYaml(join(folder, 'kustomization.yaml'));
  return kustomization as Kustomization;
}

/** The part of kustomize that the manifests use: resources, then the replacements of components, no local objects. */
export function render(folder: string): Manifest[] {
  const path = join(MANIFESTS, folder);
  const components = readKustomization(path).components ?? [];
  return finish(
    load(path),
    components.map((component) => join(path, component)),
  );
}

/** Folders as a user puts them together, with settings of their own. */
export function compose(folders: string[], settings: Partial<Settings>): Manifest[] {
  const [example] = load(join(MANIFESTS, 'example/settings.yaml'));
  if (example === undefined) throw new Error('the example has no settings');
  const filledIn = { ...example, data: { ...(example['data'] as object), ...settings } };
  const resources = folders.flatMap((folder) => load(join(MANIFESTS, folder)));
  return finish([...resources, filledIn], [join(MANIFESTS, 'settings')]);
}

function load(path: string): Manifest[] {
  if (path.endsWith('.yaml')) return readYaml(path) as Manifest[];
  return (readKustomization(path).resources ?? []).flatMap((resource) => load(join(path, resource)));
}

function finish(manifests: Manifest[], components: string[]): Manifest[] {
  for (const component of components) {
    for (const replacement of readKustomization(component).replacements ?? [])
      replace(manifests, replacement);
  }
  return manifests.filter(
    ({ metadata }) => metadata.annotations?.['config.kubernetes.io/local-config'] !== 'true',
  );
}
