import { z } from 'zod';

const secondsOr = (value: number) =>
  z.coerce
    .number()
    .positive()
    .default(value)
    .transform((given) => given * 1000);

/** How long things take in Azure, for tests that cannot wait: settings of this host alone, in seconds. */
const knobsSchema = z
  .object({
    /** `flex`: a process per group, as on Flex Consumption. `one`: all functions in one, as everywhere else. */
    HOST_GROUPS: z.enum(['flex', 'one']).default('flex'),
    /** How long a message stays invisible while somebody works on it; renewed half way. */
    HOST_QUEUE_LEASE_SECONDS: secondsOr(600),
    /** How long a queue service may be away before the host gives itself up. */
    HOST_OUTAGE_SECONDS: secondsOr(24),
    /** After how long the platform starts another instance of a group whose instance fell. */
    HOST_RESTART_SECONDS: secondsOr(5),
    /** How long a timer belongs to its holder, renewed every third: who waits for it gets it 40 to 60 s after its end. */
    HOST_TIMER_LOCK_SECONDS: secondsOr(60),
    /** What queue work has after SIGTERM; work beside a running HTTP request has twice that. */
    HOST_DRAIN_SECONDS: secondsOr(10.2),
  })
  .transform((given) => ({
    groups: given.HOST_GROUPS,
    queueLeaseMs: given.HOST_QUEUE_LEASE_SECONDS,
    outageMs: given.HOST_OUTAGE_SECONDS,
    restartMs: given.HOST_RESTART_SECONDS,
    timerLockMs: given.HOST_TIMER_LOCK_SECONDS,
    drainMs: given.HOST_DRAIN_SECONDS,
  }));

/** Milliseconds for every duration. */
export type Knobs = z.infer<typeof knobsSchema>;

/** @throws ZodError naming the setting that makes no sense */
export const knobsOf = (env: NodeJS.ProcessEnv): Knobs => knobsSchema.parse(env);
