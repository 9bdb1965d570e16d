import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { BUGS, planted } from '../deep/plant.ts';
import { INFRA } from './bicep/file.ts';

/** `npm run test:bugs` plants them, for minutes; that they still fit the sources is seen at once. */
it.each(BUGS.map((bug) => [bug.name, bug] as const))(
  'a bug can be planted, and its test exists: %s',
  async (_, bug) => {
    expect((await planted(bug)).size).toBeGreaterThan(0);
    const { caughtBy, shows = '' } = bug;
    if (caughtBy === 'any' || caughtBy === 'calm') return;
    expect(readFileSync(join(INFRA, '..', caughtBy), 'utf8').replaceAll('\\', '')).toContain(shows);
  },
);
