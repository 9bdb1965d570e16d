import { failureOf } from '../errors.ts';
import type { Ports } from '../ports.ts';
import type { Route } from '../registry/document.ts';
import { isCertificate } from '../render/value.ts';
import type { Source, SourceVersion } from '../source/source.ts';

/** Asks for the certificate beside one version of a secret; undefined when there is none. */
type Ask = (name: string, version: string) => ReturnType<Ports['vault']['certificate']>;

/**
 * The sources of a target, each certificate with its public part. Where a route asks for that part and the secret lacks it,
 * Key Vault has it beside the secret; nothing else makes a request here. Never rejects: a certificate that cannot be read
 * makes its source unreadable, so that its keys stay and it is tried again.
 */
export async function withCertificates(
  route: Route,
  sources: ReadonlyMap<string, Source>,
  ask: Ask,
): Promise<ReadonlyMap<string, Source>> {
  const names = publicCertificates(route);
  if (names.size === 0) return sources;
  const completed = [...sources].map(
    async ([name, source]) => [name, names.has(name) ? await complete(name, source, ask) : source] as const,
  );
  return new Map(await Promise.all(completed));
}

const PUBLIC_PARTS = new Set(['chain', 'ca', 'truststore']);

/** The certificates of which the route asks for a part that is no secret. */
export function publicCertificates({ spec }: Route): ReadonlySet<string> {
  const entries = Object.values(spec.data ?? {});
  return new Set(
    entries.flatMap((one) => ('certificate' in one && PUBLIC_PARTS.has(one.part) ? [one.certificate] : [])),
  );
}

async function complete(name: string, source: Source, ask: Ask): Promise<Source> {
  const filled = async (version: SourceVersion): Promise<SourceVersion> => {
    if (!isCertificate(version)) return version;
    const { holdsCertificate } = await import('../render/identity.ts');
    if (await holdsCertificate(version, name)) return version;
    const certificate = await ask(name, version.version);
    return certificate === undefined ? version : { ...version, certificate };
  };
  try {
    if (source.state === 'not-yet-valid') {
      const { version, latest } = source;
      return { ...source, latest: await filled(latest), version: version && (await filled(version)) };
    }
    return 'version' in source ? { ...source, version: await filled(source.version) } : source;
  } catch (error) {
    return { state: 'unreadable', failure: failureOf(error) };
  }
}
