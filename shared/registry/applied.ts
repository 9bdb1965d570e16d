import { z } from 'zod';

/** What is recorded with a row about who wrote it: claimed by the command, proven by the logs of the storage account only. */
export interface Applied {
  /** The set of documents that it belongs to: `--prune` deletes what left its own set, and nothing else. */
  set?: string;
  appliedBy?: string;
  /** ISO 8601. */
  appliedAt?: string;
  commit?: string;
}

/** A name that stands in a column, in a flag and in messages. */
export const setName = z
  .string()
  .regex(/^[a-z0-9](?:[a-z0-9._/-]{0,98}[a-z0-9])?$/, 'must be 1 to 100 of a-z, 0-9, ".", "_", "/" and "-"');

const LONGEST = 200;
const FIELDS = ['set', 'appliedBy', 'appliedAt', 'commit'] as const;

/** Columns of a row; text is cut, for whoever claims may claim anything. */
export function appliedColumns(applied: Applied | undefined): Record<string, string> {
  const entries = FIELDS.flatMap((field) => {
    const value = applied?.[field];
    return value === undefined || value === '' ? [] : [[field, value.slice(0, LONGEST)] as const];
  });
  return Object.fromEntries(entries);
}

export function appliedOf(columns: Readonly<Record<string, unknown>>): Applied {
  const entries = FIELDS.flatMap((field) => {
    const value = columns[field];
    return typeof value === 'string' && value !== '' ? [[field, value.slice(0, LONGEST)] as const] : [];
  });
  return Object.fromEntries(entries);
}
