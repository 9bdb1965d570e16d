import type { SourceVersion } from '../../shared/source/source.ts';
import type { Contribution } from '../../shared/source/contribution.ts';
import type { Route } from '../../shared/registry/document.ts';
import { RenderRefusal } from '../../shared/render/refusal.ts';
import { type Rendering, render as renderTarget } from '../../shared/render/render.ts';
import { aRoute } from '../support/documents.ts';

/**
 * Unix seconds: certificates are judged by the moment when they were read. Ahead by more than all tests of a process take, so
 * that what a later one issues is valid by then.
 */
export const READ_AT = Math.floor(Date.now() / 1000) + 3600;

export function aVersion(value: string, overrides: Partial<SourceVersion> = {}): SourceVersion {
  return {
    name: 'app-1--pg',
    value,
    version: 'v1',
    enabled: true,
    created: 1_700_000_000,
    updated: 1_700_000_000,
    readAt: READ_AT,
    tags: {},
    ...overrides,
  };
}

/** A secret as Key Vault gives it for a certificate whose content type is PEM. */
export const aPem = (...blocks: string[]): SourceVersion =>
  aVersion(blocks.join(''), { contentType: 'application/x-pem-file' });

/** The same for PKCS#12. */
export const aPfx = (bytes: Uint8Array): SourceVersion =>
  aVersion(Buffer.from(bytes).toString('base64'), { contentType: 'application/x-pkcs12' });

/** A route of layout explicit that makes the Secret `pg` of `data`. */
export function anExplicitRoute(data: object, spec: object = {}): Route {
  return aRoute('app-1', { layout: 'explicit', name: 'pg', data, ...spec });
}

export type Values = Readonly<Record<string, string | SourceVersion | Contribution>>;

function contributionOf(name: string, value: string | SourceVersion | Contribution): Contribution {
  if (typeof value === 'string') return { use: aVersion(value, { name }), state: 'valid' };
  return 'value' in value ? { use: value, state: 'valid' } : value;
}

/** What secrets (name -> value, version or contribution) contribute. */
export function contributionsOf(values: Values): Map<string, Contribution> {
  return new Map(Object.entries(values).map(([name, value]) => [name, contributionOf(name, value)] as const));
}

/** Renders what the secrets make of a target. */
export function render(route: Route, values: Values, found?: Record<string, string>): Promise<Rendering> {
  return renderTarget(route, contributionsOf(values), found);
}

export function bytesAt({ data }: Rendering, key: string): Buffer {
  const base64 = Object.hasOwn(data, key) ? data[key] : undefined;
  if (base64 === undefined) throw new Error(`no key ${key} among ${Object.keys(data).join(', ')}`);
  return Buffer.from(base64, 'base64');
}

export const textAt = (rendered: Rendering, key: string): string => bytesAt(rendered, key).toString('utf8');

/** The data as text. */
export function texts(rendered: Rendering): Record<string, string> {
  return Object.fromEntries(Object.keys(rendered.data).map((key) => [key, textAt(rendered, key)]));
}

async function refused(rendering: Promise<unknown>): Promise<RenderRefusal> {
  try {
    await rendering;
  } catch (error) {
    if (error instanceof RenderRefusal) return error;
    throw error;
  }
  throw new Error('it was not refused');
}

/** Why a rendering was refused, as the app says it; any other outcome fails the test. */
export const refusalOf = async (rendering: Promise<unknown>): Promise<string> =>
  (await refused(rendering)).message;

/** The same as a person at a terminal sees it. */
export const detailOf = async (rendering: Promise<unknown>): Promise<string> =>
  (await refused(rendering)).detail;
