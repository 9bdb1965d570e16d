import type { TargetRef } from '../../names.ts';
import type { KeyVault } from '../../ports.ts';
import type { Listing } from '../../source/source.ts';
import { contributionOf } from '../../source/contribution.ts';
import type { Route } from '../../registry/document.ts';
import { RenderRefusal } from '../../render/refusal.ts';
import { render } from '../../render/render.ts';
import type { Rendering } from '../../render/render.ts';
import { sourcesAmong } from '../../route/targets.ts';
import { hasTags } from '../../route/selection.ts';
import { readSecrets } from '../connect/vault-read.ts';

/** The secrets that feed the target now, by the listing. */
export function sourcesOf(route: Route, target: TargetRef, listing: Listing): string[] {
  const tagged = [...listing.secrets].flatMap(([name, { tags }]) => (hasTags(route, tags) ? [name] : []));
  return sourcesAmong(route, target, tagged);
}

/** What the route would write, with the person's own sign-in; a text says why that cannot be told. */
export async function renderLocally(
  vault: KeyVault,
  route: Route,
  sources: readonly string[],
  signal: AbortSignal,
): Promise<Rendering | string> {
  const gathered = await readSecrets(vault, route.spec.vault, sources, signal);
  for (const [name, one] of gathered)
    if (one.state === 'unreadable') return `secret ${name} cannot be read by you: ${one.failure.message}`;
  const contributions = [...gathered].map(
    ([name, one]) => [name, contributionOf(one, route, undefined, false)] as const,
  );
  try {
    return await render(route, new Map(contributions), undefined);
  } catch (error) {
    if (error instanceof RenderRefusal) return error.message;
    throw error;
  }
}
