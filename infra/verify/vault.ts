import type { SecretClient } from '@azure/keyvault-secrets';
import { type Fact, fact, innerCode } from './check.ts';

const HOUR_MS = 3_600_000;

/** What Key Vault's data plane does, with one secret made for it. Soft delete keeps the secret's name for a while. */
export async function verifyVault(client: SecretClient, name: string): Promise<Fact[]> {
  const first = await client.setSecret(name, 'one');
  const facts = [
    await fact('names ignore case', 'the same secret', async () => {
      const { name: found } = await client.getSecret(name.toUpperCase());
      return { found, holds: found.toLowerCase() === name };
    }),
    await fact('answers carry a Date header', 'a date', async () => {
      let date: string | undefined;
      await client.getSecret(name, { onResponse: ({ headers }) => (date = headers.get('date')) });
      return { found: date ?? 'none', holds: date !== undefined && !Number.isNaN(Date.parse(date)) };
    }),
    await listing(client, name, first.properties.version),
    await dated(client, name, 'a version not yet valid can be read', {
      notBefore: new Date(Date.now() + HOUR_MS),
    }),
    await dated(client, name, 'an expired version can be read', {
      expiresOn: new Date(Date.now() - HOUR_MS),
    }),
    await refusal('a disabled secret is refused', 'SecretDisabled', async () => {
      const { properties } = await client.getSecret(name);
      await client.updateSecretProperties(name, properties.version ?? '', { enabled: false });
      await client.getSecret(name);
    }),
    await refusal('a missing secret is not found', 'SecretNotFound', () =>
      client.getSecret(`${name}-missing`),
    ),
    await refusal('a deleted secret is not found', 'SecretNotFound', async () => {
      await (await client.beginDeleteSecret(name)).pollUntilDone();
      await client.getSecret(name);
    }),
  ];
  return facts;
}

/** A listing must show when the current version changed: a reconcile finds out by it, without reading values. */
function listing(client: SecretClient, name: string, oldVersion: string | undefined): Promise<Fact> {
  return fact('a listing tells when the current version was updated', 'equal to that version', async () => {
    const { properties } = await client.setSecret(name, 'two');
    await new Promise((resolve) => setTimeout(resolve, 2000));
    await client.updateSecretProperties(name, oldVersion ?? '', { tags: { touched: 'old' } });
    for await (const listed of client.listPropertiesOfSecrets()) {
      if (listed.name !== name) continue;
      const [found, expected] = [listed.updatedOn?.toISOString(), properties.updatedOn?.toISOString()];
      return { found: `${found} (version: ${expected})`, holds: found === expected };
    }
    return { found: 'the secret is not listed', holds: false };
  });
}

function dated(
  client: SecretClient,
  name: string,
  title: string,
  dates: { notBefore?: Date; expiresOn?: Date },
): Promise<Fact> {
  return fact(title, 'its value', async () => {
    await client.setSecret(name, 'dated', dates);
    const { value } = await client.getSecret(name);
    return { found: value === 'dated' ? 'its value' : 'another value', holds: value === 'dated' };
  });
}

export function refusal(title: string, code: string, act: () => Promise<unknown>): Promise<Fact> {
  return fact(title, code, async () => {
    try {
      await act();
    } catch (error) {
      return { found: innerCode(error), holds: innerCode(error) === code };
    }
    return { found: 'an answer', holds: false };
  });
}
