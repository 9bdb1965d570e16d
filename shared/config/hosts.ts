import type { Parsed } from './parse.ts';
import { parseEntries } from './parse.ts';

/** `*.hcp.westeurope.azmk8s.io` is any name below that one, itself not included; without a port any port. */
interface HostPattern {
  host: string;
  below: boolean;
  port: string | undefined;
}

export interface AllowedHosts {
  patterns: HostPattern[];
  /** Lower case, without trailing slash. */
  armIds: string[];
}

const ARM_ID =
  /^\/subscriptions\/[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}(?:\/resourcegroups\/[-\w.()]{1,90}(?:\/providers\/microsoft\.containerservice\/managedclusters\/[-\w]{1,63})?)?$/;
const PATTERN = /^(\*\.)?(\[[0-9a-f:.]+\]|[a-z0-9.-]+)(?::(\d{1,5}))?$/i;

/** Spelt as the URL parser spells hosts, so that both sides of a comparison are. */
function canonicalHost(host: string): string | undefined {
  if (host.startsWith('.') || host.endsWith('.') || host.includes('..')) return undefined;
  return URL.canParse(`https://${host}`) ? new URL(`https://${host}`).hostname : undefined;
}

function parsePattern(entry: string): HostPattern | { problem: string } {
  const [, star, name = '', port] = PATTERN.exec(entry) ?? [];
  const host = canonicalHost(name);
  if (host === undefined)
    return {
      problem:
        'must be HOST, HOST:PORT, *.DOMAIN, *.DOMAIN:PORT or an ARM id that starts with /subscriptions/',
    };
  const isAddress = /^\[|^[\d.]+$/.test(host);
  if (star && (isAddress || !host.includes('.')))
    return { problem: 'covers too much: a wildcard needs a domain of at least two labels' };
  return { host, below: star !== undefined, port: port && String(Number(port)) };
}

function parseEntry(entry: string): HostPattern | string | { problem: string } {
  if (!entry.startsWith('/')) return parsePattern(entry);
  const id = entry.toLowerCase().replace(/\/$/, '');
  return ARM_ID.test(id)
    ? id
    : { problem: 'must be the ARM id of a subscription, a resource group or a managed cluster' };
}

export function parseHosts(text: string): Parsed<AllowedHosts> {
  const { value, problems } = parseEntries(text, parseEntry);
  const armIds = value.filter((entry) => typeof entry === 'string');
  return { value: { patterns: value.filter((entry) => typeof entry !== 'string'), armIds }, problems };
}

export function coversServer({ patterns }: AllowedHosts, server: string): boolean {
  if (!URL.canParse(server)) return false;
  const { hostname, port, protocol } = new URL(server);
  if (protocol !== 'https:') return false;
  return patterns.some((pattern) => {
    if (pattern.port !== undefined && pattern.port !== (port || '443')) return false;
    if (!pattern.below) return hostname === pattern.host;
    // `.example.com` is a host to the URL parser, and below nothing.
    return hostname.endsWith(`.${pattern.host}`) && !hostname.startsWith('.');
  });
}

/** A prefix ends at a slash: `…/resourceGroups/prod` does not cover `…/resourceGroups/prod-2`. */
export function coversArmId({ armIds }: AllowedHosts, id: string): boolean {
  const lower = id.toLowerCase();
  return armIds.some((prefix) => lower === prefix || lower.startsWith(`${prefix}/`));
}
