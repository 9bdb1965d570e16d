import type { DataEntry } from '../../registry/data-entry.ts';

/** An object of another tool. */
export interface Origin {
  kind: string;
  /** Empty for what belongs to the whole cluster. */
  namespace: string;
  name: string;
}

/** Why something cannot be converted, and what to do. */
export interface Obstacle {
  why: string;
  todo: string;
}

/**
 * What goes into a Secret: key by key, or all properties of one secret, which is JSON unless it has a format; `keys`: those that
 * the Secret has now, if they were seen.
 */
export type Content =
  | { data: Readonly<Record<string, DataEntry>> }
  | { expand: string; format?: 'yaml'; keys: readonly string[] | undefined };

/** A Secret that another tool makes, in words of a route. */
export interface Draft {
  origins: readonly Origin[];
  namespaces: readonly string[];
  /** https origin of the vault. */
  vaultUrl: string;
  /** Name of the Secret. */
  secret: string;
  type: string;
  content: Content;
  labels: Readonly<Record<string, string>>;
  annotations: Readonly<Record<string, string>>;
  immutable: boolean;
  removesDeleted: boolean;
  /** What is not quite the same afterwards. */
  differences: readonly string[];
}

/** What an object becomes. */
export type Converted =
  | { state: 'draft'; draft: Draft }
  | { state: 'cannot'; origin: Origin; obstacles: readonly Obstacle[] }
  /** It makes no Secret, or another object speaks for it. */
  | { state: 'nothing'; origin: Origin; why: string };

export function cannot(origin: Origin, ...obstacles: Obstacle[]): Converted {
  return { state: 'cannot', origin, obstacles };
}

export function isObstacle(value: object): value is Obstacle {
  return 'todo' in value;
}

/** `app-1/pg`, or the name alone. */
export function placeText({ namespace, name }: Pick<Origin, 'namespace' | 'name'>): string {
  return namespace === '' ? name : `${namespace}/${name}`;
}
