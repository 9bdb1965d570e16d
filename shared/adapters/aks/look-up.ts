import { VaultcastError } from '../../errors.ts';
import type { createArm } from './arm.ts';

const DEFAULT_PAUSE_MS = 10_000;

/** The cloud's Resource Manager, told by the domain of its vaults: an app and its vaults are in one cloud. */
export function armEndpoint(vaults: Iterable<string>): string {
  const hosts = [...vaults].map((origin) => new URL(origin).hostname);
  const isAt = (domain: string): boolean => hosts.some((host) => host.endsWith(domain));
  if (isAt('.vault.azure.cn')) return 'https://management.chinacloudapi.cn';
  if (isAt('.vault.usgovcloudapi.net')) return 'https://management.usgovcloudapi.net';
  return 'https://management.azure.com';
}

/**
 * Where a managed cluster is, by its ARM id in lower case. Takes no signal, because others may wait for the answer, too.
 * One request per cluster at a time, and none at all while Azure asks a subscription to wait: its limit (a burst of 60, then
 * one a second) is shared by all that everybody does there.
 * https://learn.microsoft.com/azure/aks/quotas-skus-regions#throttling-limits-on-aks-resource-provider-apis
 */
export function createAksLookUp(options: Parameters<typeof createArm>[0], now: () => number = Date.now) {
  const pauses = new Map<string, number>();
  let arm: Promise<ReturnType<typeof createArm>> | undefined;

  const ask = async (armId: string) => {
    const subscription = armId.split('/')[2] ?? '';
    const left = (pauses.get(subscription) ?? 0) - now();
    if (left > 0)
      throw new VaultcastError('CLUSTER_THROTTLED', 'Azure Resource Manager asked to wait', {
        retryAfterMs: left,
      });
    try {
      // Loaded on first use: most invocations find every cluster in a table.
      arm ??= import('./arm.ts').then(({ createArm }) => createArm(options));
      return await (
        await arm
      )(armId);
    } catch (error) {
      if (error instanceof VaultcastError && error.code === 'CLUSTER_THROTTLED')
        pauses.set(subscription, now() + (error.retryAfterMs ?? DEFAULT_PAUSE_MS));
      throw error;
    }
  };

  const pending = new Map<string, ReturnType<typeof ask>>();
  return (armId: string) => {
    const known = pending.get(armId);
    if (known !== undefined) return known;
    const work = ask(armId).finally(() => pending.delete(armId));
    pending.set(armId, work);
    return work;
  };
}
