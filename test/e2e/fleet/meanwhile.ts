import type { Stack } from '../../local/stack/start.ts';

/**
 * Somebody does something while the app waits for the vault to answer about a secret: after it has looked at its targets,
 * before it writes. Resolves when it is done.
 */
export function meanwhile(
  { vault }: Pick<Stack, 'vault'>,
  secret: string,
  act: () => Promise<unknown>,
): Promise<unknown> {
  return new Promise((resolve, reject) => {
    vault.server.inject({
      fault: { kind: 'delay', ms: 2000 },
      times: 1,
      when: ({ path }) => {
        if (!path.startsWith(`/secrets/${secret}`)) return false;
        act().then(resolve, reject);
        return true;
      },
    });
  });
}
