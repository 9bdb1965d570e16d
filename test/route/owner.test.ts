import { describe, expect, it } from 'vitest';
import { ownerOf } from '../../shared/route/owner.ts';

describe('the route that owns a target', () => {
  it('is the only one that claims it', () => {
    expect(ownerOf(['b'], undefined)).toBe('b');
  });

  it('is the lowest name when nothing is recorded', () => {
    expect(ownerOf(['b', 'a'], undefined)).toBe('a');
  });

  it('is the recorded one while it still claims it', () => {
    expect(ownerOf(['b', 'a'], 'b')).toBe('b');
    expect(ownerOf(['b', 'a'], 'a')).toBe('a');
  });

  it('is the lowest name when the recorded one claims it no more', () => {
    expect(ownerOf(['b', 'a'], 'gone')).toBe('a');
  });

  it('is none when none claims it', () => {
    expect(ownerOf([], 'gone')).toBeUndefined();
  });
});
