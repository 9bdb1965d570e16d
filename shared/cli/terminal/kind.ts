import type { Kind } from '../../registry/row.ts';

/** `cluster`, `clusters`, `route`, `routes`: what the command line calls a kind. */
export function kindOf(word: string): Kind {
  return word.startsWith('cluster') ? 'Cluster' : 'Route';
}
