import { describe, expect, it } from 'vitest';
import { notOwner, ownerOf } from '../../shared/route/owner.ts';

describe('the owner of a target', () => {
  it('is the only route that claims it', () => {
    expect(ownerOf(['team/b'], undefined)).toEqual({ kind: 'owned', by: 'team/b' });
  });

  it('is the recorded route while it still claims it, whatever it is called', () => {
    for (const recorded of ['team/a', 'team/b'])
      expect(ownerOf(['team/b', 'team/a'], recorded)).toEqual({ kind: 'owned', by: recorded });
  });

  it('is nobody while several claim what none of them has made', () => {
    expect(ownerOf(['team/b', 'team/a'], undefined)).toEqual({
      kind: 'contested',
      among: ['team/a', 'team/b'],
    });
  });

  it('is nobody while several claim what a route made that claims it no more', () => {
    expect(ownerOf(['team/b', 'team/a'], 'team/gone')).toMatchObject({ kind: 'contested' });
  });

  it('is the other route once the recorded one claims it no more', () => {
    expect(ownerOf(['team/a'], 'team/gone')).toEqual({ kind: 'owned', by: 'team/a' });
  });

  it('is told apart from a route of the same name in another vault', () => {
    expect(ownerOf(['team/a', 'other/a'], 'other/a')).toEqual({ kind: 'owned', by: 'other/a' });
  });

  it('is none when nobody claims it', () => {
    expect(ownerOf([], 'team/gone')).toBeUndefined();
  });
});

describe('the reason of a route that is not the owner', () => {
  it('names the owner', () => {
    expect(notOwner({ kind: 'owned', by: 'team/a' })).toEqual({
      code: 'COLLISION',
      message: 'route a owns this target',
    });
  });

  it('names all that keep each other from it', () => {
    expect(notOwner({ kind: 'contested', among: ['team/a', 'team/b'] }).message).toBe(
      'routes a and b claim this target: nobody writes it until only one of them does',
    );
  });
});
