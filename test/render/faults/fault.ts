import type { Issued, Openssl } from '../authority.ts';

/** What goes wrong with the values of real vaults: what arrives, or why nothing does. */
export const PREFIX = 'app-1--';
/** The one secret of most faults. */
export const IT = `${PREFIX}it`;

export const LAYOUTS = ['service', 'flat', 'explicit'] as const;
export type Layout = (typeof LAYOUTS)[number];

/** Certificates that the values are made of. */
export interface Material {
  openssl: Openssl;
  root: Issued;
  leaf: Issued;
  other: Issued;
  /** PEM. */
  expiredRoot: string;
  nextLeaf: string;
}

interface Stored {
  value: string;
  contentType?: string;
  tags?: Record<string, string>;
}

/** What arrives, key by key, or why nothing does. */
export type Gives = RegExp | Record<string, RegExp>;

export interface Fault {
  what: string;
  type: string;
  /** The value of the one secret, or secrets by what stands behind its name. */
  value: (of: Material) => string | Stored | Record<`--${string}`, string>;
  /** Options of the route in layouts service and flat; of these, `encoding` and `unescapeNewlines` in layout explicit, too. */
  spec?: Record<string, unknown>;
  /** The route's data in layout explicit. */
  data: Record<string, object>;
  gives: Gives;
  /** The same of layout explicit, where it differs. */
  explicit?: Gives;
  /** What the outcome says of what arrives. */
  says?: RegExp;
  /** Where only some layouts can do it. */
  only?: readonly Layout[];
}
