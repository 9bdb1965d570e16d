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
  it.each([
    ['linux', 'xdg-open'],
    ['darwin', 'open'],
  ] as const)('is asked on %s by %s to open the address, as one word', async (platform, program) => {
    const folder = await aFolder();
    const said = join(folder.path, 'said');
    await writeFile(join(folder.path, program), `#!/bin/sh\nprintf '%s|' "$@" > "${said}"\n`);
    await chmod(join(folder.path, program), 0o755);
    vi.stubEnv('PATH', `${folder.path}${delimiter}${process.env['PATH'] ?? ''}`);

    expect(await openBrowser(ADDRESS, platform)).toBe(true);
    expect(await eventually(() => readFile(said, 'utf8'))).toBe(`${ADDRESS}|`);
    await folder.remove();
  });

  it('is told to be missing where no program could open it', async () => {
    vi.stubEnv('PATH', '/nowhere');

    expect(await openBrowser(ADDRESS, 'linux')).toBe(false);
  });
});
