import type { LiveSecret, SecretMetadata } from '../../../../shared/target/secret.ts';
import { INSTANCE } from '../../../support/builders.ts';

interface Told {
  name: string;
  version: number;
}

/** The secret and version that a value in a Secret names; undefined of what people wrote. */
export function toldBy(base64: string): Told | undefined {
  const [, name, version] = /^([a-z0-9-]+)#(\d+)$/.exec(Buffer.from(base64, 'base64').toString()) ?? [];
  return name === undefined ? undefined : { name, version: Number(version) };
}

export function isOurs(secret: SecretMetadata & { cluster: string }): boolean {
  const { labels, annotations, cluster, namespace, name } = secret;
  return (
    labels['app.kubernetes.io/managed-by'] === 'vaultcast' &&
    labels['vaultcast.dev/instance'] === INSTANCE &&
    annotations['vaultcast.dev/target'] === `${cluster}/${namespace}/${name}`
  );
}

/** Source -> version id, as the annotation says. */
export function sourcesOf(secret: Pick<SecretMetadata, 'annotations'> | undefined): Map<string, string> {
  const text = secret?.annotations['vaultcast.dev/sources'] ?? '';
  const entries = text.split(',').flatMap((entry) => {
    const [, name, version] = /^team\/([a-z0-9-]+)@([0-9a-f]+):\d+$/.exec(entry) ?? [];
    return name === undefined || version === undefined ? [] : [[name, version] as const];
  });
  return new Map(entries);
}

export function routeOf(secret: Pick<SecretMetadata, 'annotations'> | undefined): string | undefined {
  return secret?.annotations['vaultcast.dev/route'];
}

/** Version ids count up; NaN: there is none. */
export function numberOf(version: string | undefined): number {
  return Number.parseInt(version ?? '', 16);
}

export function idOf(secret: LiveSecret | undefined): string {
  return `${secret?.uid} ${secret?.resourceVersion}`;
}
