import { fork } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import type { Issued } from '../local/network/authority.ts';
import type { AttackName } from './attacks.ts';

export interface Peer {
  /** Ports of the same attacks over TLS, and without. */
  tls: number;
  plain: number;
  turnTo(attack: AttackName): Promise<void>;
  stop(): void;
}

export async function startPeer({ key, cert }: Issued): Promise<Peer> {
  const child = fork(join(import.meta.dirname, 'peer-process.ts'), [key, cert], { execArgv: [] });
  const [ports] = (await once(child, 'message')) as [{ tls: number; plain: number }];
  return {
    ...ports,
    async turnTo(attack) {
      child.send(attack);
      await once(child, 'message');
    },
    stop: () => void child.kill(),
  };
}
