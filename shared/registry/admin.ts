import type { Existing } from './plan.ts';
import type { Stored } from './row.ts';

/** What `apply`, `get` and `delete` may do with the registry. Rejects only with VaultcastError. */
export interface RegistryAdmin {
  /** Every row, bad ones included, and the names of tables that do not exist yet. */
  list(signal: AbortSignal): Promise<{ existing: Existing[]; missing: string[] }>;
  /** Makes those of both tables that are missing. */
  createTables(signal: AbortSignal): Promise<void>;
  /** Inserts, or replaces the row as it was read; CONFLICT when somebody else changed it meanwhile. */
  put(wanted: Stored, existing: Existing | undefined, signal: AbortSignal): Promise<void>;
  /** Deletes the row as it was read; CONFLICT when somebody else changed it meanwhile. */
  remove(existing: Existing, signal: AbortSignal): Promise<void>;
}
