/** What must hold, in the words in which a failure is told. */
export const RULES = {
  ours: 'only what is ours is touched, and only where a route puts it',
  awake: 'nothing is written for a route or a cluster that is paused or gone',
  accepted: 'a namespace gets only what it accepts',
  owner: 'a target belongs to the route that made it, and to nobody while several claim what none has made',
  order: 'while a Secret lives, none of its sources goes back to an older version',
  told: 'what is written is recorded on it',
  whole: 'what is created is whole',
  idle: 'what stands already is not written again',
  proof: 'what leaves was proven by an unbroken series of runs that spans an hour',
  held: 'what a run held back leaves only when a person confirms it',
  absent: 'what was deleted to be created anew is absent only while somebody is on it',
  shared:
    'a process reads a secret or lists a vault once at a time, after those who share it asked, and never for nobody',
  delivered: 'after a quiet run every target stands as its route asks',
  events: 'events and their messages alone bring every target up to date',
  rid: 'what is to leave has left after runs for more than an hour',
  rows: 'after a quiet run no row contradicts cluster or vault',
  waiting: 'a row says that something waits only while a message does, or for a day',
  messages:
    'there are no more messages than targets and causes, none is older than a day, and none is left when all is well',
  dates: 'a version that waits for its date is there minutes after it, by its message alone',
  runs: 'a run that meets a back-off goes on at its end',
  steady: 'the steady state reads no value and writes no row',
  ends: 'everything comes to an end',
} as const;

export type Rule = keyof typeof RULES;

export interface Wrong {
  rule: Rule;
  what: string;
  /** Names of the targets, clusters and secrets that it is about. */
  about: readonly string[];
}

/** Where what is wrong is noted. */
export type Accuse = (rule: Rule, what: string, about: readonly string[]) => void;
