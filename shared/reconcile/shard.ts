import type { ReconcileMessage } from '../report/message.ts';

/** The part of a run that one message asks for. */
export type Shard = Extract<ReconcileMessage, { kind: 'shard' }>;
