import { randomBytes } from 'node:crypto';
import { DefaultAzureCredential } from '@azure/identity';
import { SecretClient } from '@azure/keyvault-secrets';
import { QueueClient } from '@azure/storage-queue';
import { table } from 'table';
import { type Fact, fact } from './verify/check.ts';
import { verifyAks } from './verify/aks.ts';
import { verifyEvents } from './verify/events.ts';
import { refusal, verifyVault } from './verify/vault.ts';

const HELP = `npm run verify:azure: asks live Azure what this project could only assume, and prints a table.

It signs in as you (az login) and looks at what these variables name; what is not set is left out:
  VERIFY_VAULT=https://NAME.vault.azure.net       a vault for tries: you are its Key Vault Secrets Officer
  VERIFY_QUEUE=https://ACCOUNT.queue.core.windows.net/NAME
                                                  a queue that an event subscription of that vault delivers to
  VERIFY_FORBIDDEN_VAULT=https://NAME.vault.azure.net
                                                  a vault in which you have no role
  VERIFY_AKS=/subscriptions/…/managedClusters/NAME  an AKS cluster with Microsoft Entra ID
  VERIFY_APP=https://NAME.azurewebsites.net       a deployed vaultcast

One secret named vaultcast-verify-… is made in the vault and deleted again. Exit code 1 when a fact does not hold.`;

const setting = (name: string): string => process.env[name]?.trim() ?? '';
const EVENT_WAIT_MS = 120_000;

async function main(): Promise<number> {
  const names = ['VERIFY_VAULT', 'VERIFY_FORBIDDEN_VAULT', 'VERIFY_AKS', 'VERIFY_APP'];
  if (names.every((name) => setting(name) === '')) {
    console.log(HELP);
    return 64;
  }
  const facts = await verify();
  const rows = facts.map((one) => [one.holds ? 'holds' : 'DIFFERS', one.fact, one.expected, one.found]);
  console.log(table([['', 'FACT', 'EXPECTED', 'FOUND'], ...rows]));
  return facts.every((one) => one.holds) ? 0 : 1;
}

async function verify(): Promise<Fact[]> {
  const credential = new DefaultAzureCredential();
  const name = `vaultcast-verify-${randomBytes(4).toString('hex')}`;
  const facts: Fact[] = [];
  const [vault, queue, forbidden, aks, app] = [
    setting('VERIFY_VAULT'),
    setting('VERIFY_QUEUE'),
    setting('VERIFY_FORBIDDEN_VAULT'),
    setting('VERIFY_AKS'),
    setting('VERIFY_APP'),
  ];
  if (vault !== '') facts.push(...(await verifyVault(new SecretClient(vault, credential), name)));
  if (vault !== '' && queue !== '') {
    const client = new SecretClient(vault, credential);
    facts.push(
      ...(await verifyEvents(client, new QueueClient(queue, credential), `${name}-event`, EVENT_WAIT_MS)),
    );
    await client.beginDeleteSecret(`${name}-event`);
  }
  if (forbidden !== '') {
    const client = new SecretClient(forbidden, credential);
    facts.push(
      await refusal('a vault without a role refuses', 'ForbiddenByRbac', () => client.getSecret('any')),
    );
  }
  if (aks !== '') facts.push(...(await verifyAks(aks, credential)));
  if (app !== '') facts.push(await verifyApp(app));
  return facts;
}

function verifyApp(url: string): Promise<Fact> {
  return fact('the deployed app says which build it is', 'ok', async () => {
    const answer = await fetch(new URL('/api/health', url));
    const { status, version, commit } = (await answer.json()) as Record<string, unknown>;
    return {
      found: `${String(status)} ${String(version)} ${String(commit)}`,
      holds: answer.ok && status === 'ok',
    };
  });
}

process.exitCode = await main();
