import type { RunningHost } from '../local/functions-host/client.ts';
import type { LocalServer } from '../local/network/https-server.ts';
import type { Stack } from '../local/stack/start.ts';

/**
 * Where an instance dies: at its `number`-th request (from 1), before that takes effect; or, with `after`, at its
 * `number`-th request that changes something, after it took effect and before its answer is seen. Between two requests is
 * the same as before the second.
 */
export interface KillPoint {
  number: number;
  moment: 'before' | 'after';
}

export interface Armed {
  /** What the instance died of; undefined: it made fewer requests. */
  request(): string | undefined;
  disarm(): void;
}

/** Polling and the lease of messages are the host's own; that a message is done with, is the end of the invocation. */
function isOfInvocation(server: string, method: string, path: string): boolean {
  if (server !== 'queues') return true;
  return /\/push\/messages/.test(path) && (method === 'POST' || method === 'DELETE');
}

const changes = (method: string): boolean => method !== 'GET' && method !== 'HEAD';

function serversOf(stack: Stack): [string, LocalServer][] {
  const { vault, storage, sites } = stack;
  const clusters = sites.map(({ name }): [string, LocalServer] => [name, stack.cluster(name).server]);
  return [['vault', vault.server], ['tables', storage.tables], ['queues', storage.queues], ...clusters];
}

/** SIGKILL for the process, at that point of whatever it does from now on. */
export function armKill(stack: Stack, host: RunningHost, { number, moment }: KillPoint): Armed {
  let seen = 0;
  let request: string | undefined;
  const fault = moment === 'before' ? { kind: 'hang' } : { kind: 'reset', when: 'after-apply' };
  const removals = serversOf(stack).map(([name, server]) =>
    server.inject({
      fault: fault as { kind: 'hang' },
      when: ({ method, path }) => {
        if (!isOfInvocation(name, method, path) || (moment === 'after' && !changes(method))) return false;
        seen += 1;
        if (seen !== number) return false;
        request = `${name}: ${method} ${path}`;
        void host.kill();
        return true;
      },
    }),
  );
  return {
    request: () => request,
    disarm: () => {
      for (const remove of removals) remove();
    },
  };
}
