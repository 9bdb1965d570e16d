import { z } from 'zod';
import { count, head, listOf, time, word } from './schema.ts';

const finding = z.strictObject({
  level: z.enum(['OK', 'WARN', 'FAIL']),
  step: word,
  message: z.string(),
  fix: word.optional(),
});

export const run = z.strictObject({
  ...head('Run'),
  metadata: z.strictObject({ name: word, cluster: word.optional() }),
  spec: z.strictObject({
    command: z.enum(['reconcile', 'plan', 'push', 'check', 'ack']),
    route: word.optional(),
    author: word.optional().describe('who asked for it, as their environment said'),
  }),
  status: z.strictObject({
    state: z.enum(['running', 'done', 'failed', 'incomplete', 'superseded']),
    startedAt: time,
    finishedAt: time.optional(),
    targets: z.strictObject({ done: count, total: count }),
    outcomes: z
      .record(z.string(), count)
      .describe('how many of each code; of a check how many of each level'),
    lines: z.array(z.string()).optional(),
    findings: z.array(finding).optional().describe('of a check'),
  }),
});

export const runList = listOf('RunList', run);
