import { stripVTControlCharacters } from 'node:util';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { helps, NOW, session } from './world.ts';

beforeEach(() => void vi.useFakeTimers({ now: NOW, toFake: ['Date'] }));
afterEach(() => void vi.useRealTimers());

const STYLES: Readonly<Record<string, string>> = {
  '1': 'bold',
  '2': 'dim',
  '31': 'red',
  '32': 'green',
  '33': 'yellow',
};

/** Escape sequences as words, for people who read the file. */
function readable(text: string): string {
  const [plain = '', ...styled] = text.split('\u001b[');
  const shown = styled.map((part) => {
    const end = part.indexOf('m');
    const style = STYLES[part.slice(0, end)];
    return `${style === undefined ? '</>' : `<${style}>`}${part.slice(end + 1)}`;
  });
  return [plain, ...shown].join('');
}

const COMMAND = /^\$ vaultcast /;

// Each change of a file is looked at by a person: what is ugly there is ugly for everybody.
describe('what people see', () => {
  it.each([60, 100, 160])('on a terminal of %i columns', async (width) => {
    await expect(await session(width, false)).toMatchFileSnapshot(`${width}.txt`);
  });

  it.each([60, 100, 160])('of the help of every command on a terminal of %i columns', async (width) => {
    await expect(await helps(width)).toMatchFileSnapshot(`help-${width}.txt`);
  });

  it('in colour on a terminal of 100 columns', async () => {
    await expect(readable(await session(100, true))).toMatchFileSnapshot('100-colour.txt');
  });

  it.each([60, 100, 160])('says the same in colour on a terminal of %i columns', async (width) => {
    expect(stripVTControlCharacters(await session(width, true))).toBe(await session(width, false));
  });

  it.each([60, 100, 160])(
    'is no wider than a terminal of %i columns, but for commands and names to copy',
    async (width) => {
      const shown = `${await session(width, false)}\n${await helps(width)}`;
      const lines = shown.split('\n').filter((line) => !COMMAND.test(line));
      const wide = lines.filter((line) => line.length > width && line.trim().includes(' '));
      expect(wide.filter((line) => !/^ {2}(?:[A-Z]+=\S+ )?(?:vaultcast|az|kubectl) /.test(line))).toEqual([]);
    },
  );
});
