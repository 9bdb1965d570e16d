import { createAuthority } from '../../local/network/authority.ts';
import { startTokens, type TokenService } from '../../local/tokens/service.ts';
import { startApiServers, type ApiServer } from '../control-plane/api-server.ts';
import type { Call } from './call.ts';

const AUDIENCE = '6dae42f8-4368-4678-94ff-3960e28e3630';

export interface OneCluster extends ApiServer {
  /** The object id of the managed identity. */
  user: string;
  /** As the managed identity, without any check of vaultcast's own. */
  pusher: Call;
  /** A bearer token of anybody. */
  token(oid: string): Promise<string>;
  /** As anybody else. */
  person(oid: string): Promise<Call>;
  stop(): Promise<void>;
}

/** One real API server and its token issuer, for suites that need no more. */
export async function startOneCluster(): Promise<OneCluster> {
  const authority = await createAuthority();
  const tokens = await startTokens(authority);
  const servers = await startOrStop(tokens, () =>
    startApiServers({ names: ['weu-1'], authority, tokens, audience: AUDIENCE }),
  );
  const server = servers.cluster('weu-1');
  return {
    ...server,
    user: tokens.objectId,
    pusher: server.as(await tokens.issue(AUDIENCE)),
    token: (oid) => tokens.issue(AUDIENCE, { oid }),
    person: async (oid) => server.as(await tokens.issue(AUDIENCE, { oid })),
    stop: async () => {
      await servers.stop();
      await tokens.stop();
    },
  };
}

async function startOrStop<T>(tokens: TokenService, start: () => Promise<T>): Promise<T> {
  try {
    return await start();
  } catch (error) {
    await tokens.stop();
    throw error;
  }
}
