import { describe, expect, it } from 'vitest';
import type { Change } from './mutant.ts';
import { type Ran, type Survivor, verdictOn, verdictText } from './verdict.ts';

const ROOM = { name: 'event', mutate: [], tests: [], least: 0.9 };
const change = (was: string, becomes = ''): Change => ({ file: 'shared/event/parse.ts', was, becomes });
const ran = (isKilled: boolean, was: string): Ran => ({
  change: change(was),
  line: 7,
  isKilled,
  isLate: false,
});
const survivor = (kind: Survivor['kind'], was: string): Survivor => ({
  ...change(was),
  kind,
  because: 'it says why',
});
const nineKilled = Array.from({ length: 9 }, (_, index) => ran(true, `killed ${index}`));

describe('the verdict on a room', () => {
  it('is good when enough mutants are killed and each survivor was judged', () => {
    const verdict = verdictOn(ROOM, [...nineKilled, ran(false, 'a')], [survivor('accepted', 'a')]);
    expect(verdict).toMatchObject({ ran: 10, killed: 9, score: 0.9, unjudged: [], isGood: true });
  });

  it('does not count a survivor that is equivalent', () => {
    const verdict = verdictOn(ROOM, [...nineKilled, ran(false, 'a')], [survivor('equivalent', 'a')]);
    expect(verdict).toMatchObject({ equivalent: 1, score: 1, isGood: true });
  });

  it('is not good while a survivor is unjudged, and names it with its line', () => {
    const verdict = verdictOn({ ...ROOM, least: 0.5 }, [...nineKilled, ran(false, 'a > b')], []);
    expect(verdict.isGood).toBe(false);
    expect(verdictText(verdict)).toContain(
      'survived, line 7: {"file":"shared/event/parse.ts","was":"a > b","becomes":""}',
    );
  });

  it('is not good below the share that is asked for, judged or not', () => {
    const many = [...nineKilled, ran(false, 'a'), ran(false, 'b')];
    const known = [survivor('accepted', 'a'), survivor('accepted', 'b')];
    expect(verdictOn(ROOM, many, known).isGood).toBe(false);
  });

  it('tells which mutants only the time limit killed, for a busy machine may have been it', () => {
    const verdict = verdictOn(ROOM, [{ ...ran(true, 'a'), isLate: true }], []);
    expect(verdict.isGood).toBe(true);
    expect(verdictText(verdict)).toContain('did not end, line 7: {"file":"shared/event/parse.ts","was":"a"');
  });

  it('tells which judged survivors are killed by now', () => {
    const verdict = verdictOn(ROOM, nineKilled, [survivor('accepted', 'killed 3')]);
    expect(verdictText(verdict)).toContain('strike it out: {"file":"shared/event/parse.ts","was":"killed 3"');
  });
});
