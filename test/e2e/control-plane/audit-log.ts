import { readFile } from 'node:fs/promises';

import { z } from 'zod';

/** A request about Secrets or Namespaces that an API server has answered. */
export interface AuditedRequest {
  user: string;
  verb: string;
  resource: string;
  namespace?: string | undefined;
  name?: string | undefined;
  status: number;
}

const line = z.object({
  verb: z.string(),
  user: z.object({ username: z.string() }),
  objectRef: z.object({
    resource: z.string(),
    namespace: z.string().optional(),
    name: z.string().optional(),
  }),
  responseStatus: z.object({ code: z.number() }),
});

/** In the order in which they were answered. The file exists once a first request has been logged. */
export async function readAuditLog(path: string): Promise<AuditedRequest[]> {
  const text = await readFile(path, 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return '';
    throw error;
  });
  const lines = text.split('\n').filter((entry) => entry !== '');
  return lines.map((entry) => {
    const { verb, user, objectRef, responseStatus } = line.parse(JSON.parse(entry));
    return { user: user.username, verb, ...objectRef, status: responseStatus.code };
  });
}
