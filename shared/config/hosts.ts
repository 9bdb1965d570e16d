import { getPublicSuffix } from 'tldts';
import { entriesOf, type Parsed, parseEntries } from './parse.ts';

/** `*.k8s.example.com` is any name below that one, itself not included; without a port any port. */
interface HostPattern {
  host: string;
  below: boolean;
  port: string | undefined;
}

interface AllowedHosts {
  patterns: HostPattern[];
  /** Lower case, without trailing slash. */
  armIds: string[];
  /** Patterns that cover too much, and allow nothing: a server that only they cover is told why. */
  tooWide: WidePattern[];
}

interface WidePattern extends HostPattern {
  problem: string;
}

export function parseHosts(text: string): Parsed<AllowedHosts> {
  const { value, problems } = parseEntries(text, parseEntry);
  const armIds = value.filter((entry) => typeof entry === 'string');
  const tooWide = entriesOf(text).flatMap((entry) => tooWidePattern(entry) ?? []);
  return {
    value: { patterns: value.filter((entry) => typeof entry !== 'string'), armIds, tooWide },
    problems,
  };
}

function tooWidePattern(entry: string): WidePattern | undefined {
  const pattern = entry.startsWith('/') ? undefined : readPattern(entry);
  const problem = pattern?.below === true ? wildcardProblem(pattern.host) : undefined;
  return pattern === undefined || problem === undefined ? undefined : { ...pattern, problem };
}

const ARM_ID =
  /^\/subscriptions\/[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}(?:\/resourcegroups\/[-\w.()]{1,90}(?:\/providers\/microsoft\.containerservice\/managedclusters\/[-\w]{1,63})?)?$/;

function parseEntry(entry: string): HostPattern | string | { problem: string } {
  if (!entry.startsWith('/')) return parsePattern(entry);
  const id = entry.toLowerCase().replace(/\/$/, '');
  return ARM_ID.test(id)
    ? id
    : { problem: 'must be the ARM id of a subscription, a resource group or a managed cluster' };
}

const PATTERN = /^(\*\.)?(\[[0-9a-f:.]+\]|[a-z0-9.-]+)(?::(\d{1,5}))?$/i;

export function parsePattern(entry: string): HostPattern | { problem: string } {
  const pattern = readPattern(entry);
  if (pattern === undefined)
    return {
      problem: 'must be HOST, HOST:PORT, *.DOMAIN or *.DOMAIN:PORT; ARM ids start with /subscriptions/',
    };
  const problem = pattern.below ? wildcardProblem(pattern.host) : undefined;
  return problem === undefined ? pattern : { problem };
}

/** Whatever has the form of a pattern, too wide or not. */
function readPattern(entry: string): HostPattern | undefined {
  const [, star, name = '', port] = PATTERN.exec(entry) ?? [];
  const host = canonicalHost(name);
  return host === undefined
    ? undefined
    : { host, below: star !== undefined, port: port && String(Number(port)) };
}

/** Spelt as the URL parser spells hosts, so that both sides of a comparison are. */
function canonicalHost(host: string): string | undefined {
  if (host.startsWith('.') || host.endsWith('.') || host.includes('..')) return undefined;
  return URL.canParse(`https://${host}`) ? new URL(`https://${host}`).hostname : undefined;
}

function wildcardProblem(host: string): string | undefined {
  if (/^\[|^[\d.]+$/.test(host) || !host.includes('.'))
    return 'covers too much: a wildcard needs a domain of at least two labels';
  if (!isShared(host)) return undefined;
  return 'covers names that anybody can get: list each host by its name, and AKS clusters by their ARM ids';
}

/**
 * Domains below which strangers get names, and which the public suffix list leaves out, each with everything below it:
 * API servers of managed Kubernetes, virtual machines, and names that stand for any address.
 * - https://learn.microsoft.com/azure/aks/private-clusters (and by cloud: ../adapters/aks/host.ts)
 * - https://docs.aws.amazon.com/eks/latest/userguide/cluster-endpoint.html
 * - https://learn.microsoft.com/azure/virtual-machines/create-fqdn
 */
const SHARED_DOMAINS = Object.values({
  aks: ['azmk8s.io', 'cx.prod.service.azk8s.cn', 'cx.aks.containerservice.azure.us'],
  amazon: ['eks.amazonaws.com', 'eks.amazonaws.com.cn', 'compute.amazonaws.com'],
  google: ['gke.goog', 'googleusercontent.com'],
  digitalOcean: ['k8s.ondigitalocean.com'],
  others: ['linodelke.net', 'k8s.ovh.net', 'scw.cloud', 'exo.io', 'k8s.civo.com', 'containers.cloud.ibm.com'],
  azure: ['cloudapp.azure.com', 'cloudapp.chinacloudapi.cn', 'cloudapp.usgovcloudapi.net', 'cloudapp.net'],
  anyAddress: ['nip.io', 'sslip.io', 'xip.io', 'traefik.me', 'localtest.me', 'lvh.me'],
}).flat();

/** A public suffix, a domain that holds suffixes (`amazonaws.com`), or one of the above. https://publicsuffix.org */
function isShared(host: string): boolean {
  const suffix = (name: string): string | null => getPublicSuffix(name, { allowPrivateDomains: true });
  const isBelow = (name: string, domain: string): boolean => name === domain || name.endsWith(`.${domain}`);
  return (
    suffix(host) === host ||
    suffix(`any.${host}`) === `any.${host}` ||
    SHARED_DOMAINS.some((domain) => isBelow(host, domain) || isBelow(domain, host))
  );
}

export function coversServer({ patterns }: Pick<AllowedHosts, 'patterns'>, server: string): boolean {
  return patterns.some((pattern) => covers(pattern, server));
}

/** Why a server may not be contacted, or undefined when it may. */
export function serverRefusal({ patterns, tooWide }: AllowedHosts, server: string): string | undefined {
  if (coversServer({ patterns }, server)) return undefined;
  const wide = tooWide.find((pattern) => covers(pattern, server));
  if (wide === undefined) return 'its server is not covered by CLUSTER_HOSTS';
  return `its server is covered only by *.${wide.host} in CLUSTER_HOSTS, which ${wide.problem}`;
}

/** Whether an https address is one that the pattern means. */
export function covers(pattern: HostPattern, server: string): boolean {
  if (!URL.canParse(server)) return false;
  const { hostname, port, protocol } = new URL(server);
  if (protocol !== 'https:') return false;
  if (pattern.port !== undefined && pattern.port !== (port || '443')) return false;
  if (!pattern.below) return hostname === pattern.host;
  // `.example.com` is a host to the URL parser, and below nothing.
  return hostname.endsWith(`.${pattern.host}`) && !hostname.startsWith('.');
}

/** A prefix ends at a slash: `…/resourceGroups/prod` does not cover `…/resourceGroups/prod-2`. */
export function coversArmId({ armIds }: AllowedHosts, id: string): boolean {
  const lower = id.toLowerCase();
  return armIds.some((prefix) => lower === prefix || lower.startsWith(`${prefix}/`));
}
