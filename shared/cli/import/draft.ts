import type { DataEntry } from '../../registry/data-entry.ts';
import type { Manifest } from './kinds.ts';

/** Which object of another tool. */
type Origin = Pick<Manifest, 'kind' | 'namespace' | 'name'>;

/** Why something cannot be converted, and what to do. */
export interface Obstacle {
  why: string;
  todo: string;
}

/**
 * What goes into a Secret: key by key, or all properties of one secret, which is JSON unless it has a format; `keys`: those that
 * the Secret has now, if they were seen.
 */
type Content =
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

export function cannot(from: Origin, ...obstacles: Obstacle[]): Converted {
  return { state: 'cannot', origin: originOf(from), obstacles };
}

export function nothing(from: Origin, why: string): Converted {
  return { state: 'nothing', origin: originOf(from), why };
}

/** Without the object itself: reports name it. */
export function originOf({ kind, namespace, name }: Origin): Origin {
  return { kind, namespace, name };
}

export function isObstacle(value: object): value is Obstacle {
  return 'todo' in value;
}

/** `app-1/pg`, or the name alone. */
export function placeText({ namespace, name }: Pick<Origin, 'namespace' | 'name'>): string {
  return namespace === '' ? name : `${namespace}/${name}`;
}
