import { vi } from 'vitest';

import { compose, type Settings } from '../../support/manifests.ts';
import { apply } from './apply.ts';
import type { Call, Reply } from './call.ts';
import { aManagedSecret, createNamespace, INSTANCE, secretPath, secretsPath } from './managed-secret.ts';
import { allowSecrets, denySecrets } from './rbac.ts';

/** Waiting for the API server: it acts on a policy, a role and an annotation a moment after it has stored them. */
export const WITHIN = { timeout: 20_000, interval: 50 };

/** What routes of the suites set; the app is told the same. */
export const ALLOWED_METADATA = 'tier,example.com/*,reloader.stakater.com/*,team.test/owner';

const DRY_RUN = '?dryRun=All';

/** Lets the pusher into all namespaces, with only the consent policy in its way. */
export async function installConsent(admin: Call, pusher: Call, settings: Partial<Settings>): Promise<void> {
  await apply(admin, compose(['cluster-wide'], { instance: INSTANCE, ...settings }));
  await untilConsentIsAsked(pusher);
}

/** The consent policy, and what a pusher may do in the cluster besides: in no namespace anything yet. */
export async function installBase(admin: Call, pusher: Call, user: string): Promise<void> {
  await apply(admin, compose(['base'], { user, instance: INSTANCE, allowedMetadata: ALLOWED_METADATA }));
  await allowSecrets(admin, user, 'default');
  await untilConsentIsAsked(pusher);
  await denySecrets(admin, 'default');
}

async function untilConsentIsAsked(pusher: Call): Promise<void> {
  const body = aManagedSecret({ namespace: 'default' });
  const write = (): Promise<Reply> => pusher(secretsPath('default') + DRY_RUN, { method: 'POST', body });
  await untilRefused(write, 'vaultcast-consent');
}

/** Until role and consent of a namespace are in effect; `accept` is its one prefix. */
export async function untilLetIn(pusher: Call, namespace: string, accept: string): Promise<void> {
  const body = aManagedSecret({ namespace, name: 'let-in', sources: [`${accept}let-in`] });
  await vi.waitFor(async () => {
    const reply = await pusher(secretsPath(namespace) + DRY_RUN, { method: 'POST', body });
    if (outcome(reply) !== 'done') throw new Error(`not let into ${namespace} yet: ${outcome(reply)}`);
  }, WITHIN);
}

export async function installProtect(admin: Call, settings: Partial<Settings>): Promise<void> {
  const probe = aManagedSecret({ namespace: 'protect-probe' });
  await createNamespace(admin, 'protect-probe', undefined);
  await admin(secretsPath('protect-probe'), { method: 'POST', body: probe });
  await apply(admin, compose(['protect'], settings));
  const remove = (): Promise<Reply> => admin(secretPath(probe) + DRY_RUN, { method: 'DELETE' });
  await untilRefused(remove, 'vaultcast-protect');
}

async function untilRefused(probe: () => Promise<Reply>, policy: string): Promise<void> {
  await vi.waitFor(async () => {
    const reply = await probe();
    const { by } = refusalIn(reply);
    if (by !== policy) throw new Error(`policy ${policy} does not refuse yet: ${outcome(reply)}`);
  }, WITHIN);
}

const REFUSAL =
  /^secrets "[^"]*" is forbidden: ValidatingAdmissionPolicy '(?<by>.*)' with binding '\k<by>' denied request: (?<why>.*)$/;

function refusalIn({ body }: Reply): { by?: string; why?: string } {
  return REFUSAL.exec((body as { message?: string }).message ?? '')?.groups ?? {};
}

/** `done`, or the words with which a policy refused; else status and body. */
export function outcome(reply: Reply): string {
  if (reply.status < 300) return 'done';
  return refusalIn(reply).why ?? `${reply.status} ${JSON.stringify(reply.body)}`;
}
