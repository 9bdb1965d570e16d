import { chmod, readFile, writeFile } from 'node:fs/promises';
import { delimiter, join } from 'node:path';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { openBrowser } from '../../../shared/cli/dashboard/browser.ts';
import { eventually } from '../../local/stack/eventually.ts';
import { aFolder } from '../folder.ts';

const ADDRESS = 'http://127.0.0.1:1234/?token=abc&x=1';

afterEach(() => {
  vi.unstubAllEnvs();
});

describe('the browser of the person', () => {
  /** What a program of this name is given when the address is opened: its arguments, then what it reads. */
  async function given(platform: NodeJS.Platform, program: string): Promise<string> {
    const folder = await aFolder();
    const said = join(folder.path, 'said');
    const script = `#!/bin/sh\n{ printf '%s|' "$@"; cat; } > "${said}.part"\nmv "${said}.part" "${said}"\n`;
    await writeFile(join(folder.path, program), script);
    await chmod(join(folder.path, program), 0o755);
    vi.stubEnv('PATH', `${folder.path}${delimiter}${process.env['PATH'] ?? ''}`);
    expect(await openBrowser(ADDRESS, platform)).toBe(true);
    const text = await eventually(() => readFile(said, 'utf8'));
    await folder.remove();
    return text;
  }

  it('is asked on Linux by xdg-open to open the address, as one word', async () => {
    expect(await given('linux', 'xdg-open')).toBe(`${ADDRESS}|`);
  });

  it('is asked on a Mac by a script that nobody else on it sees, for every user sees arguments', async () => {
    expect(await given('darwin', 'osascript')).toBe(`-|open location "${ADDRESS}"\n`);
  });

  it('is told to be missing where no program could open it', async () => {
    vi.stubEnv('PATH', '/nowhere');

    expect(await openBrowser(ADDRESS, 'linux')).toBe(false);
  });
});
