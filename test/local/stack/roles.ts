import type { LocalStorage } from '../azurite/storage.ts';

const CODE = 'AuthorizationPermissionMismatch';

/** The app's identity loses its role on one queue: storage answers 403. Returns the function that gives the role back. */
export function takeRole({ queues }: Pick<LocalStorage, 'queues'>, queue: string): () => void {
  return queues.inject({
    fault: {
      kind: 'status',
      status: 403,
      headers: { 'content-type': 'application/xml', 'x-ms-error-code': CODE },
      body: `<?xml version="1.0" encoding="utf-8"?><Error><Code>${CODE}</Code></Error>`,
    },
    when: ({ path }) => path.split('/').includes(queue),
  });
}

/** What the host says when storage refuses what none of its functions handles, and then ends. */
export const SHUTTING_DOWN = 'An unhandled exception has occurred. Host is shutting down.';
