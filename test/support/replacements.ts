export interface Manifest {
  apiVersion: string;
  kind: string;
  metadata: { name: string; namespace?: string; annotations?: Record<string, string> };
  [field: string]: unknown;
}

interface Selector {
  kind?: string;
  name?: string;
}

/** https://kubectl.docs.kubernetes.io/references/kustomize/kustomization/replacements, as far as the manifests go */
export interface Replacement {
  source: Selector & { fieldPath: string };
  targets: { select: Selector; fieldPaths: string[]; options?: { delimiter: string; index: number } }[];
}

/** Changes the manifests in place. @throws Error when the source or a field of a target is missing, as kustomize does */
export function replace(manifests: Manifest[], { source, targets }: Replacement): void {
  const from = manifests.find((manifest) => matches(manifest, source));
  if (from === undefined)
    throw new Error(`no ${source.kind} ${source.name} to take ${source.fieldPath} from`);
  const value = fieldOf(from, source.fieldPath).get();
  for (const { select, fieldPaths, options } of targets) {
    const fields = manifests
      .filter((manifest) => matches(manifest, select))
      .flatMap((manifest) => fieldPaths.map((path) => fieldOf(manifest, path)));
    for (const field of fields) field.set(options ? within(field.get(), value, options) : value);
  }
}

function matches(manifest: Manifest, { kind, name }: Selector): boolean {
  return (
    (kind ?? manifest.kind) === manifest.kind && (name ?? manifest.metadata.name) === manifest.metadata.name
  );
}

function within(text: string, value: string, options: { delimiter: string; index: number }): string {
  const parts = text.split(options.delimiter);
  if (options.index >= parts.length) throw new Error(`${text} has no part ${options.index}`);
  return parts.with(options.index, value).join(options.delimiter);
}

interface Field {
  get(): string;
  set(value: string): void;
}

/** `a.0.b` or `a.[name=x].b`; the field must be there and be text. */
function fieldOf(manifest: Manifest, path: string): Field {
  const steps = path.split('.');
  const last = steps.pop() ?? '';
  let at: unknown = manifest;
  for (const step of steps) at = child(at, step);
  const holder = at;
  const value = child(holder, last);
  if (typeof value !== 'string') throw new Error(`${manifest.kind} ${manifest.metadata.name} has no ${path}`);
  return { get: () => value, set: (replaced) => void Reflect.set(holder as object, last, replaced) };
}

function child(parent: unknown, step: string): unknown {
  if (typeof parent !== 'object' || parent === null) return undefined;
  const [, key = '', wanted] = /^\[(.+)=(.+)\]$/.exec(step) ?? [];
  if (wanted === undefined) return Reflect.get(parent, step) as unknown;
  return (parent as object[]).find((element) => Reflect.get(element, key) === wanted);
}
