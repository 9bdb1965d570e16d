import type { Plan } from '../registry/plan.ts';
import type { Io } from './io.ts';

/** Which targets a plan makes appear, change or go, as sentences; from a listing of the vaults. */
export type Predict = (plan: Plan, io: Io) => Promise<string[]>;

/** Stands in as long as no vault is listed: silence would read as "nothing happens". */
export const cannotPredict: Predict = async () => [
  'Not predicted: which Secrets appear, change or go in the clusters. That depends on the secrets of the vaults,',
  'which this command does not list.',
];
